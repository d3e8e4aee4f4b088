"""Shared state of a house that is one process: in memory, gone with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from heapq import heappop, heappush


class Told:
    """Passes hints on to whoever listens in this process."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[frozenset[str] | None]] = set()

    def tell(self, hint: frozenset[str] | None) -> None:
        """Reaches every listener; None says that some hints may have been missed."""
        for listener in self._listeners:
            listener.put_nowait(hint)

    async def listen(self) -> AsyncGenerator[frozenset[str] | None]:
        heard: asyncio.Queue[frozenset[str] | None] = asyncio.Queue()
        self._listeners.add(heard)
        try:
            yield None
            while True:
                yield await heard.get()
        finally:
            self._listeners.discard(heard)


class MemoryState:
    """`Shared` for one process.

    Args:
        now: seconds on any clock that never goes back.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._told = Told()
        self._counted: dict[str, int] = {}
        self._ends: list[tuple[float, str]] = []

    def __len__(self) -> int:
        """Keys that are remembered."""
        return len(self._counted)

    async def first(self, key: str, for_s: int) -> bool:
        return await self.count(key, for_s) == 1

    async def count(self, key: str, for_s: int, by: int = 1) -> int:
        now = self._now()
        while self._ends and self._ends[0][0] <= now:
            del self._counted[heappop(self._ends)[1]]
        if key not in self._counted:
            self._counted[key] = 0
            heappush(self._ends, (now + for_s, key))
        self._counted[key] += by
        return self._counted[key]

    async def tell(self, hint: frozenset[str]) -> None:
        self._told.tell(hint)

    def listen(self) -> AsyncGenerator[frozenset[str] | None]:
        return self._told.listen()

    async def ping(self) -> None:
        return

    async def close(self) -> None:
        return
