"""Text that is being spoken, kept, so that another voice can go on with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from gemelo.models.clauses import first_clause_end
from gemelo.models.seams import Clock


class Script:
    """Reads a text once, as it comes, and lets it be read again from anywhere.

    An async context manager: its reading ends with the block.
    """

    def __init__(self, text: AsyncIterator[str], clock: Clock) -> None:
        self._source = text
        self._clock = clock
        self._text = ""
        self._clauses: list[tuple[int, float]] = []
        """Where each clause ends, and when that was known."""
        self.error: Exception | None = None
        """Why it ended before it was whole."""
        self._ended_at: float | None = None
        self._grown = asyncio.Event()
        self._told: Callable[[], None] = lambda: None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    def rest(self, start: int) -> str:
        """What has come from `start` on."""
        return self._text[start:]

    @property
    def ended(self) -> bool:
        """Whether all of it has come."""
        return self._ended_at is not None

    async def read(self, start: int) -> AsyncIterator[str]:
        """All of it from `start` on, as it comes."""
        while True:
            if len(self._text) > start:
                piece, start = self._text[start:], len(self._text)
                yield piece
            elif self.ended:
                return
            else:
                self._grown.clear()
                await self._grown.wait()

    def owed(self, upto: int) -> float | None:
        """Since when a voice that has said all up to `upto` could say more, or end; None: not yet."""
        if not self._text[upto:].strip():
            return self._ended_at
        return next((at for end, at in self._clauses if self._text[upto:end].strip()), None)

    @contextmanager
    def watched(self, told: Callable[[], None]) -> Generator[None]:
        """Has `told` called whenever more has come."""
        self._told = told
        try:
            yield
        finally:
            self._told = lambda: None

    async def _read(self) -> None:
        try:
            async for piece in self._source:
                self._text += piece
                self._mark(final=False)
                self._tell()
        except Exception as error:
            self.error = error
        self._ended_at = self._clock.now()
        self._mark(final=True)
        self._tell()

    def _mark(self, *, final: bool) -> None:
        """Notes clauses that are whole now."""
        start = self._clauses[-1][0] if self._clauses else 0
        while end := first_clause_end(self._text[start:], final=final):
            start += end
            self._clauses.append((start, self._clock.now()))

    def _tell(self) -> None:
        self._grown.set()
        self._told()
