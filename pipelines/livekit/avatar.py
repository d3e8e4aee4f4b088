"""An avatar in a room: a participant of a vendor's that is sent the twin's voice, and shows a face saying it.

    invite ──▶ it joins ──▶ its picture is there ──▶ from the next turn on it speaks ──▶ it leaves, or fails:
       the twin's own track speaks ───────────────┘                                      its own track goes on

The protocol is that of LiveKit's avatars (`livekit.agents.voice.avatar` 1.8.9): a byte stream on
`lk.audio_stream` a turn, closed at its end; `lk.clear_buffer` is called there, and here
`lk.playback_started` and `lk.playback_finished`, which may say how far it has come.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol, cast

from livekit import rtc

from gemelo.engine.chores import Chores
from gemelo.models.errors import ServiceError
from gemelo.models.seams import Clock
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, TurnId
from gemelo.pipelines.livekit.mouth import TRANSIT_MS, Mouth

log = logging.getLogger(__name__)

AUDIO = "lk.audio_stream"
CLEAR = "lk.clear_buffer"
STARTED = "lk.playback_started"
FINISHED = "lk.playback_finished"
JOIN_S = 20.0
"""An avatar that shows nothing by then is given up; the twin has spoken by itself all the while."""
ANSWER_S = 2.0
"""One that does not take a call or a sound by then is gone."""
DISMISS_S = 4.0
LAG_MS = 500.0
"""From a sound that is sent to the same one shown, until an avatar has told."""
_REPORT_MS = 100
_BYTES_PER_MS = OUT_RATE * BYTES_PER_SAMPLE / 1000
_ABOUT = {"sample_rate": str(OUT_RATE), "num_channels": "1"}


class Guest(Protocol):
    """An avatar of a vendor's, for one room."""

    @property
    def identity(self) -> str:
        """Under which it joins."""
        ...

    async def invite(self) -> None:
        """Has it join. Raises `ServiceError`."""
        ...

    async def dismiss(self) -> None:
        """Has it leave; harmless where it never came. Raises `ServiceError`."""
        ...


class Presence(Enum):
    """Whether the avatar speaks."""

    AWAITED = auto()
    HERE = auto()
    GONE = auto()


@dataclass
class Segment:
    """What of one turn was sent to the avatar.

    Attributes:
        since: when its first sound was sent (s).
        started: when it was shown, as the avatar has told (s).
        pcm: all of it, until it has been shown.
    """

    turn: TurnId
    since: float
    started: float | None = None
    pcm: bytearray = field(default_factory=bytearray)

    @property
    def sent_ms(self) -> float:
        return len(self.pcm) / _BYTES_PER_MS


