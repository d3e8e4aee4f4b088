"""Where people work on what is kept: one act is one transaction, fenced, checked and written down.

    Principal ─▶ service ─▶ Desk.write(who, why, work) ─▶ work(Books) + audit ─▶ commit ─▶ "talent X changed"

A service decides by the pure rules of `context.tenancy`; `Books` fences twice: it filters by what the
principal may see, and where the database can, the database does so again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from gemelo.context.hooks.topics import Topic
from gemelo.context.kept import Entry, Kept, Page
from gemelo.context.tenancy.people import Principal
from gemelo.context.tenancy.standing import Facts
from gemelo.context.twins import LayerKind, LayerText, Version

__all__ = ["Books", "Desk", "Entry", "Kept", "Page"]

T = TypeVar("T")
R = TypeVar("R")


class Books(Protocol):
    """All that is kept and one principal may see, in one transaction.

    The platform sees everything. A talent's people see their talent with all that belongs to it, and brands
    that have a campaign with it; a brand's people see their brand and its campaigns; of principals and keys
    everybody sees their own. What one does not see is not there: one can neither change it nor add to it.

    Kinds: `Talent, Twin, Deployment, Brand, Campaign, Licence, Consent, Principal, ApiKey`. Every change is
    written down with the act's reason. Every method may raise `StoreError`.
    """

    @property
    def unfenced(self) -> Books:
        """The same transaction through the program's own eyes, for decisions that depend on what the
        principal may not see; what it returns stays in the service. Acts are written down as theirs."""
        ...

    async def get(self, kind: type[T], id: str) -> Kept[T]:
        """Raises `Unknown`: there is none, or not for this principal."""
        ...

    async def page(self, kind: type[T], *, after: str = "", limit: int = 50, **where: str) -> Page[Kept[T]]:
        """Those whose fields equal `where`, by id. `talent` finds what belongs to a talent, of any kind."""
        ...

    async def all(self, kind: type[T], **where: str) -> tuple[T, ...]:
        """As `page`, without an end."""
        ...

    async def add(self, noun: object, action: str = "create") -> None:
        """Raises `Taken`: something has this id; `Unknown`: what it belongs to is not there, or not for
        this principal; `BadText`: it holds what no text may."""
        ...

    async def replace(self, noun: object, revision: int | None = None, action: str = "update") -> int:
        """Changes what has the same id; returns its new revision. What is as it was is no change.

        Raises:
            BadText: it holds what no text may.
            Stale: it is no longer at `revision`. None means whatever it is at.
            Unknown: there is none, or not for this principal.
        """
        ...

    async def remove(self, noun: object) -> None:
        """Deletes it, with what belongs to it. Raises `Unknown`."""
        ...

    async def facts(self, deployment: str) -> Facts:
        """All that decides what rules a place. Raises `Unknown`."""
        ...

    async def places(self, twin: str) -> tuple[Facts, ...]:
        """As `facts`, of all places of a twin, by key. Raises `Unknown`."""
        ...

    async def put_layer(self, layer: LayerText) -> LayerText:
        """Makes a layer the newest of its place and kind, in the principal's name.

        Raises:
            Stale: `layer.version` is not the next number. 0 takes whichever is next.
            Unknown: there is no such place, or not for this principal.
        """
        ...

    async def layers(
        self, twin: str, deployment: str | None, kind: LayerKind, *, last: int = 50, upto: int | None = None
    ) -> tuple[LayerText, ...]:
        """A layer's last versions, or the last ones up to number `upto`; newest first.

        Raises `Unknown`: there is no such twin for this principal.
        """
        ...

    async def put_versions(self, some: Sequence[Version]) -> None:
        """Keeps what compiles to policies, all or none; again is no change. Each names its author itself, so
        the audit log says nothing of it. Raises `Unknown`."""
        ...

    async def version(self, deployment: str, hash: str) -> Version:
        """By its hash or the beginning of it. Raises `Unknown`: there is none, or more than one."""
        ...

    async def note(self, action: str, noun: object, change: Mapping[str, Any] | None = None) -> None:
        """Writes down an act that changes no row of its own, e.g. that somebody read a talk.

        Args:
            noun: of a kind, or a `SessionRecord`.
        """
        ...

    async def post(self, topic: Topic, talent: str, payload: Mapping[str, Any]) -> None:
        """Puts a message into the outbox; it is delivered after this transaction, at least once."""
        ...

    async def trail(self, *, before: int = 0, limit: int = 50, **where: str) -> Page[Entry]:
        """The audit log, newest first, from the entry before number `before` on."""
        ...


class Desk(Protocol):
    """Runs acts. Every method may raise `StoreError`; nothing has changed then."""

    async def read(self, who: Principal, work: Callable[[Books], Awaitable[R]]) -> R: ...

    async def write(self, who: Principal, why: str, work: Callable[[Books], Awaitable[R]]) -> R:
        """Runs `work` whole or not at all, then tells every server of the talents that changed."""
        ...
