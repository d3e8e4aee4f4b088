"""A worker process that speaks frames over its pipes, as seen from the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable

from gemelo.models.adapters.framing import HEADER, Frame, pack

log = logging.getLogger(__name__)

_GOODBYE_S = 2.0
_BACKLOG = 1_000_000
"""Bytes that may wait for the process: half a minute of one fan's speech."""
_NOTE_EVERY = 1_000
"""Dropped frames from one line in the log to the next."""


class Worker:
    """One running worker process.

    `received` is called on the loop with every frame; `ended` once, with the exit status, when the
    process is gone without having been closed.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        received: Callable[[Frame], None],
        ended: Callable[[int], None],
    ) -> None:
        self._process = process
        self._received = received
        self._ended = ended
        self._closing = False
        self._dropped = 0
        self._reader = asyncio.create_task(self._read(), name=f"worker {process.pid}")

    @classmethod
    async def start(
        cls, module: str, received: Callable[[Frame], None], ended: Callable[[int], None]
    ) -> Worker:
        """Runs `python -m module`.

        Raises:
            OSError: the process could not be started.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # A signal to the whole process group must not silence replies that a drain lets finish.
            start_new_session=True,
        )
        return cls(process, received, ended)

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, frame: Frame, *, may_drop: bool = False) -> None:
        """Sends a frame without waiting. A frame for a process that has just died is lost.

        Args:
            may_drop: leave the frame out where the process is far behind, as sound can be.
        """
        pipe = self._process.stdin
        assert pipe is not None
        if pipe.is_closing():
            return
        if may_drop and pipe.transport.get_write_buffer_size() > _BACKLOG:
            if self._dropped % _NOTE_EVERY == 0:
                log.warning("worker %s is behind: dropping frames, %s before this", self.pid, self._dropped)
            self._dropped += 1
            return
        pipe.write(pack(frame))

    async def close(self) -> None:
        """Ends the process: politely, then by force."""
        self._closing = True
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(_GOODBYE_S):
                await asyncio.shield(self._reader)
        except TimeoutError:
            self._kill()
            await self._reader

    async def stop(self) -> None:
        """Ends the process by force, whatever it is at."""
        self._closing = True
        self._kill()
        await self._reader

    async def _read(self) -> None:
        try:
            await self._receive()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the process is gone
        except Exception as error:  # its message may quote what a fan said
            log.error("a frame of worker %s could not be taken: %s", self.pid, type(error).__name__)
            self._kill()
        status = await self._process.wait()
        if not self._closing:
            self._ended(status)

    async def _receive(self) -> None:
        """Takes frames until the process ends."""
        assert self._process.stdout is not None
        while True:
            header = await self._process.stdout.readexactly(HEADER.size)
            kind, stream, length = HEADER.unpack(header)
            payload = await self._process.stdout.readexactly(length)
            self._received(Frame(kind, stream, payload))

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
