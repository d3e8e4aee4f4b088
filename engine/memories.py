"""What a fan agreed to have kept, between a session and a store.

    turn over ──worth_keeping──▶ Memories.keep          Memories.known ──recalled──▶ Ask.known ─▶ Prompt

Both ways go through the guard of the place: what it would take out, mask or read as an order is neither
kept nor recalled. It fails closed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gemelo.context.guard.seam import Guard
from gemelo.context.memory.facts import Fact, facts
from gemelo.models.vocabulary import Language

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a fan's page gets when the fan agrees, or no longer does.

    `token` is what the page shows next time; `shared` are those for other deployments, by key.
    """

    on: bool
    token: str = ""
    shared: Mapping[str, str] = field(default_factory=dict[str, str])


class Memories(Protocol):
    """What is kept of the fan of one session. Every method may raise `StoreError`."""

    @property
    def known(self) -> tuple[str, ...]:
        """What the fan has told of themselves, in their own words; empty where they did not agree."""
        ...

    async def keep(self, facts: Sequence[Fact]) -> None:
        """Keeps facts; nothing, where the fan did not agree."""
        ...

    async def agree(self, on: bool, *, share: bool) -> Agreement:
        """The fan agrees to be known again here (`share`: and wherever this place's rules allow), or takes
        that back: then everything that was kept under their name is erased."""
        ...


class Recollection:
    """A session's side of `Memories`; without any it knows and keeps nothing."""

    def __init__(self, memories: Memories | None) -> None:
        self._memories = memories
        self._recalled: tuple[tuple[str, ...], Guard, tuple[str, ...]] | None = None

    def under(self, guard: Guard) -> tuple[str, ...]:
        """What a prompt may hold under this guard."""
        known = self._memories.known if self._memories else ()
        if not known:
            return ()
        if self._recalled is None or self._recalled[0] != known or self._recalled[1] is not guard:
            self._recalled = known, guard, recalled(guard, known)
        return self._recalled[2]

    async def learn(self, guard: Guard, said: str, language: Language) -> None:
        """Keeps what an answered turn told of the fan."""
        if self._memories and (found := worth_keeping(guard, said, language)):
            await self._memories.keep(found)


def recalled(guard: Guard, known: Sequence[str]) -> tuple[str, ...]:
    """What of a fan's facts a mind may read here: rules may have changed since they were kept."""
    return tuple(text for text in known if _fits(guard, text))


def worth_keeping(guard: Guard, said: str, language: Language) -> tuple[Fact, ...]:
    """The facts in a fan's words that this place may keep."""
    return tuple(fact for fact in facts(said, language) if _fits(guard, fact.text))


def _fits(guard: Guard, text: str) -> bool:
    try:
        return guard.redact(text).text == text == guard.mask(text) and not guard.planted(text)
    except Exception as error:
        log.error("the guard failed: %s", type(error).__name__)
        return False
