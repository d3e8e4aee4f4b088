"""How the providers of one session are chosen: as its place wishes, within what its tenant may spend.

A session's tasks carry it (`carried`), and lines of providers read it where they are asked: neither seams nor
the engine hand it round.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from gemelo.models.usage import Used


class Route(StrEnum):
    """Which provider is asked first."""

    ORDER = "order"
    """The first of the list."""
    FASTEST = "fastest"
    """Whoever lately took least to the first token, the first sound, or the end of a turn."""
    CHEAPEST = "cheapest"
    """Whoever costs least."""


class Purse(Protocol):
    """What a tenant may spend in a month, shared by its sessions."""

    @property
    def spent_share(self) -> float:
        """Of this month's budget: 1 where all of it is spent; 0 where nobody set one."""
        ...

    def spend(self, uses: Iterable[Used]) -> None:
        """Takes what was used, with its cost."""
        ...


class Bottomless:
    """`Purse` of a tenant for whom nobody set a budget."""

    spent_share = 0.0

    def spend(self, uses: Iterable[Used]) -> None:
        return


@dataclass(slots=True)
class Routing:
    """How one session's providers are chosen.

    Attributes:
        kept: whom a line put first in this session, by the line, where that stays: a fan hears one voice.
    """

    route: Route = Route.ORDER
    purse: Purse = field(default_factory=Bottomless)
    kept: dict[int, str] = field(default_factory=dict[int, str])

    def carried(self) -> Context:
        """A context for a task of the session, in which providers are chosen so."""
        context = copy_context()
        context.run(ROUTING.set, self)
        return context


ROUTING: ContextVar[Routing | None] = ContextVar("routing", default=None)
"""Of the session that this task works for."""
