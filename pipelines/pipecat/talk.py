"""One pipeline is one session: what its frames ask goes in, what the session tells goes out as frames.

frames ──asked──▶ Hear ──▶ Ear ──┐
                  Say, Speak … ──┴─▶ Session ──▶ Table ──▶ steps, in order ──▶ the pipeline
                                        ▲
how much of the voice was written ──────┘
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipecat.frames.frames import TTSTextFrame

from gemelo.engine.disclosure import badges, restaged
from gemelo.engine.events import Audio, BrandHidden, Event, Notice, TurnTimed
from gemelo.engine.notices import notice
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import BadMessage, UsageError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, OUT_RATE, Language, TurnId
from gemelo.pipelines.line import Bucket
from gemelo.pipelines.meters import Meters
from gemelo.pipelines.pipecat.ear import Ear
from gemelo.pipelines.pipecat.table import (
    Call,
    Configure,
    Hear,
    Hush,
    Interrupt,
    Push,
    Recognised,
    Say,
    Speak,
    Step,
    Stop,
    Table,
    Use,
    Voice,
    message,
)
from gemelo.pipelines.talk import TooMany

log = logging.getLogger(__name__)

LEAD_MS = 100
"""What a transport is given ahead of the playhead: it writes 40 ms at once, and has to have the next ones."""
TRANSIT_MS = 100
"""From the transport to the fan's ear, assumed: no pipeline tells. Network, jitter buffer and sound card."""
MESSAGES_A_SECOND = 5
_REPORT_MS = 100
_SECOND = IN_RATE * BYTES_PER_SAMPLE
_OUT_MS = OUT_RATE * BYTES_PER_SAMPLE / 1000
_BURST_S = 10
"""Sound that may come at once, after a stall of the network."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of a session when it begins.

    Attributes:
        resume: the token with which this fan can take the session up again.
        badge: what stands beside the twin wherever it is shown, by language.
    """

    session: str
    resume: str
    language: Language
    badge: dict[Language, str]


class NotOpen(UsageError):
    """Nobody talks here yet, or any more."""

    code = "not_open"

    def __init__(self) -> None:
        super().__init__("no session is open here: ask again in one that is")


