"""A vendor that makes voices of recordings, in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from gemelo.models.errors import ServiceError
from gemelo.models.vocabulary import Language


async def _nothing() -> None:
    """Happens while a voice is made, as a rule."""


@dataclass
class MemoryCloner:
    """`VoiceCloner`.

    Attributes:
        voices: ids by name.
        fails: with what the next calls end, in turn; None: with nothing.
        makes: whether a voice is made though the call fails.
        meanwhile: what happens while a voice is made.
    """

    voices: dict[str, str] = field(default_factory=dict[str, str])
    fails: list[ServiceError | None] = field(default_factory=list[ServiceError | None])
    makes: bool = False
    meanwhile: Callable[[], Awaitable[object]] = _nothing

    async def clone(self, name: str, sample: bytes, language: Language) -> str:
        failure = self._failure()
        if failure is None or self.makes:
            self.voices[name] = f"id-of-{name}"
        await self.meanwhile()
        if failure:
            raise failure
        return self.voices[name]

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
