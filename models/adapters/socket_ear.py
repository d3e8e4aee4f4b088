"""An ear at the other end of a vendor's socket: sound goes out, what the vendor says of it comes back.

Each vendor brings three things: how its SDK is dialled, how sound is sent on what that opens, and a reader,
which turns messages into our words and does no I/O.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast

from gemelo.models.adapters.sockets import failure
from gemelo.models.errors import BadAudio, EarError, ServiceError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, Transcript

W = TypeVar("W", bound="Wire")
H = TypeVar("H", covariant=True)

log = logging.getLogger(__name__)

_BYTES_PER_S = IN_RATE * BYTES_PER_SAMPLE
_BACKLOG_S = 30.0
"""Sound that waits to be sent; more than is kept of a turn, which is heard again all at once."""
_MESSAGE_S = 1.0
"""Sound in one message, at most."""
_TAKEN_S = 10.0
"""A message that the socket has not taken by then will not be taken."""
_GOODBYE_S = 1.0
"""How long closing may keep its caller waiting; the library goes on at it alone, for up to half a minute."""
_LEAVING: set[asyncio.Task[None]] = set()
"""Tasks whose sockets are still being closed."""


class Wire(Protocol):
    """An open socket of an SDK."""

    def __aiter__(self) -> AsyncIterator[Any]: ...


class Reading(Protocol[H]):
    """Reads what one socket says."""

    @property
    def awaits(self) -> bool:
        """Whether a vendor that is well would now say something of the sound that it is sent."""
        ...

    def read(self, message: Any, sent_s: float) -> Iterable[H]:
        """What a message means.

        Args:
            sent_s: seconds of sound that the vendor has been given.

        Raises:
            EarError: the vendor says that it failed, or has left something out.
        """
        ...


@dataclass(frozen=True, slots=True)
class Terms(Generic[W]):
    """How a vendor is talked to.

    Attributes:
        vendor: its name.
        send: sends sound.
        chunk_ms: of sound that is sent at once.
        connect_s: for the handshake.
        silent_s: a vendor that is sent sound, should say something of it and does not for so long is gone.
        idle: what keeps a socket open on which no sound is sent, and after how long.
    """

    vendor: str
    send: Callable[[W, bytes], Awaitable[None]]
    chunk_ms: int = 80
    connect_s: float = 3.0
    silent_s: float | None = None
    idle: tuple[Callable[[W], Awaitable[None]], float] | None = None


class SocketEar(Generic[W, H]):
    """One fan's ear. `start` it before anything else."""

    def __init__(
        self,
        terms: Terms[W],
        dial: Callable[[], AbstractAsyncContextManager[W]],
        reading: Reading[H],
        emit: Callable[[H], None],
        lost: Callable[[ServiceError], None],
    ) -> None:
        self._terms = terms
        self._dial = dial
        self._reading = reading
        self._emit = emit
        self._lost = lost
        self._open = asyncio.get_running_loop().create_future()
        self._waiting = bytearray()
        self._orders: list[Callable[[W], Awaitable[None]]] = []
        self._more = asyncio.Event()
        self._sent_s = 0.0
        self._unanswered: float | None = None
        self._closed = False
        self._task = asyncio.create_task(self._run(), name=f"ear at {terms.vendor}")

    async def start(self) -> None:
        """Waits until the socket is open.

        Raises:
            EarError: it does not open; says why.
        """
        try:
            await asyncio.shield(self._open)
        except BaseException:
            await self.close()
            raise

    def hear(self, pcm: bytes) -> None:
        """See `Ear.hear`.

        Raises:
            BadAudio: the bytes are not whole samples.
        """
        if len(pcm) % BYTES_PER_SAMPLE:
            raise BadAudio("Audio must be whole 16-bit samples; an odd number of bytes came.")
        if not self._closed and len(self._waiting) < _BACKLOG_S * _BYTES_PER_S:
            self._waiting += pcm
            self._more.set()

    def transcript(self, transcript: Transcript) -> None:
        """See `Ear.transcript`: a vendor hears for itself."""

    def order(self, order: Callable[[W], Awaitable[None]]) -> None:
        """Has something said to the vendor, after the sound so far."""
        self._orders.append(order)
        self._more.set()

    async def close(self) -> None:
        self._closed = True
        self._task.cancel()
        _LEAVING.add(self._task)
        self._task.add_done_callback(_LEAVING.discard)
        await asyncio.wait([self._task], timeout=_GOODBYE_S)

    async def _run(self) -> None:
        """The one task of an ear: dials, sends and reads until it is closed or lost."""
        try:
            async with AsyncExitStack() as stack:
                async with asyncio.timeout(self._terms.connect_s):
                    wire = await stack.enter_async_context(self._dial())
                if not self._open.done():
                    self._open.set_result(None)
                try:
                    await self._talk(wire)
                except Exception as error:
                    self._over(error)  # now: a socket that nobody answers on is closed for half a minute
        except Exception as error:
            self._over(error)
        finally:
            self._open.cancel()

    def _over(self, error: Exception) -> None:
        """Tells once that there is no ear, or no longer one."""
        told = failure(EarError, self._terms.vendor, _first(error))
        if not self._open.done():
            self._open.set_exception(told)
        elif not self._closed:
            self._closed = True
            self._lost(told)

    async def _talk(self, wire: W) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send(wire))
            async for message in wire:
                self._unanswered = None
                for heard in self._reading.read(message, self._sent_s):
                    if self._closed:
                        return
                    self._emit(heard)
            raise EarError(f"died: {self._terms.vendor} closed the socket")

    async def _send(self, wire: W) -> None:
        terms = self._terms
        chunk = round(terms.chunk_ms * _BYTES_PER_S / 1000)
        most = round(_MESSAGE_S * _BYTES_PER_S) // chunk * chunk
        idle, idle_s = terms.idle or (None, None)
        while True:
            self._more.clear()
            try:
                async with asyncio.timeout(idle_s):
                    await self._more.wait()
            except TimeoutError:
                assert idle is not None
                await idle(wire)
            while len(self._waiting) >= chunk or (self._waiting and self._orders):
                ready = min(len(self._waiting) // chunk * chunk, most) or len(self._waiting)
                pcm = bytes(self._waiting[:ready])
                del self._waiting[:ready]
                async with asyncio.timeout(_TAKEN_S):
                    await terms.send(wire, pcm)
                self._sent(ready / _BYTES_PER_S)
            while self._orders:
                await self._orders.pop(0)(wire)

    def _sent(self, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        self._sent_s += seconds
        if self._unanswered is None:
            self._unanswered = now
        elif (
            self._terms.silent_s is not None
            and self._reading.awaits
            and now - self._unanswered > self._terms.silent_s
        ):
            raise EarError(f"slow: {self._terms.vendor} says nothing of what it is sent")


def _first(error: Exception) -> Exception:
    """The error that ended the socket, out of the group in which tasks raise it."""
    while isinstance(error, ExceptionGroup):
        error = cast("ExceptionGroup[Exception]", error).exceptions[0]
    return error
