"""Shared state of a house that is one process: in memory, gone with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from heapq import heappop, heappush
from typing import Generic, TypeVar

V = TypeVar("V")


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
        self._told = Told()
        self._counted: _Fading[int] = _Fading(now)
        self._kept: _Fading[str] = _Fading(now)

    def __len__(self) -> int:
        """Keys that are remembered."""
        return len(self._counted) + len(self._kept)

    async def first(self, key: str, for_s: int) -> bool:
        return await self.count(key, for_s) == 1

    async def count(self, key: str, for_s: int, by: int = 1) -> int:
        return self._counted.put(key, (self._counted.get(key) or 0) + by, for_s)

    async def keep(self, key: str, value: str, for_s: int) -> None:
        self._kept.put(key, value, for_s, anew=True)

    async def kept(self, key: str) -> str:
        return self._kept.get(key) or ""

    async def tell(self, hint: frozenset[str]) -> None:
        self._told.tell(hint)

    def listen(self) -> AsyncGenerator[frozenset[str] | None]:
        return self._told.listen()

    async def ping(self) -> None:
        return

    async def close(self) -> None:
        return


class _Fading(Generic[V]):
    """Values that are forgotten when their time is over."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._values: dict[str, tuple[float, V]] = {}
        self._ends: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: str) -> V | None:
        self._forget()
        end, value = self._values.get(key, (0.0, None))
        return value if end > self._now() else None

    def put(self, key: str, value: V, for_s: int, *, anew: bool = False) -> V:
        """What is there already keeps its time, unless that begins `anew`."""
        self._forget()
        end = self._now() + for_s
        if key not in self._values:
            heappush(self._ends, (end, key))
        elif not anew and self._values[key][0] > self._now():
            end = self._values[key][0]
        self._values[key] = end, value
        return value

    def _forget(self) -> None:
        """Every key stands in the heap once: one that got more time goes back with it."""
        now = self._now()
        while self._ends and self._ends[0][0] <= now:
            _, key = heappop(self._ends)
            if self._values[key][0] > now:
                heappush(self._ends, (self._values[key][0], key))
            else:
                del self._values[key]
