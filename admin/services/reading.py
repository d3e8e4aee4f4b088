"""Reading what was said at a place, how much it is used, and who did what.

Who reads a talk is written down before they see it: whose turns a manager has read can be told later.
"""

from __future__ import annotations

from collections.abc import Callable

from gemelo.admin.services.checking import check_page, findable, permit
from gemelo.admin.services.desk import Books, Desk, Entry, Page
from gemelo.admin.services.talks import Talks
from gemelo.context.kept import Told, Usage
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import Deployment, SessionRecord, Twin
from gemelo.models.errors import UsageError

MAX_MONTHS = 36
_TRAIL = frozenset({"who", "action", "kind", "target", "talent", "brand"})


class Reading:
    """What may be read. Every method may raise `Unknown`, `NotAllowed`, `UsageError` and `StoreError`.

    Args:
        now: the calendar's clock (ms since 1970 UTC).
    """

    def __init__(self, desk: Desk, talks: Talks, now: Callable[[], int]) -> None:
        self._desk = desk
        self._talks = talks
        self._now = now

    async def sessions(
        self, who: Principal, deployment: str, after: str = "", limit: int = 50
    ) -> Page[SessionRecord]:
        """Sessions of a place, the newest first; without what was said in them."""
        check_page(limit, after)
        await self._permit(who, deployment, Action.READ_TALK)
        return await self._talks.sessions(who, deployment, after=after, limit=limit)

    async def talk(self, who: Principal, session: str) -> tuple[SessionRecord, tuple[Told, ...]]:
        """A session and all its turns, each with its receipt; that `who` read it is written down."""
        record = await self._talks.session(who, findable(session))
        await self._note(who, record.deployment, {"session": session})
        return record, await self._talks.turns(who, session)

    async def turn(self, who: Principal, id: str) -> Told:
        """One turn with its receipt; that `who` read it is written down."""
        told = await self._talks.turn(who, findable(id))
        record = await self._talks.session(who, told.turn.session)
        await self._note(who, record.deployment, {"turn": id})
        return told

    async def usage(self, who: Principal, deployment: str, months: int = 12) -> tuple[Usage, ...]:
        """How much a place was used in each of the last months, the newest first."""
        if not 1 <= months <= MAX_MONTHS:
            raise UsageError(f"usage is told for 1 to {MAX_MONTHS} months")
        await self._permit(who, deployment, Action.SEE)
        return await self._talks.usage(who, deployment, months, self._now())

    async def trail(self, who: Principal, before: int = 0, limit: int = 50, **where: str) -> Page[Entry]:
        """Who did what, the newest first: of one's own talents and campaigns."""
        check_page(limit)
        if unknown := where.keys() - _TRAIL:
            raise UsageError(f"there is no field {min(unknown)[:40]!r} to ask for")
        return await self._desk.read(who, lambda books: books.trail(before=before, limit=limit, **where))

    async def _permit(self, who: Principal, deployment: str, action: Action) -> None:
        await self._desk.read(who, lambda books: _permitted(books, who, deployment, action))

    async def _note(self, who: Principal, deployment: str, read: dict[str, str]) -> None:
        async def work(books: Books) -> None:
            place = await _permitted(books, who, deployment, Action.READ_TALK)
            await books.note("read", place, read)

        await self._desk.write(who, "", work)


async def _permitted(books: Books, who: Principal, deployment: str, action: Action) -> Deployment:
    place = (await books.get(Deployment, findable(deployment))).noun
    permit(who, action, talent=(await books.get(Twin, place.twin)).noun.talent)
    return place
