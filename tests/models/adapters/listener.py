"""Who listens to an ear in tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from gemelo.models.errors import ServiceError
from gemelo.models.vocabulary import Signal, Transcript, TurnSignal

BYTES_PER_S = 32_000


@dataclass
class Notes:
    """What an ear said, and how it was lost."""

    said: list[TurnSignal] = field(default_factory=list[TurnSignal])
    lost: list[ServiceError] = field(default_factory=list[ServiceError])
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def emit(self, signal: TurnSignal) -> None:
        self.said.append(signal)
        self.news.set()

    def lose(self, error: ServiceError) -> None:
        self.lost.append(error)
        self.news.set()

    @property
    def kinds(self) -> list[Signal]:
        return [signal.kind for signal in self.said]

    async def until(self, done: Callable[[], bool]) -> None:
        while not done():
            self.news.clear()
            await self.news.wait()


def sound(seconds: float) -> bytes:
    return bytes(round(seconds * BYTES_PER_S))


@dataclass
class Words:
    """What a recogniser said."""

    said: list[Transcript] = field(default_factory=list[Transcript])
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def emit(self, transcript: Transcript) -> None:
        self.said.append(transcript)
        self.news.set()

    async def until(self, count: int) -> None:
        while len(self.said) < count:
            self.news.clear()
            await self.news.wait()