class PipelineTalk:
    """Serves the one fan of a pipeline.

    Args:
        carry: takes one step after the other into the pipeline.
        resume: the token with which this fan can take the session up again.
        spoken: whether the twin speaks, or only writes.
    """

    def __init__(
        self,
        fan: Fan,
        stage: Stage,
        meters: Meters,
        carry: Callable[[Step], Awaitable[None]],
        *,
        resume: str,
        spoken: bool,
    ) -> None:
        self._fan = fan
        self._stage = _for_pipelines(stage)
        self._meters = meters
        self._carry = carry
        self._resume = resume
        self._spoken = spoken
        self._table = Table(_now)
        self._ear = Ear()
        self._session: Session | None = None
        self._sound = Bucket(stage.clock, 1.1 * _SECOND, _BURST_S * _SECOND)
        self._messages = Bucket(stage.clock, MESSAGES_A_SECOND, MESSAGES_A_SECOND)
        self._steps: deque[Step] = deque()
        self._some, self._carried = asyncio.Event(), asyncio.Event()
        self._over = asyncio.Event()
        self._is_interrupting = False
        self._unbranded = fan.in_crisis
        self._turn: TurnId = TurnId("")
        self._pushed_ms = self._written_ms = self._turn_at_ms = self._due_ms = 0.0

    @property
    def session(self) -> str:
        """The id of the session that is talked in."""
        return self._fan.session

    @property
    def opened(self) -> Opened:
        language = self._fan.language
        return Opened(self._fan.session, self._resume, language, badges(self._stage.context))

    async def serve(self, moved: asyncio.Event) -> None:
        """Runs the session until somebody ends it, or the fan takes it up elsewhere (`moved`)."""
        session = self._session = Session(self._fan, self._stage, self, spoken=self._spoken)
        ends = [asyncio.create_task(event.wait()) for event in (moved, self._over)]
        carrying = asyncio.create_task(self._carry_on())
        self._introduce()
        try:
            await asyncio.wait([*ends, carrying], return_when=asyncio.FIRST_COMPLETED)
            if carrying.done():
                carrying.result()  # by itself it ends with a fault alone
        finally:
            await session.close()
            told = asyncio.create_task(self._carried.wait())
            await asyncio.wait([told, carrying], return_when=asyncio.FIRST_COMPLETED)
            for task in (tasks := (*ends, told, carrying)):
                task.cancel()
            await asyncio.wait(tasks)

    def _introduce(self) -> None:
        """Tells a page who is here, under what rules, and how to come back."""
        opened = self.opened
        about = {"session": opened.session, "resume": opened.resume, "language": opened.language}
        self._put(message("bot-ready", about | {"badge": opened.badge}))
        self.send(restaged(self._stage.context, banned=self._unbranded))

    # -- what the pipeline asks ---------------------------------------------------------------------

    def ask(self, call: Call) -> None:
        """Takes what a frame asks for.

        Raises:
            NotOpen, BadText, BadMessage, TooMany: the session does not take it.
        """
        session = self._session
        if session is None or self._over.is_set():
            raise NotOpen
        if isinstance(call, Say | Speak | Stop | Use) and not self._messages.take():
            raise TooMany(f"at most {MESSAGES_A_SECOND} messages in one second: send this one later")
        match call:
            case Hear():
                self._hear(session, call)
            case Recognised(transcript):
                session.transcript(transcript)
            case Say(text):
                session.say(text)
            case Speak(on) | Configure(on):
                session.speak(on and self._spoken)
            case Interrupt():
                self._is_interrupting = True  # everybody in the pipeline knows already
                session.interrupt()
                self._is_interrupting = False
                self._written_ms = self._pushed_ms  # a late transport drops what is over by the clock too
            case Stop():
                session.interrupt()
            case Use(language):
                session.use_language(self._known(language))

    def _known(self, asked: str) -> Language:
        languages = self._stage.context.languages
        if known := next((language for language in languages if language == asked), None):
            return known
        raise BadMessage(f"this twin speaks {', '.join(languages)} here")

    def _hear(self, session: Session, sound: Hear) -> None:
        pcm = self._ear.take(sound)
        if not self._sound.take(len(pcm)):
            raise TooMany("sound comes faster than it is spoken: send it as it is recorded")
        session.hear(pcm)

    def wrote(self, ms: float) -> None:
        """The transport has written so much more of the twin's voice."""
        # No more than it was given: it fills up a turn's last piece, and ends one that was taken back
        self._written_ms = min(self._written_ms + ms, self._pushed_ms)
        if self._session and self._written_ms >= self._due_ms:
            self._due_ms = self._written_ms + _REPORT_MS
            self._session.played(self._turn, max(self._written_ms - self._turn_at_ms - TRANSIT_MS, 0.0))

    # -- what the house does ------------------------------------------------------------------------

    def restage(self, stage: Stage) -> None:
        """Another stage holds from the next turn on; see `Session.restage`."""
        self._stage = _for_pipelines(stage)
        if self._session:
            self._session.restage(self._stage)

    async def finish(self, reason: str, *, cut: bool) -> None:
        """Ends the session from the house's side (see `Session.finish`)."""
        if self._session:
            await self._session.finish(reason, cut=cut)
        else:
            self.send(Notice(reason, notice(reason, self._fan.language)))
        self._over.set()

    async def leave(self) -> None:
        """Lets the reply under way finish, then ends the session."""
        if self._session:
            await self._session.drain()
        self._over.set()

    async def hang_up(self, code: int) -> None:
        """Ends the session at once."""
        self._over.set()

    # -- what the session tells ---------------------------------------------------------------------

    def send(self, event: Event) -> None:
        """Takes an event of the session; see `Outlet`."""
        self._unbranded = self._unbranded or isinstance(event, BrandHidden)
        if isinstance(event, TurnTimed):
            self._meters.turn(self._stage.context.deployment, event.timeline, event.drafting)
        if isinstance(event, Audio):
            self._count(event)
        for step in self._table.translate(event):
            if isinstance(step, Hush):
                self._hush(step)
            else:
                self._put(step)

    def _count(self, audio: Audio) -> None:
        """A late transport still writes an earlier turn where the next one sets in: one count for all."""
        if audio.turn != self._turn:
            self._turn, self._turn_at_ms, self._due_ms = audio.turn, self._pushed_ms, 0.0
        self._pushed_ms += len(audio.pcm) / _OUT_MS

    def _hush(self, hush: Hush) -> None:
        """Takes back what nobody has; then the pipeline is told, before the end of what was cut."""
        self._written_ms = self._pushed_ms
        self._steps = deque(step for step in self._steps if not _sounds(step))
        if not self._is_interrupting:
            self._steps.appendleft(hush)
            self._wake()

    def _put(self, step: Step) -> None:
        self._steps.append(step)
        self._wake()

    def _wake(self) -> None:
        self._carried.clear()
        self._some.set()

    async def _carry_on(self) -> None:
        while True:
            while self._steps:
                await self._carry(self._steps.popleft())
            self._carried.set()
            self._some.clear()
            await self._some.wait()


def _sounds(step: Step) -> bool:
    return isinstance(step, Push) and isinstance(step.frame, Voice | TTSTextFrame)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _for_pipelines(stage: Stage) -> Stage:
    """What a transport was given cannot be held back: no more than a little is."""
    return replace(stage, limits=replace(stage.limits, lead_ms=LEAD_MS))
