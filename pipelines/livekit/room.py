"""One room of a LiveKit server is one session: its fan's track and text come in, the twin's go out.

fan's microphone ──▶ hear ──┐                        ┌──▶ Mouth ──▶ the twin's track
text on lk.chat  ──▶ say  ──┴─▶ Session ──▶ Table ──▶┤
                                                     └──▶ captions, state, events (one writer, in order)
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from livekit import rtc
from livekit.rtc.participant import PublishTrackError

from gemelo.engine.chores import Chores
from gemelo.engine.disclosure import restaged
from gemelo.engine.events import Event, TurnTimed
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import GemeloError, UsageError
from gemelo.models.text import MAX_CHARS
from gemelo.models.vocabulary import IN_RATE
from gemelo.pipelines.line import Bucket
from gemelo.pipelines.livekit.mouth import LEAD_MS, Mouth
from gemelo.pipelines.livekit.server import RoomError
from gemelo.pipelines.livekit.table import (
    CAPTIONS,
    EVENTS,
    FINAL,
    SEGMENT,
    STATE,
    TRACK,
    TYPED,
    Action,
    Caption,
    Close,
    Growth,
    Hush,
    Sound,
    State,
    Table,
    Told,
    told,
)
from gemelo.pipelines.meters import Meters
from gemelo.pipelines.rtvi import MAX_ID, VERSION, error_frame, frame
from gemelo.pipelines.talk import TooMany

log = logging.getLogger(__name__)

AWAY_S = 20.0
"""How long a fan who left may take to come back; the server keeps an empty room so long by default."""
SEND_S = 10.0
MAX_QUEUED = 1_000
"""Texts that may wait for a room that takes none; then it is left."""
MESSAGES_A_SECOND = 5
_FRAME_MS = 20
_EARLY = 100
"""Frames of the fan's voice that may wait (2 s)."""
_FANS = (rtc.ParticipantKind.PARTICIPANT_KIND_STANDARD, rtc.ParticipantKind.PARTICIPANT_KIND_SIP)


