"""What was said, as it is kept: for those who may read it."""

from __future__ import annotations

from typing import Protocol

from gemelo.context.kept import Page, Told, Usage
from gemelo.context.tenancy.people import Principal
from gemelo.context.twins import SessionRecord


class Talks(Protocol):
    """Sessions and turns, fenced by principal. Every method may raise `StoreError`."""

    async def sessions(
        self, who: Principal, deployment: str, *, after: str = "", limit: int = 50
    ) -> Page[SessionRecord]:
        """Sessions of a place, the newest first. Raises `UsageError`: `after` is made up."""
        ...

    async def session(self, who: Principal, id: str) -> SessionRecord:
        """Raises `Unknown`."""
        ...

    async def turn(self, who: Principal, id: str) -> Told:
        """Raises `Unknown`."""
        ...

    async def turns(self, who: Principal, session: str) -> tuple[Told, ...]:
        """All turns of a session, the first one first."""
        ...

    async def last(self, who: Principal, deployment: str, count: int) -> tuple[Told, ...]:
        """The newest turns of a place that were answered, the oldest of them first."""
        ...

    async def usage(self, who: Principal, deployment: str, months: int, now: int) -> tuple[Usage, ...]:
        """The last months of a place, the newest first; `now` in ms since 1970 UTC."""
        ...

    async def spent(self, talent: str, now: int) -> float:
        """What the turns of a talent's places cost this month (millionths of the currency of the prices)."""
        ...
