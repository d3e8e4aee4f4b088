"""Vendors that make voices and faces of recordings, in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from gemelo.admin.services.cloning import Vendors
from gemelo.models.errors import CourierError, ServiceError
from gemelo.models.vocabulary import Language


async def _nothing() -> None:
    """Happens while a voice is made, as a rule."""


@dataclass
class MemoryCloner:
    """`VoiceCloner` and `FaceCloner`.

    Attributes:
        voices: ids by name.
        fails: with what the next calls end, in turn; None: with nothing.
        makes: whether a voice is made though the call fails.
        meanwhile: what happens while a voice is made.
        finished: what trainings have come to.
    """

    voices: dict[str, str] = field(default_factory=dict[str, str])
    fails: list[ServiceError | None] = field(default_factory=list[ServiceError | None])
    makes: bool = False
    meanwhile: Callable[[], Awaitable[object]] = _nothing
    finished: bool | None = None

    async def clone(self, name: str, sample: bytes, language: Language) -> str:
        failure = self._failure()
        if failure is None or self.makes:
            self.voices[name] = f"id-of-{name}"
        await self.meanwhile()
        if failure:
            raise failure
        return self.voices[name]

    async def train(self, name: str, film: str, consent: str) -> str:
        return await self.clone(name, b"", Language(""))

    async def trained(self, id: str) -> bool | None:
        if failure := self._failure():
            raise failure
        return self.finished

    async def find(self, name: str) -> str:
        if failure := self._failure():
            raise failure
        return self.voices.get(name, "")

    async def delete(self, id: str) -> None:
        if failure := self._failure():
            raise failure
        self.voices = {name: one for name, one in self.voices.items() if one != id}

    def _failure(self) -> ServiceError | None:
        return self.fails.pop(0) if self.fails else None


@dataclass
class MemoryFiles:
    """`Hasher`: hashes by address."""

    hashes: dict[str, str] = field(default_factory=dict[str, str])

    async def sha256(self, url: str, most: int) -> str:
        if url not in self.hashes:
            raise CourierError("the file was not reached")
        return self.hashes[url]


def memory_vendors() -> Vendors:
    """One of each."""
    return Vendors({"cartesia": MemoryCloner()}, {"tavus": MemoryCloner()}, MemoryFiles())