async def first_fan(room: rtc.Room, within_s: float) -> str:
    """The identity of the fan whose room this is: who was there first; empty where nobody came."""
    came: asyncio.Queue[rtc.RemoteParticipant | None] = asyncio.Queue()
    on(room, "participant_connected", came.put_nowait)
    on(room, "disconnected", lambda: came.put_nowait(None))
    for participant in sorted(room.remote_participants.values(), key=_since):
        came.put_nowait(participant)
    try:
        async with asyncio.timeout(within_s):
            while participant := await came.get():
                if participant.kind in _FANS:
                    return participant.identity
    except TimeoutError:
        pass
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
    ) -> None:
        self._room = room
        self._whose = whose
        self._fan = fan
        self._stage = _for_rooms(stage)
        self._meters = meters
        self._resume = resume
        self._stays = stays
        self._table = Table()
        self._mouth = Mouth(self._heard) if spoken else None
        self._session: Session | None = None
        self._queue: deque[Action] = deque()
        self._some = asyncio.Event()
        self._written = asyncio.Event()
        self._open: dict[str, rtc.TextStreamWriter] = {}
        self._tracks: dict[str, asyncio.Task[None]] = {}
        self._fans_track = ""
        self._messages = Bucket(stage.clock, MESSAGES_A_SECOND, MESSAGES_A_SECOND)
        self._chores = Chores()
        self._away: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()

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
        ends = [asyncio.create_task(event.wait()) for event in (moved, self._over)]
        tasks = [asyncio.create_task(self._write())]
        try:
            if self._mouth:
                await self._publish(self._mouth)
                tasks.append(asyncio.create_task(self._mouth.play()))
            self._listen()
            self._greet()
            await asyncio.wait([*ends, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done() and (error := task.exception()):
                    log.error("a room was left by a fault: %s", type(error).__name__)
        finally:
            await session.close()
            await self._chores.drain()
            await self._flush()
            listening = list(self._tracks.values())
            for task in (*ends, *tasks, *listening):
                task.cancel()
            await asyncio.gather(*ends, *tasks, *listening, return_exceptions=True)
            if self._away:
                self._away.cancel()
            if self._mouth:
                await self._mouth.close()

    async def _publish(self, mouth: Mouth) -> None:
        try:
            await self._room.local_participant.publish_track(mouth.track, _MICROPHONE)
        except PublishTrackError as error:
            raise RoomError(f"a room does not take the twin's track: {type(error).__name__}") from None

    def _greet(self) -> None:
        about = {"version": VERSION, "session": self._fan.session, "resume": self._resume}
        self._put(Told(frame("bot-ready", {**about, "language": self._fan.language})))
        self._put(told(restaged(self._stage.context, banned=self._fan.in_crisis)))
        self._put(State("listening"))

    def restage(self, stage: Stage) -> None:
        """Another stage holds from the next turn on; see `Session.restage`."""
        self._stage = _for_rooms(stage)
        if self._session:
            self._session.restage(self._stage)

    async def finish(self, reason: str, *, cut: bool) -> None:
        """Ends the session from the house's side (see `Session.finish`)."""
        if self._session:
            await self._session.finish(reason, cut=cut)
        self._over.set()

    async def leave(self) -> None:
        """The worker is going down: lets the reply under way finish, or the whole talk."""
        if self._stays:
            await self._over.wait()
        if self._session:
            await self._session.drain()

    async def hang_up(self, code: int) -> None:
        """Leaves the room."""
        self._over.set()

    # -- what the room brings ----------------------------------------------------------------------

    def _listen(self) -> None:
        room = self._room
        on(room, "disconnected", self._over.set)
        on(room, "participant_disconnected", self._gone)
        on(room, "participant_connected", self._back)
        on(room, "track_published", self._want)
        on(room, "track_subscribed", self._open_ear)
        on(room, "track_unsubscribed", self._close_ear)
        room.register_text_stream_handler(TYPED, self._typed)
        there = room.remote_participants.get(self._whose)
        if there is None:
            self._wait_for_fan()
            return
        for publication in there.track_publications.values():
            self._want(publication, there)
        if not room.isconnected():
            self._over.set()

    def _gone(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._whose:
            self._wait_for_fan()

    def _wait_for_fan(self) -> None:
        if not self._away:
            self._away = asyncio.get_running_loop().call_later(AWAY_S, self._over.set)

    def _back(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._whose and self._away:
            self._away.cancel()
            self._away = None

    def _want(self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._whose and publication.kind == rtc.TrackKind.KIND_AUDIO:
            publication.set_subscribed(True)

    def _open_ear(
        self, track: rtc.Track, _publication: rtc.RemoteTrackPublication, whose: rtc.RemoteParticipant
    ) -> None:
        if whose.identity == self._whose and isinstance(track, rtc.RemoteAudioTrack) and self._session:
            stream = rtc.AudioStream(
                track, capacity=_EARLY, sample_rate=IN_RATE, num_channels=1, frame_size_ms=_FRAME_MS
            )
            self._fans_track = track.sid
            self._session.open_ear()
            self._tracks[track.sid] = asyncio.create_task(self._hear(self._session, stream))

    def _close_ear(
        self, track: rtc.Track, _publication: rtc.RemoteTrackPublication, _whose: rtc.RemoteParticipant
    ) -> None:
        if (hearing := self._tracks.pop(track.sid, None)) and self._session:
            hearing.cancel()
            self._session.close_ear()

    async def _hear(self, session: Session, stream: rtc.AudioStream) -> None:
        try:
            async for received in stream:
                session.hear(bytes(received.frame.data))
        except UsageError as error:
            log.warning("a fan is no longer heard: %s", error.code)
        finally:
            await stream.aclose()

    def _typed(self, reader: rtc.TextStreamReader, whose: str) -> None:
        if whose == self._whose:
            self._chores.spawn(self._read(reader))
        else:
            reader.close()

    async def _read(self, reader: rtc.TextStreamReader) -> None:
        """Takes one typed message, or answers what is wrong with it."""
        text, id = "", reader.info.stream_id
        try:
            if not self._messages.take():
                raise TooMany(
                    f"at most {MESSAGES_A_SECOND} messages in one second: send this one again later"
                )
            async for piece in reader:
                text += piece
                if len(text) > MAX_CHARS:
                    break
            if self._session:
                self._session.say(text, id if id.isprintable() and 0 < len(id) <= MAX_ID else None)
        except UsageError as error:
            self._put(Told(error_frame(error, fatal=False, id=id[:MAX_ID])))
        except ConnectionError:
            return  # it was never sent to its end
        finally:
            reader.close()

    # -- what the session tells --------------------------------------------------------------------

    def send(self, event: Event) -> None:
        """Takes an event of the session; see `Outlet`."""
        if isinstance(event, TurnTimed):
            self._meters.turn(self._stage.context.deployment, event.timeline, event.drafting)
        for action in self._table.translate(event):
            match action:
                case Sound(turn, pcm):
                    if self._mouth:
                        self._mouth.add(turn, pcm)
                case Hush():
                    if self._mouth:
                        self._mouth.hush()
                case _:
                    self._put(action)

    def _put(self, action: Action) -> None:
        self._queue.append(action)
        self._written.clear()
        self._some.set()
        if len(self._queue) > MAX_QUEUED:
            self._over.set()

    async def _write(self) -> None:
        while True:
            while self._queue:
                action = self._queue.popleft()
                try:
                    async with asyncio.timeout(SEND_S):
                        await self._do(action)
                except Exception as error:  # the package raises bare ones
                    log.info("a room did not take a text: %s", type(error).__name__)
            self._written.set()
            self._some.clear()
            await self._some.wait()

    async def _flush(self) -> None:
        """Waits until what was told has been written, while the room is there."""
        if self._queue and self._room.isconnected():
            try:
                async with asyncio.timeout(SEND_S):
                    await self._written.wait()
            except TimeoutError:
                log.info("a room was left with texts unsent")

    async def _do(self, action: Action) -> None:
        local = self._room.local_participant
        match action:
            case State(name):
                await local.set_attributes({STATE: name})
            case Told(text):
                await local.send_text(text, topic=EVENTS, destination_identities=[self._whose])
            case Growth(segment, text):
                if not (writer := self._open.get(segment)):
                    writer = self._open[segment] = await self._caption(segment, final=False)
                await writer.write(text)
            case Close(segment):
                if writer := self._open.pop(segment, None):
                    await writer.aclose(attributes={FINAL: "true"})
            case Caption(segment, text, final, by_fan):
                writer = await self._caption(segment, final=final, by_fan=by_fan)
                await writer.write(text)
                await writer.aclose()
            case _:
                pass

    async def _caption(self, segment: str, *, final: bool, by_fan: bool = False) -> rtc.TextStreamWriter:
        about = {SEGMENT: segment, FINAL: "true" if final else "false"}
        track = self._fans_track if by_fan else self._mouth.track.sid if self._mouth else ""
        if track:
            about[TRACK] = track
        sender = self._whose if by_fan else None
        local = self._room.local_participant
        return await local.stream_text(topic=CAPTIONS, attributes=about, sender_identity=sender)

    def _heard(self, turn: str, ms: float) -> None:
        if self._session:
            self._session.played(turn, ms)


_MICROPHONE = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)


def _for_rooms(stage: Stage) -> Stage:
    """What was sent to a room cannot be held back: no more than a little is."""
    return replace(stage, limits=replace(stage.limits, lead_ms=LEAD_MS))
