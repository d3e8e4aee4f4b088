"""`/v1/talk`: one WebSocket is one session. The protocol stands in docs/protocol.md."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from gemelo.engine.events import Event, TurnTimed
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import BadAudio, BadMessage, GemeloError, UsageError
from gemelo.models.meters import Meters
from gemelo.models.seams import Clock
from gemelo.models.vocabulary import Language, Transcript
from gemelo.pipelines.rtvi import VERSION, Message, decode, encode, error_frame, field, frame

log = logging.getLogger(__name__)

MAX_AUDIO = 64_000
"""Bytes of one binary frame: 2 s of audio."""
MAX_QUEUED = 1_000
"""Frames that may wait for a slow reader, about 10 s of a reply; then the socket is dropped."""
MESSAGES_A_SECOND = 20
BROKEN_IN_A_ROW = 10
READY_S = 10.0
SEND_S = 10.0
"""A socket that takes nothing for this long is dropped: its fan is gone."""
_UNMETERED = frozenset({"client-message/playback", "client-message/transcript"})


class Wire:
    """An `Outlet` on a WebSocket: `send` queues, one task writes. A reader too slow is dropped."""

    def __init__(self, socket: WebSocket, meters: Meters, deployment: str) -> None:
        self._socket = socket
        self._meters = meters
        self._deployment = deployment
        self._queue: deque[str | bytes] = deque()
        self._some = asyncio.Event()
        self._written = asyncio.Event()
        self.lost = asyncio.Event()

    def send(self, event: Event) -> None:
        if isinstance(event, TurnTimed):
            self._meters.turn(self._deployment, event.timeline)
        self.put(encode(event))

    def put(self, data: str | bytes) -> None:
        if len(self._queue) >= MAX_QUEUED:
            self._queue.clear()
            self.lost.set()
        if not self.lost.is_set():
            self._queue.append(data)
            self._some.set()

    async def write(self) -> None:
        """Writes what is queued until the socket is lost or the task is cancelled."""
        try:
            await self._write()
        finally:
            self._written.set()

    async def _write(self) -> None:
        while not self.lost.is_set():
            while self._queue:
                data = self._queue.popleft()
                send = (
                    self._socket.send_bytes(data) if isinstance(data, bytes) else self._socket.send_text(data)
                )
                try:
                    async with asyncio.timeout(SEND_S):
                        await send
                except (TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
                    self.lost.set()
                    return
            self._written.set()
            self._some.clear()
            await self._some.wait()

    async def flush(self) -> None:
        """Waits until everything queued has been written."""
        self._written.clear()
        self._some.set()
        await self._written.wait()


class Talk:
    """Serves one accepted WebSocket until either side ends it."""

    def __init__(self, socket: WebSocket, fan: Fan, stage: Stage, meters: Meters, resume: str) -> None:
        self._socket = socket
        self._fan = fan
        self._stage = stage
        self._resume = resume
        self._wire = Wire(socket, meters, stage.context.deployment)
        self._rate = _Rate(stage.clock, MESSAGES_A_SECOND)
        self._broken = 0
        self.session: Session | None = None

    async def serve(self) -> None:
        """Runs the session. Returns when the fan is gone; whatever the fan sent, nothing is raised."""
        writer = asyncio.create_task(self._wire.write())
        lost = asyncio.create_task(self._wire.lost.wait())
        reader = asyncio.create_task(self._read())
        try:
            await asyncio.wait([reader, lost], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (reader, lost):
                task.cancel()
            await asyncio.wait([reader, lost])
            if self.session:
                await self.session.close()
            await self._wire.flush()
            writer.cancel()
            await asyncio.wait([writer])
        if reader.done() and not reader.cancelled() and (error := reader.exception()):
            log.error("a talk ended by a fault: %s", type(error).__name__)
            await self.hang_up(1011)

    async def leave(self) -> None:
        """The server is going down: lets the reply under way finish, then says goodbye."""
        if self.session:
            await self.session.drain()
        await self._wire.flush()
        await self.hang_up(1001)

    async def hang_up(self, code: int) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            await self._socket.close(code)

    async def _read(self) -> None:
        if not await self._greet():
            return
        while True:
            received = await self._socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            id = None
            try:
                if (pcm := received.get("bytes")) is not None:
                    self._hear(pcm)
                else:
                    message = decode(received.get("text") or "")
                    id = message.id
                    if message.type == "disconnect-bot":
                        return await self.hang_up(1000)
                    self._rate.count(message)
                    self._take(message)
                self._broken = 0
            except UsageError as error:
                self._wire.put(error_frame(error, fatal=False, id=id))
                self._broken += 1
                if self._broken >= BROKEN_IN_A_ROW and not isinstance(error, TooMany):
                    await self._wire.flush()
                    return await self.hang_up(4400)

    async def _greet(self) -> bool:
        """Waits for `client-ready` and answers it. False where the client never said it."""
        try:
            async with asyncio.timeout(READY_S):
                ready = decode(await self._socket.receive_text())
            if ready.type != "client-ready":
                raise BadMessage("the first frame is client-ready")
        except (TimeoutError, BadMessage, KeyError) as error:
            known = error if isinstance(error, GemeloError) else BadMessage("the first frame is client-ready")
            self._wire.put(error_frame(known, fatal=True))
            await self._wire.flush()
            await self.hang_up(4400)
            return False
        except WebSocketDisconnect:
            return False
        spoken = ready.data.get("voice", True) is not False
        self.session = Session(self._fan, self._stage, self._wire, spoken=spoken)
        about = {"version": VERSION, "session": self._fan.session, "resume": self._resume}
        self._wire.put(frame("bot-ready", {**about, "language": self._fan.language}, ready.id))
        return True

    def _hear(self, pcm: bytes) -> None:
        assert self.session is not None
        if len(pcm) % 2 or not pcm or len(pcm) > MAX_AUDIO:
            raise BadAudio(f"a binary frame is s16le mono at 16 kHz: 2 to {MAX_AUDIO} bytes, whole samples")
        self.session.hear(pcm)

    def _take(self, message: Message) -> None:
        assert self.session is not None
        session = self.session
        takes: dict[str, Callable[[], None]] = {
            "send-text": lambda: session.say(field(message, "content", str), message.id),
            "client-message/voice": lambda: session.speak(field(message, "on", bool)),
            "client-message/mic": lambda: (
                session.open_ear() if field(message, "on", bool) else session.close_ear()
            ),
            "client-message/transcript": lambda: session.transcript(
                Transcript(field(message, "text", str)[:4000], field(message, "final", bool))
            ),
            "client-message/language": lambda: session.use_language(self._language(message)),
            "client-message/playback": lambda: session.played(
                field(message, "turn", str), field(message, "ms", int, float)
            ),
            "client-message/interrupt": session.interrupt,
        }
        take = takes.get(message.type)
        if take is None:
            raise BadMessage(f"unknown message type {message.type[:64]!r}: see docs/protocol.md")
        take()

    def _language(self, message: Message) -> Language:
        asked = field(message, "language", str)
        for spoken in self._stage.context.languages:
            if spoken == asked:
                return spoken
        raise BadMessage(f"this twin speaks {', '.join(self._stage.context.languages)} here")


class TooMany(UsageError):
    """More messages in a second than a person sends."""

    code = "too_many"


class _Rate:
    """Counts messages in the current second."""

    def __init__(self, clock: Clock, limit: int) -> None:
        self._clock = clock
        self._limit = limit
        self._second = -1.0
        self._count = 0

    def count(self, message: Message) -> None:
        if message.type in _UNMETERED:
            return
        second = self._clock.now() // 1
        if second != self._second:
            self._second, self._count = second, 0
        self._count += 1
        if self._count > self._limit:
            raise TooMany(f"at most {self._limit} messages in one second: send this one again in a moment")
