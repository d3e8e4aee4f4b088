"""One voice session at real-time pace, for `gemelo talk`.

    Sound ──20 ms frames on an absolute clock──▶ Session ──events──▶ Speaker ──▶ the twin's side

Everything that is reported about time is told from the recording that comes of it, fan on the left and
twin on the right; the engine's own marks are only moved onto its clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

from gemelo.admin.services.recording import Samples, Speaker, first_sound, speech_end
from gemelo.admin.services.visit import Host, Witness, arrive, warm
from gemelo.admin.services.watch import Guest, Watch
from gemelo.admin.services.wav import Sound
from gemelo.context.records import Timeline, TurnOutcome, TurnRecord, TurnStatus
from gemelo.engine.events import (
    Audio,
    Event,
    FanStarted,
    FanStopped,
    Notice,
    ReplyStarted,
    SpeakingFlushed,
    SpeakingPaused,
    SpeakingResumed,
    TurnTimed,
)
from gemelo.engine.session import Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import UsageError
from gemelo.models.seams import Clock
from gemelo.models.vocabulary import FRAME_MS, IN_RATE, OUT_RATE, Language

QUIET_S = 1.0
"""So long nobody speaks and nothing is under way before the session is over."""
MOST_S = 60.0
"""How long after the recording the session may go on."""
_FRAME_S = FRAME_MS / 1000
_FRAME = IN_RATE * FRAME_MS // 1000
_REPORT_EVERY = 10
"""Frames between two playback reports, as a page sends them."""
_STAGES = ("end_of_turn", "retrieval", "first_token", "first_clause", "guard", "first_audio")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One turn; ms from the true end of the fan's speech, None where there was none."""

    turn: TurnRecord
    outcome: TurnOutcome
    voice_to_voice_ms: float | None
    timeline_ms: dict[str, float | None]

    def row(self) -> dict[str, Any]:
        """The JSON shape that scripts read."""
        return {
            "heard": self.turn.fan,
            "reply": self.outcome.reply,
            "interrupted": self.outcome.status is TurnStatus.CUT,
            "status": self.outcome.status.value,
            "voice_to_voice_ms": self.voice_to_voice_ms,
            "timeline_ms": self.timeline_ms,
        }


@dataclass(frozen=True, slots=True)
class Talked:
    """A whole conversation: its turns, and both sides of it at `OUT_RATE` on the recording's clock."""

    turns: list[Spoken]
    fan: Samples
    twin: Samples


class Client:
    """An `Outlet` that does what a page does, and notes when, in seconds of the recording."""

    def __init__(self, clock: Clock, notify: Callable[[str], None]) -> None:
        self._clock = clock
        self._notify = notify
        self._fan_speaks = False
        self._turn = ""
        self._last = 0.0
        self.speaker = Speaker()
        self._begun = 0.0
        self.origins: dict[str, float] = {}
        """When the engine takes each turn's speech to have ended."""

    def begin(self) -> None:
        """The recording begins now."""
        self._begun = self._clock.now()

    def now(self) -> float:
        """Time on the recording's clock (s)."""
        return self._clock.now() - self._begun

    def quiet_s(self) -> float:
        """How long nobody has spoken and nothing has been under way."""
        return 0.0 if self._fan_speaks or self._turn else self.now() - self._last

    def report(self, session: Session) -> None:
        """Says how much of the turn that is speaking has been played."""
        if self._turn:
            session.played(self._turn, self.speaker.played_ms(self._turn, self.now()))

    def send(self, event: Event) -> None:
        now = self._last = self.now()
        match event:
            case Audio(turn, pcm):
                self.speaker.add(turn, pcm, now)
            case SpeakingPaused():
                self.speaker.pause(now)
            case SpeakingResumed():
                self.speaker.resume(now)
            case SpeakingFlushed():
                self.speaker.flush(now)
            case FanStarted():
                self._fan_speaks = True
            case FanStopped():
                self._fan_speaks = False
            case ReplyStarted(turn=turn):
                self._turn = turn
            case TurnTimed(turn, timeline, _):
                self._turn = ""
                self.origins[turn] = now - (timeline.done or 0.0) / 1000
            case Notice(text=text):
                self._notify(text)
            case _:
                pass


