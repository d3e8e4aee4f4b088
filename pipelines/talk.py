"""`/v1/talk`: one WebSocket is one session. The protocol stands in docs/protocol.md."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from collections import deque
from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from gemelo.engine.chores import Chores
from gemelo.engine.events import Event, Notice, TurnTimed
from gemelo.engine.memories import Memories
from gemelo.engine.notices import notice
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import BadAudio, BadMessage, StoreError, UsageError
from gemelo.models.seams import Clock
from gemelo.models.text import MAX_CHARS
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, Language, Transcript
from gemelo.pipelines.direct import offered
from gemelo.pipelines.meters import Meters
from gemelo.pipelines.rtvi import VERSION, Message, decode, encode, error_frame, field, frame

log = logging.getLogger(__name__)

MAX_AUDIO = 64_000
"""Bytes of one binary frame: 2 s of audio."""
MAX_QUEUED = 1_000
"""Frames that may wait for a slow reader, about 10 s of a reply; then the socket is dropped."""
MESSAGES_A_SECOND = 20
REPORTS_A_SECOND = 100
"""Of playback and transcripts together."""
BROKEN_IN_A_ROW = 10
MOVED = 4409
"""Close code of a socket whose session goes on at another one."""
OVER = 4410
"""Close code of a session that the house has ended; the notice before it says why."""
READY_S = 10.0
SEND_S = 10.0
"""A socket that takes nothing for this long is dropped: its fan is gone."""
_AUDIO_A_SECOND = IN_RATE * BYTES_PER_SAMPLE * 1.1
"""Bytes; sound cards and clocks may differ by a little."""
_AUDIO_BURST = 10 * IN_RATE * BYTES_PER_SAMPLE
"""Bytes that may come at once, after a stall of the network (10 s)."""
_REPORTS = frozenset({"client-message/playback", "client-message/transcript"})


class TooMany(UsageError):
    """More messages in a second than a person sends."""

    code = "too_many"


class Wire:
    """An `Outlet` on a WebSocket: `send` writes at once where the server offers that, else it queues and one
    task writes. A reader too slow is dropped.

    Attributes:
        lost: set when nothing more can be written.
    """

    def __init__(self, socket: WebSocket, meters: Meters, deployment: str) -> None:
        self._socket = socket
        self._meters = meters
        self._deployment = deployment
        self._direct = offered(socket)
        self._queue: deque[str | bytes] = deque()
        self._some = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()
        self.lost = asyncio.Event()

    def send(self, event: Event) -> None:
        if isinstance(event, TurnTimed):
            self._meters.turn(self._deployment, event.timeline, event.drafting)
        self.put(encode(event))

    def put(self, data: str | bytes) -> None:
        if self.lost.is_set():
            return
        if self._direct and self._written.is_set() and self._direct.send_now(data):
            return
        self._queue.append(data)
        self._written.clear()
        self._some.set()
        if len(self._queue) > MAX_QUEUED:
            self._drop()

    async def write(self) -> None:
        """Writes what is queued until the socket is lost or the task is cancelled."""
        try:
            while True:
                while self._queue:
                    await self._write(self._queue.popleft())
                self._written.set()
                self._some.clear()
                await self._some.wait()
        except TimeoutError:
            self._drop()
        except (WebSocketDisconnect, RuntimeError, OSError):
            pass
        finally:
            self.lose()

    async def flush(self) -> None:
        """Waits until everything queued has been written, or never will be."""
        await self._written.wait()

    async def _write(self, data: str | bytes) -> None:
        async with asyncio.timeout(SEND_S):
            if isinstance(data, bytes):
                await self._socket.send_bytes(data)
            else:
                await self._socket.send_text(data)

    def _drop(self) -> None:
        """Lets go of a reader that does not read: a goodbye would wait behind all that it leaves unread."""
        self.lose()
        if self._direct:
            self._direct.drop()

    def lose(self) -> None:
        """Nothing more can be written, or is to be."""
        self._queue.clear()
        self.lost.set()
        self._written.set()


class Talk:
    """Serves one accepted WebSocket until either side ends it.

    Args:
        resume: the token with which this fan can take the session up again.
        ready_s: how long a client has to say `client-ready`.
    """

    def __init__(
        self,
        socket: WebSocket,
        fan: Fan,
        stage: Stage,
        meters: Meters,
        resume: str,
        ready_s: float = READY_S,
    ) -> None:
        self._socket = socket
        self._fan = fan
        self._stage = stage
        self._resume = resume
        self._ready_s = ready_s
        self._wire = Wire(socket, meters, stage.context.deployment)
        self._messages = _Bucket(stage.clock, MESSAGES_A_SECOND, MESSAGES_A_SECOND)
        self._reports = _Bucket(stage.clock, REPORTS_A_SECOND, REPORTS_A_SECOND)
        self._audio = _Bucket(stage.clock, _AUDIO_A_SECOND, _AUDIO_BURST)
        self._complaints = _Bucket(stage.clock, 1, 1)
        self._broken = 0
        self._session: Session | None = None
        self._fault: BaseException | None = None
        self._ended = asyncio.Event()
        self._chores = Chores()

    @property
    def session(self) -> str:
        """The id of the session that is talked in."""
        return self._fan.session

    async def serve(self, moved: asyncio.Event) -> int | None:
        """Runs the session until the fan is gone; whatever the fan sent, nothing is raised.

        Args:
            moved: set when the fan takes this session up on another socket. This one may be dead:
                nothing waits for it then.

        Returns:
            The code to hang up with once others may have the place, or None where that was done.
        """
        writer = asyncio.create_task(self._wire.write())
        reader = asyncio.create_task(self._read())
        events = (self._wire.lost, moved, self._ended)
        ends = [asyncio.create_task(event.wait()) for event in events]
        try:
            await asyncio.wait([reader, *ends], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (reader, *ends):
                task.cancel()
            await asyncio.wait([reader, *ends])
            if self._session:
                await self._session.close()
            await self._chores.drain()
            if not moved.is_set():
                await self._wire.flush()
            writer.cancel()
            await asyncio.wait([writer])
        if error := self._fault or (None if reader.cancelled() else reader.exception()):
            log.error("a talk ended by a fault: %s at %s", type(error).__name__, _place(error))
            return 1011
        if moved.is_set():
            return MOVED
        return OVER if self._ended.is_set() else None

    def restage(self, stage: Stage) -> None:
        """Another stage holds from the next turn on; see `Session.restage`."""
        self._stage = stage
        if self._session:
            self._session.restage(stage)

    async def finish(self, reason: str, *, cut: bool) -> None:
        """Ends the session from the house's side (see `Session.finish`); the socket closes with `OVER`."""
        if self._session:
            await self._session.finish(reason, cut=cut)
        else:
            self._wire.send(Notice(reason, notice(reason, self._fan.language)))
        self._ended.set()

    async def leave(self) -> None:
        """The server is going down: lets the reply under way finish, then says goodbye."""
        if self._session:
            await self._session.drain()
        await self._wire.flush()
        await self.hang_up(1001)

    async def hang_up(self, code: int) -> None:
        """Closes the socket, unless either side has done so already."""
        with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
            async with asyncio.timeout(SEND_S):
                await self._socket.close(code)

    async def _read(self) -> None:
        """Takes what the fan sends until the fan goes or sends nothing but nonsense."""
        try:
            session = self._session = await self._greet()
            if session and (direct := offered(self._socket)):
                direct.hand_over(self._take_at_once)
            while session and self._broken < BROKEN_IN_A_ROW:
                if not self._accept(session, await self._receive()):
                    return await self.hang_up(1000)
            await self._wire.flush()
            await self.hang_up(4400)
        except WebSocketDisconnect:
            return

    async def _receive(self) -> MutableMapping[str, Any]:
        received = await self._socket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        return received

    async def _greet(self) -> Session | None:
        """Waits for `client-ready` and answers it. None where the client does not say it."""
        try:
            async with asyncio.timeout(self._ready_s):
                ready = decode((await self._receive()).get("text") or "")
            if ready.type != "client-ready":
                raise BadMessage(f"unexpected {ready.type[:64]!r}")
        except (TimeoutError, BadMessage):
            self._wire.put(error_frame(BadMessage("the first frame is client-ready"), fatal=True))
            return None
        spoken = ready.data.get("voice", True) is not False
        echoes = ready.data.get("echo") is True
        about = {"version": VERSION, "session": self._fan.session, "resume": self._resume}
        self._wire.put(frame("bot-ready", {**about, "language": self._fan.language}, ready.id))
        return Session(self._fan, self._stage, self._wire, spoken=spoken, echoes=echoes)

    def _accept(self, session: Session, received: MutableMapping[str, Any]) -> bool:
        """Takes one frame, or answers what is wrong with it; False where it was a goodbye."""
        id = None
        try:
            if (pcm := received.get("bytes")) is not None:
                self._hear(session, pcm)
            else:
                message = decode(received["text"])
                id = message.id
                if message.type == "disconnect-bot":
                    return False
                self._take(session, message)
            self._broken = 0
        except TooMany as error:
            self._wire.put(error_frame(error, fatal=False, id=id))
        except UsageError as error:
            self._broken += 1
            self._wire.put(error_frame(error, fatal=self._broken >= BROKEN_IN_A_ROW, id=id))
        return True

    def _take_at_once(self, data: str | bytes) -> bool:
        """Takes audio and reports as they arrive. What is wrong with them is said by the long way."""
        try:
            if not (self._session and self._takes_at_once(self._session, data)):
                return False
        except UsageError:
            return False
        except Exception as error:
            self._fault = error
            self._wire.lose()
        self._broken = 0
        return True

    def _takes_at_once(self, session: Session, data: str | bytes) -> bool:
        if isinstance(data, bytes):
            if is_fit := _is_audio(data) and self._audio.take(len(data)):
                session.hear(data)
            return is_fit
        message = decode(data)
        if is_report := message.type in _REPORTS:
            self._take(session, message)
        return is_report

    def _hear(self, session: Session, pcm: bytes) -> None:
        if not _is_audio(pcm):
            raise BadAudio(f"a binary frame is s16le mono at 16 kHz: 2 to {MAX_AUDIO} bytes, whole samples")
        if self._audio.take(len(pcm)):
            session.hear(pcm)
        elif self._complaints.take():
            raise TooMany("audio comes faster than it is spoken: send s16le mono at 16 kHz as it is recorded")

    def _take(self, session: Session, message: Message) -> None:
        takes: dict[str, Callable[[], None]] = {
            "send-text": lambda: session.say(field(message, "content", str), message.id),
            "client-message/voice": lambda: session.speak(field(message, "on", bool)),
            "client-message/mic": lambda: (
                session.open_ear() if field(message, "on", bool) else session.close_ear()
            ),
            "client-message/transcript": lambda: session.transcript(
                Transcript(field(message, "text", str)[:MAX_CHARS], field(message, "final", bool))
            ),
            "client-message/language": lambda: session.use_language(self._language(message)),
            "client-message/playback": lambda: session.played(
                field(message, "turn", str), field(message, "ms", int, float)
            ),
            "client-message/interrupt": session.interrupt,
            "client-message/remember": lambda: self._remember(message),
        }
        take = takes.get(message.type)
        if take is None:
            raise BadMessage(f"unknown message type {message.type[:64]!r}: see docs/protocol.md")
        if not (self._reports if message.type in _REPORTS else self._messages).take():
            raise TooMany(f"at most {MESSAGES_A_SECOND} messages in one second: send this one again later")
        take()

    def _remember(self, message: Message) -> None:
        on, memory = field(message, "on", bool), self._stage.context.memory
        if self._fan.memories is None or (on and not memory.keep):
            raise BadMessage("nothing is kept of fans here: this deployment's layers do not allow it")
        share = memory.share if message.data.get("share") is True else ()
        self._chores.spawn(self._agree(self._fan.memories, share if on else None, message.id))

    async def _agree(self, memories: Memories, share: tuple[str, ...] | None, id: str | None) -> None:
        try:
            agreed = await (memories.part() if share is None else memories.agree(share))
        except StoreError as error:
            self._wire.put(error_frame(error, fatal=False, id=id))
        else:
            self._wire.send(agreed)

    def _language(self, message: Message) -> Language:
        asked = field(message, "language", str)
        for spoken in self._stage.context.languages:
            if spoken == asked:
                return spoken
        raise BadMessage(f"this twin speaks {', '.join(self._stage.context.languages)} here")


class _Bucket:
    """Bounds a rate: `burst` at once, then `a_second`."""

    def __init__(self, clock: Clock, a_second: float, burst: float) -> None:
        self._clock = clock
        self._a_second = a_second
        self._burst = self._left = burst
        self._then = clock.now()

    def take(self, count: float = 1) -> bool:
        """Takes `count` out, or nothing where less is left."""
        now = self._clock.now()
        self._left = min(self._burst, self._left + (now - self._then) * self._a_second)
        self._then = now
        if self._left < count:
            return False
        self._left -= count
        return True


def _is_audio(pcm: bytes) -> bool:
    return 0 < len(pcm) <= MAX_AUDIO and len(pcm) % BYTES_PER_SAMPLE == 0


def _place(error: BaseException) -> str:
    """Where an error was raised. Its message stays out of the log: it may quote what a fan said."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
