"""Leads, for who manages the talent that they are kept for."""

from __future__ import annotations

from typing import Any, Protocol

from gemelo.admin.services.checking import check_page, findable, permit
from gemelo.admin.services.desk import Books, Desk
from gemelo.context.kept import Page
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.tools.errands import Lead
from gemelo.context.twins import Talent


class LeadBook(Protocol):
    """Leads as they are kept, fenced by principal. May raise `StoreError`."""

    async def page(self, who: Principal, talent: str, *, after: str = "", limit: int = 50) -> Page[Lead]:
        """The newest first. Raises `UsageError`: `after` is made up."""
        ...


async def leads_of(
    desk: Desk, book: LeadBook, who: Principal, talent: str, after: str = "", limit: int = 50
) -> Page[Lead]:
    """A talent's leads, the newest first; that they were read is written down.

    Raises:
        Unknown: there is no such talent for `who`.
        NotAllowed, UsageError, StoreError.
    """
    check_page(limit, after)

    async def work(books: Books) -> None:
        known = (await books.get(Talent, findable(talent))).noun
        permit(who, Action.READ_LEADS, talent=talent)
        await books.note("read_leads", known)

    await desk.write(who, "", work)
    return await book.page(who, talent, after=after, limit=limit)


def lead_json(lead: Lead) -> dict[str, Any]:
    """A lead as it is handed out. Times are ms since 1970 UTC."""
    names = ("id", "deployment", "session", "tool", "name", "contact", "interest", "language", "consent")
    return {name: getattr(lead, name) for name in names} | {"at": lead.created}