class Puppet:
    """The twin's mouth where an avatar is awaited: its own track, or the avatar, a whole turn the same.

    Args:
        own: speaks as long as the avatar does not.
        heard: is told a turn, and the ms of it that have reached the fan.
    """

    def __init__(
        self, room: rtc.Room, guest: Guest, own: Mouth, heard: Callable[[TurnId, float], None], clock: Clock
    ) -> None:
        self._room = room
        self._guest = guest
        self._own = own
        self._heard = heard
        self._clock = clock
        self.presence = Presence.AWAITED
        self._shown = asyncio.Event()
        self._chores = Chores()
        self._frames: deque[tuple[TurnId, bytes] | None] = deque()
        self._some = asyncio.Event()
        self._turn = TurnId("")
        self._by_avatar = False
        self._segments: deque[Segment] = deque()
        self._writer: rtc.ByteStreamWriter | None = None
        self._lag_ms = LAG_MS
        self._told_ms = 0.0

    @property
    def track(self) -> rtc.LocalAudioTrack:
        """The twin's own."""
        return self._own.track

    # -- what is said ------------------------------------------------------------------------------

    def add(self, turn: TurnId, pcm: bytes) -> None:
        if turn != self._turn:
            self._end_segment()
            self._turn, self._told_ms = turn, 0.0
            self._by_avatar = self.presence is Presence.HERE
        if not self._by_avatar:
            self._own.add(turn, pcm)
            return
        self._frames.append((turn, pcm))
        self._some.set()

    def end(self) -> None:
        """The turn has been said to its end."""
        self._end_segment()

    def hush(self) -> None:
        """Throws away what is not heard yet."""
        self._own.hush()
        if self._by_avatar:
            self._frames.clear()
            self._segments.clear()
            self._end_segment()
            self._by_avatar = False
            self._turn = TurnId("")
            if self.presence is Presence.HERE:
                self._chores.spawn(self._clear())

    def _end_segment(self) -> None:
        if self._by_avatar:
            self._frames.append(None)
            self._some.set()

    # -- the avatar --------------------------------------------------------------------------------

    async def play(self) -> None:
        """Speaks until it is cancelled; the avatar is invited meanwhile."""
        local = self._room.local_participant
        cast("Any", local).register_rpc_method(STARTED, self._started)
        cast("Any", local).register_rpc_method(FINISHED, self._finished)
        cast("Any", self._room).on("track_published", self._published)
        cast("Any", self._room).on("participant_disconnected", self._left)
        joining = asyncio.create_task(self._join())
        try:
            await asyncio.gather(self._own.play(), self._send(), joining)
        finally:
            joining.cancel()
            await asyncio.gather(joining, return_exceptions=True)

    async def close(self) -> None:
        """Sends the avatar away."""
        self.presence = Presence.GONE
        await self._chores.drain()
        await self._dismiss()
        await self._own.close()

    def leave(self) -> None:
        """The avatar may not be shown any more: the twin's own track goes on."""
        self._lose("may not be shown any more")

    async def _join(self) -> None:
        try:
            async with asyncio.timeout(JOIN_S):
                await self._guest.invite()
                for participant in self._room.remote_participants.values():
                    for publication in participant.track_publications.values():
                        self._published(publication, participant)
                await self._shown.wait()
        except TimeoutError:
            self._lose("did not come")
        except ServiceError as error:
            self._lose(str(error))
        else:
            if self.presence is Presence.AWAITED:
                self.presence = Presence.HERE

    def _published(self, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._guest.identity and publication.kind == rtc.TrackKind.KIND_VIDEO:
            self._shown.set()

    def _left(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._guest.identity:
            self._lose("has left")

    def _lose(self, why: str) -> None:
        """Goes on by itself, from where the avatar has come to."""
        if self.presence is Presence.GONE:
            return
        self.presence = Presence.GONE
        log.warning("an avatar %s: the twin's own track speaks", why)
        self._chores.spawn(self._dismiss())
        if not self._by_avatar:
            return
        self._by_avatar = False
        shown_ms = 0.0
        rest = bytearray()
        if self._segments and self._segments[-1].turn == self._turn:
            segment = self._segments[-1]
            shown_ms = self._shown_ms(segment)
            rest += segment.pcm[round(shown_ms * _BYTES_PER_MS) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE :]
        rest += b"".join(frame[1] for frame in self._frames if frame and frame[0] == self._turn)
        self._frames.clear()
        self._segments.clear()
        self._own.go_on(self._turn, shown_ms)
        if rest:
            self._own.add(self._turn, bytes(rest))

    async def _dismiss(self) -> None:
        try:
            async with asyncio.timeout(DISMISS_S):
                await self._guest.dismiss()
        except (ServiceError, TimeoutError) as error:
            log.warning("an avatar could not be sent away: %s", str(error) or "no answer came")

    async def _send(self) -> None:
        """Hands sounds on as they come."""
        while True:
            while not self._frames:
                self._some.clear()
                await self._some.wait()
            frame = self._frames.popleft()
            try:
                async with asyncio.timeout(ANSWER_S):
                    await self._hand_on(frame)
            except Exception as error:  # the package raises bare ones
                if frame is not None and self._by_avatar:
                    self._frames.appendleft(frame)
                self._writer = None
                self._lose(f"takes no sound: {type(error).__name__}")

    async def _hand_on(self, frame: tuple[TurnId, bytes] | None) -> None:
        writer, self._writer = self._writer, None
        if frame is None:
            if writer:
                await writer.aclose()
            return
        if writer is None:
            writer = await self._room.local_participant.stream_bytes(
                name=f"twin-{frame[0]}",
                topic=AUDIO,
                destination_identities=[self._guest.identity],
                attributes=_ABOUT,
            )
            self._segments.append(Segment(frame[0], self._clock.now()))
        await writer.write(frame[1])
        self._writer = writer
        if self._segments:
            self._segments[-1].pcm += frame[1]
            self._tell(self._segments[-1])

    async def _clear(self) -> None:
        try:
            await self._room.local_participant.perform_rpc(
                destination_identity=self._guest.identity,
                method=CLEAR,
                payload="",
                response_timeout=ANSWER_S,
            )
        except Exception as error:  # the package raises bare ones
            self._lose(f"does not fall silent: {type(error).__name__}")

    # -- how far it has come -----------------------------------------------------------------------

    def _started(self, call: rtc.RpcInvocationData) -> str:
        waiting = next((one for one in self._segments if one.started is None), None)
        if call.caller_identity != self._guest.identity or waiting is None:
            return "reject"
        waiting.started = self._clock.now()
        self._lag_ms = (waiting.started - waiting.since) * 1000
        return "ok"

    def _finished(self, call: rtc.RpcInvocationData) -> str:
        position_ms, cut = _ended(call.payload)
        if call.caller_identity != self._guest.identity or position_ms is None:
            return "reject"
        if cut or not self._segments:  # of what was thrown away: the turn is over, and cut where it was then
            return "ok"
        segment = self._segments.popleft()
        if segment.started is None and position_ms >= segment.sent_ms > 0:
            self._lag_ms = max(0.0, (self._clock.now() - segment.since) * 1000 - segment.sent_ms)
        self._heard(segment.turn, min(position_ms, segment.sent_ms))
        return "ok"

    def _shown_ms(self, segment: Segment) -> float:
        """How much of it the fan has seen and heard, as far as one can tell here."""
        if segment.started is not None:
            ms = (self._clock.now() - segment.started) * 1000 - TRANSIT_MS
        else:
            ms = (self._clock.now() - segment.since) * 1000 - self._lag_ms - TRANSIT_MS
        return min(max(ms, 0.0), segment.sent_ms)

    def _tell(self, segment: Segment) -> None:
        shown_ms = self._shown_ms(segment)
        if shown_ms >= self._told_ms + _REPORT_MS or not self._told_ms:
            self._told_ms = max(shown_ms, 1.0)
            self._heard(segment.turn, shown_ms)


def _ended(payload: str) -> tuple[float | None, bool]:
    """Where playback ended (ms) and whether it was cut, as an avatar says; None where that is nothing."""
    try:
        said: Any = json.loads(payload)
        position, cut = float(said["playback_position"]), said.get("interrupted") is True
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None, False
    return (position * 1000 if 0 <= position < 86_400 else None), cut
