"""A worker process that speaks frames over its pipes, as seen from the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable

from gemelo.models.adapters.framing import HEADER, Frame, pack

_GOODBYE_S = 2.0


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

    def send(self, frame: Frame) -> None:
        """Sends a frame without waiting. A frame for a process that has just died is lost."""
        assert self._process.stdin is not None
        if not self._process.stdin.is_closing():
            self._process.stdin.write(pack(frame))

    async def close(self) -> None:
        """Ends the process: politely, then by force."""
        self._closing = True
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(_GOODBYE_S):
                await asyncio.shield(self._reader)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._reader

    async def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                header = await self._process.stdout.readexactly(HEADER.size)
                kind, stream, length = HEADER.unpack(header)
                payload = await self._process.stdout.readexactly(length)
                self._received(Frame(kind, stream, payload))
        status = await self._process.wait()
        if not self._closing:
            self._ended(status)
