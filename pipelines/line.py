"""One WebSocket that is one session, whatever is spoken on it: writing, leaving, moving on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import traceback
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from gemelo.engine.chores import Chores
from gemelo.engine.events import Event, Notice, TurnTimed
from gemelo.engine.notices import notice
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.seams import Clock
from gemelo.pipelines.direct import offered
from gemelo.pipelines.meters import Meters

log = logging.getLogger(__name__)

MAX_QUEUED = 1_000
"""Frames that may wait for a slow reader, about 10 s of a reply; then the socket is dropped."""
MOVED = 4409
"""Close code of a socket whose session goes on at another one."""
OVER = 4410
"""Close code of a session that the house has ended; the notice before it says why."""
SEND_S = 10.0
"""A socket that takes nothing for this long is dropped: its fan is gone."""


class Wire:
    """An `Outlet` on a WebSocket: `send` writes at once where the server offers that, else it queues and one
    task writes. A reader too slow is dropped.

    Args:
        encode: the protocol's frames for an event of the session.

    Attributes:
        lost: set when nothing more can be written.
    """

    def __init__(
        self,
        socket: WebSocket,
        meters: Meters,
        deployment: str,
        encode: Callable[[Event], Iterable[str | bytes]],
    ) -> None:
        self._socket = socket
        self._meters = meters
        self._deployment = deployment
        self._encode = encode
        self._direct = offered(socket)
        self._queue: deque[str | bytes] = deque()
        self._some = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()
        self.lost = asyncio.Event()

    def send(self, event: Event) -> None:
        if isinstance(event, TurnTimed):
            self._meters.turn(self._deployment, event.timeline, event.drafting)
        for data in self._encode(event):
            self.put(data)

    def put(self, data: str | bytes) -> None:
        if self.lost.is_set():
            return
        if self._direct and self._written.is_set() and self._direct.send_now(data):
            return
        self._queue.append(data)
        self._written.clear()
        self._some.set()
        if len(self._queue) > MAX_QUEUED:
            self.drop()

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
            self.drop()
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

    def drop(self) -> None:
        """Lets go of a reader that does not read: a goodbye would wait behind all that it leaves unread."""
        self.lose()
        if self._direct:
            self._direct.drop()

    def lose(self) -> None:
        """Nothing more can be written, or is to be."""
        self._queue.clear()
        self.lost.set()
        self._written.set()


class Line(ABC):
    """Serves one accepted WebSocket until either side ends it. A protocol says how it is read.

    Args:
        encode: the protocol's frames for an event of the session.
    """

    def __init__(
        self,
        socket: WebSocket,
        fan: Fan,
        stage: Stage,
        meters: Meters,
        encode: Callable[[Event], Iterable[str | bytes]],
    ) -> None:
        self._socket = socket
        self._fan = fan
        self._stage = stage
        self._wire = Wire(socket, meters, stage.context.deployment, encode)
        self._session: Session | None = None
        self._fault: BaseException | None = None
        self._ended = asyncio.Event()
        self._chores = Chores()

    @property
    def session(self) -> str:
        """The id of the session that is talked in."""
        return self._fan.session

    @abstractmethod
    async def _read(self) -> None:
        """Takes what the fan sends until the fan goes or sends nothing but nonsense."""

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

    async def _receive(self) -> MutableMapping[str, Any]:
        received = await self._socket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        return received


class Bucket:
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


def _place(error: BaseException) -> str:
    """Where an error was raised. Its message stays out of the log: it may quote what a fan said."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