class _Witnessed:
    """A session that stays under the eyes of its witness whatever rules hold; a `Live`."""

    def __init__(self, session: Session, witness: Witness) -> None:
        self._session = session
        self._witness = witness

    def restage(self, stage: Stage) -> None:
        self._session.restage(replace(stage, records=self._witness))

    async def finish(self, reason: str, *, cut: bool) -> None:
        await self._session.finish(reason, cut=cut)


async def talk(
    house: Host,
    key: str,
    sound: Sound,
    language: Language | None,
    notify: Callable[[str], None],
    watch: Watch | None = None,
) -> Talked:
    """Plays a recording to a twin and listens to what it answers.

    Args:
        key: the deployment's.
        language: the fan's; by default one that the ear hears.
        notify: gets what the house says, e.g. that an ear did not open.
        watch: lets what is published meanwhile change the very next turn; None: the rules stay.

    Raises:
        UnknownDeployment, BadLayer, StoreError.
        UsageError: no ear here hears the language.
    """
    since = watch.changes if watch else 0
    place = await house.place(key)
    language = _language(place.stage, language)
    witness = Witness(place.stage.records)
    stage = replace(place.stage, records=witness)
    await warm(stage, language, spoken=True)
    client = Client(stage.clock, notify)
    session = Session(await arrive(house, stage, language), stage, client, spoken=True)
    session.open_ear()
    guest = Guest(_Witnessed(session, witness), place)
    try:
        with watch.following(guest, since) if watch else nullcontext():
            await _play(sound, session, client)
    finally:
        await session.close()
    fan, twin = sound.at(OUT_RATE), client.speaker.track()
    return Talked(_told(witness, client, fan, twin), fan, twin)


def _language(stage: Stage, wanted: Language | None) -> Language:
    spoken = stage.context.languages
    heard = [language for language in spoken if stage.ears.hears(language)]
    if wanted is not None and wanted not in spoken:
        raise UsageError(f"this deployment speaks {', '.join(spoken)}, not {wanted[:16]!r}")
    if not heard or wanted not in (None, *heard):
        known = f"it hears {', '.join(heard)}" if heard else "it hears none of this deployment's languages"
        raise UsageError(f"the ear here does not hear {wanted or 'this'}: {known}")
    return wanted or heard[0]


async def _play(sound: Sound, session: Session, client: Client) -> None:
    """Feeds each frame when a microphone would have it whole; silence after the last one."""
    heard = sound.at(IN_RATE)
    frames = -(-len(heard) // _FRAME)
    heard.resize(frames * _FRAME, refcheck=False)
    silence = bytes(2 * _FRAME)
    client.begin()
    index = 0
    while index < frames or (client.quiet_s() < QUIET_S and index < frames + MOST_S / _FRAME_S):
        index += 1
        await asyncio.sleep(index * _FRAME_S - client.now())
        frame = heard[(index - 1) * _FRAME : index * _FRAME].tobytes() if index <= frames else silence
        session.hear(frame)
        if index % _REPORT_EVERY == 0:
            client.report(session)


def _told(witness: Witness, client: Client, fan: Samples, twin: Samples) -> list[Spoken]:
    turns: list[Spoken] = []
    before = 0
    for id, outcome in sorted(witness.outcomes.items(), key=lambda item: witness.turns[item[0]].number):
        origin = client.origins[id]
        decided = round((origin + (outcome.timeline.end_of_turn or 0.0) / 1000) * OUT_RATE)
        end = speech_end(fan, before, decided)
        span = client.speaker.span(id)
        sounded = first_sound(twin, span) if span else None
        waited = None if end is None or sounded is None else (sounded - end) * 1000 / OUT_RATE
        late_ms = 0.0 if end is None else (origin - end / OUT_RATE) * 1000
        times = _moved(outcome.timeline, late_ms)
        turns.append(Spoken(witness.turns[id], outcome, waited and round(waited, 1), times))
        before = decided
    return turns


def _moved(timeline: Timeline, ms: float) -> dict[str, float | None]:
    """A timeline counted from a moment that is `ms` earlier."""
    times: dict[str, float | None] = {stage: getattr(timeline, stage) for stage in _STAGES}
    return {stage: None if at is None else round(at + ms, 1) for stage, at in times.items()}
