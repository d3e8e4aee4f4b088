"""One room of a LiveKit server is one session: its fan's track and text come in, the twin's go out.

fan's microphone ──▶ Ear ────┐                        ┌──▶ Mouth ──▶ the twin's track
text on lk.chat  ──▶ Inbox ──┴─▶ Session ──▶ Table ──▶┤
                                                      └──▶ Scribe ──▶ captions, state, events, in order
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from uuid import uuid4

from livekit import rtc
from livekit.rtc.participant import PublishTrackError

from gemelo.engine.disclosure import badge, badges, restaged
from gemelo.engine.events import BrandHidden, Event, Notice, SpeakingStopped, TurnTimed
from gemelo.engine.notices import notice
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import GemeloError, UsageError
from gemelo.pipelines.line import Bucket
from gemelo.pipelines.livekit.avatar import Guest, Puppet
from gemelo.pipelines.livekit.ear import Ear
from gemelo.pipelines.livekit.inbox import MESSAGES_A_SECOND, Inbox
from gemelo.pipelines.livekit.mouth import LEAD_MS, Mouth
from gemelo.pipelines.livekit.scribe import SEND_S, Scribe
from gemelo.pipelines.livekit.server import RoomError
from gemelo.pipelines.livekit.table import (
    EVENTS,
    TYPED,
    Badge,
    Hush,
    Sound,
    State,
    Table,
    Told,
)
from gemelo.pipelines.meters import Meters
from gemelo.pipelines.rtvi import MAX_ID, VERSION, error_frame, frame

log = logging.getLogger(__name__)

AWAY_S = 20.0
"""How long a fan who left may take to come back; the server keeps an empty room so long by default."""
_FANS = (rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD, rtc.ParticipantKind.PARTICIPANT_KIND_SIP)


async def first_fan(room: rtc.Room, within_s: float, awaited: str = "") -> str:
    """The identity of the fan whose room this is; empty where nobody came.

    Args:
        awaited: nobody else is; empty: it is who was there first.
    """
    came: asyncio.Queue[rtc.RemoteParticipant | None] = asyncio.Queue()

    def over() -> None:
        came.put_nowait(None)

    on(room, "participant_connected", came.put_nowait)
    on(room, "disconnected", over)
    for participant in sorted(room.remote_participants.values(), key=_since):
        came.put_nowait(participant)
    try:
        async with asyncio.timeout(within_s):
            while participant := await came.get():
                if participant.kind in _FANS and awaited in ("", participant.identity):
                    return participant.identity
    except TimeoutError:
        pass
    finally:
        cast("Any", room).off("participant_connected", came.put_nowait)
        cast("Any", room).off("disconnected", over)
    return ""


def _since(participant: rtc.RemoteParticipant) -> float:
    return participant.joined_at.timestamp() if participant.joined_at else 0.0


def on(room: rtc.Room, event: str, take: Callable[..., None]) -> None:
    """Has `take` called when something happens in a room; the package types its events without arguments."""
    cast("Any", room).on(event, take)


async def refuse(room: rtc.Room, error: GemeloError) -> None:
    """Tells who is in a room why no twin stays, as far as they can be told."""
    try:
        async with asyncio.timeout(SEND_S):
            await room.local_participant.send_text(error_frame(error, fatal=True), topic=EVENTS)
    except Exception as failed:  # the package raises bare ones
        log.info("a refusal was not told: %s", type(failed).__name__)


class RoomTalk:
    """Serves one fan in one room.

    Args:
        room: entered.
        whose: the identity of its fan; whoever else is there is neither heard nor read.
        resume: the token with which this fan can take the session up again.
        stays: whether the twin of a worker that stops stays until the fan goes: where no other worker
            would take the room over.
        guest: an avatar that is to speak for the twin.
    """

    def __init__(
        self,
        room: rtc.Room,
        whose: str,
        fan: Fan,
        stage: Stage,
        meters: Meters,
        *,
        resume: str,
        spoken: bool,
        stays: bool,
        guest: Guest | None = None,
    ) -> None:
        self._room = room
        self._whose = whose
        self._fan = fan
        self._stage = _for_rooms(stage)
        self._meters = meters
        self._resume = resume
        self._stays = stays
        self._table = Table(fan.language, uuid4().hex[:8])
        self._mouth: Mouth | Puppet | None = Mouth(self._heard) if spoken else None
        if self._mouth and guest:
            self._mouth = Puppet(room, guest, self._mouth, self._heard, stage.clock)
        self._session: Session | None = None
        self._ear: Ear | None = None
        self._over = asyncio.Event()
        self._scribe = Scribe(room, whose, self._track, self._over.set)
        bucket = Bucket(stage.clock, MESSAGES_A_SECOND, MESSAGES_A_SECOND)
        self._inbox = Inbox(bucket, self._say, self._refuse)
        self._away: asyncio.TimerHandle | None = None
        self._unbranded = fan.in_crisis

    @property
    def session(self) -> str:
        """The id of the session that is talked in."""
        return self._fan.session

    async def serve(self, moved: asyncio.Event) -> None:
        """Runs the session until the fan is gone, the room is closed or the house ends it.

        Raises:
            RoomError: the room does not take the twin's track.
        """
        session = self._session = Session(self._fan, self._stage, self, spoken=self._mouth is not None)
        ear = self._ear = Ear(session, self._whose)
        ends = [asyncio.create_task(event.wait()) for event in (moved, self._over)]
        tasks = [asyncio.create_task(self._scribe.write())]
        try:
            if self._mouth:
                await self._publish(self._mouth)
                tasks.append(asyncio.create_task(self._mouth.play()))
            self._listen(ear)
            self._greet()
            await asyncio.wait([*ends, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done() and (error := task.exception()):
                    log.error("a room was left by a fault: %s", type(error).__name__)
        finally:
            await self._inbox.close()
            await session.close()
            await ear.stop()
            await self._scribe.flush()
            for task in (*ends, *tasks):
                task.cancel()
            await asyncio.gather(*ends, *tasks, return_exceptions=True)
            if self._away:
                self._away.cancel()
            if self._mouth:
                await self._mouth.close()

    async def _publish(self, mouth: Mouth | Puppet) -> None:
        try:
            await self._room.local_participant.publish_track(mouth.track, _MICROPHONE)
        except PublishTrackError as error:
            raise RoomError(f"a room does not take the twin's track: {type(error).__name__}") from None

    def _greet(self) -> None:
        self._introduce()
        self._scribe.put(Badge(badge(self._stage.context, self._fan.language)))
        self._scribe.put(State("listening"))

    def _introduce(self) -> None:
        """Tells a page who is here, under what rules, and how to come back."""
        about: dict[str, Any] = {"version": VERSION, "session": self._fan.session, "resume": self._resume}
        known = {"language": self._fan.language, "badge": badges(self._stage.context)}
        self._scribe.put(Told(frame("bot-ready", about | known)))
        self.send(restaged(self._stage.context, banned=self._unbranded))

    def restage(self, stage: Stage) -> None:
        """Another stage holds from the next turn on; see `Session.restage`."""
        if isinstance(self._mouth, Puppet) and stage.face != self._stage.face:
            self._mouth.leave()
        self._stage = _for_rooms(stage)
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
        """The worker is going down: lets the reply under way finish, or the whole talk."""
        if self._stays:
            await self._over.wait()
        if self._session:
            await self._session.drain()
        self._over.set()  # at once: a reply begun while other talks end would be cut

    async def hang_up(self, code: int) -> None:
        """Leaves the room."""
        self._over.set()

    # -- what the room brings ----------------------------------------------------------------------

    def _listen(self, ear: Ear) -> None:
        room = self._room
        on(room, "disconnected", self._over.set)
        on(room, "participant_disconnected", self._gone)
        on(room, "participant_connected", self._back)
        on(room, "track_published", ear.want)
        on(room, "track_subscribed", ear.open)
        on(room, "track_unsubscribed", ear.close)
        room.register_text_stream_handler(TYPED, self._typed)
        there = room.remote_participants.get(self._whose)
        if there is None:
            self._wait_for_fan()
            return
        for publication in there.track_publications.values():
            ear.want(publication, there)
        if not room.isconnected():
            self._over.set()

    def _gone(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._whose:
            self._wait_for_fan()

    def _wait_for_fan(self) -> None:
        if not self._away:
            self._away = asyncio.get_running_loop().call_later(AWAY_S, self._over.set)

    def _back(self, participant: rtc.RemoteParticipant) -> None:
        """The fan is there again, maybe with another page, which knows nothing."""
        if participant.identity == self._whose:
            if self._away:
                self._away.cancel()
                self._away = None
            self._introduce()

    def _typed(self, reader: rtc.TextStreamReader, whose: str) -> None:
        if whose == self._whose:
            self._inbox.add(reader)
        else:
            reader.close()

    def _say(self, text: str, id: str) -> None:
        if self._session:
            self._session.say(text, id if id.isprintable() and 0 < len(id) <= MAX_ID else None)

    def _refuse(self, error: UsageError, id: str) -> None:
        self._scribe.put(Told(error_frame(error, fatal=False, id=id[:MAX_ID])))

    # -- what the session tells --------------------------------------------------------------------

    def send(self, event: Event) -> None:
        """Takes an event of the session; see `Outlet`."""
        self._unbranded = self._unbranded or isinstance(event, BrandHidden)
        if isinstance(event, TurnTimed):
            self._meters.turn(self._stage.context.deployment, event.timeline, event.drafting)
        if isinstance(event, SpeakingStopped) and self._mouth:
            self._mouth.end()
        for action in self._table.translate(event):
            match action:
                case Sound(turn, pcm):
                    if self._mouth:
                        self._mouth.add(turn, pcm)
                case Hush():
                    if self._mouth:
                        self._mouth.hush()
                case _:
                    self._scribe.put(action)

    def _track(self, by_fan: bool) -> str:
        if by_fan:
            return self._ear.track if self._ear else ""
        return self._mouth.track.sid if self._mouth else ""

    def _heard(self, turn: str, ms: float) -> None:
        if self._session:
            self._session.played(turn, ms)


_MICROPHONE = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)


def _for_rooms(stage: Stage) -> Stage:
    """What was sent to a room cannot be held back: no more than a little is."""
    return replace(stage, limits=replace(stage.limits, lead_ms=LEAD_MS))
