"""What a fan agreed to have kept, between a session and a store.

    turn over ──worth_keeping──▶ Memories.keep          Memories.known ──recalled──▶ Ask.known ─▶ Prompt

Both ways go through the guard of the place: what it would take out, mask or read as an order is neither
kept nor recalled. It fails closed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from gemelo.context.guard.seam import Guard
from gemelo.context.memory.facts import Fact, facts
from gemelo.context.policy.context import Context
from gemelo.engine.events import Agreed
from gemelo.models.vocabulary import Language

log = logging.getLogger(__name__)


class Memories(Protocol):
    """What is kept of the fan of one session. Every method may raise `StoreError`."""

    @property
    def consent(self) -> str:
        """Names the agreement that holds now; empty where what the fan tells is not to be kept."""
        ...

    @property
    def known(self) -> tuple[str, ...]:
        """What the fan has told of themselves, in their own words; empty where they did not agree."""
        ...

    async def keep(self, facts: Sequence[Fact]) -> None:
        """Keeps facts; nothing, where the fan did not agree."""
        ...

    async def agree(self, share: Sequence[str]) -> Agreed:
        """The fan agrees to be known again here, and that the deployments `share` use what is told here."""
        ...

    async def part(self) -> Agreed:
        """The fan takes that back: everything but this conversation is erased, and nothing more is kept."""
        ...


class Recollection:
    """A session's side of `Memories`; without any it knows and keeps nothing.

    What a place allows is looked up each time: it may change while a session goes on.

    Attributes:
        consent: the agreement under which the fan last began to say something; empty where there was none.
    """

    def __init__(self, memories: Memories | None) -> None:
        self._memories = memories
        self.consent = ""
        self._recalled: tuple[tuple[str, ...], Guard, tuple[str, ...]] | None = None

    def speak(self) -> None:
        """The fan begins to say something, under the agreement that holds now."""
        self.consent = self._memories.consent if self._memories else ""

    def under(self, context: Context, guard: Guard) -> tuple[str, ...]:
        """What a prompt may hold here and now."""
        known = self._memories.known if self._memories and context.memory.keep else ()
        if not known:
            return ()
        if self._recalled is None or self._recalled[0] != known or self._recalled[1] is not guard:
            self._recalled = known, guard, recalled(guard, known)
        return self._recalled[2]

    def holds(self, consent: str) -> bool:
        """Whether the agreement under which a fan spoke is still the one that holds."""
        return self._memories is not None and bool(consent) and self._memories.consent == consent

    async def learn(self, context: Context, guard: Guard, said: str, language: Language) -> None:
        """Keeps what an answered turn told of the fan."""
        if self._memories and context.memory.keep and (found := worth_keeping(guard, said, language)):
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
