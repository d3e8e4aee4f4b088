"""Leads: kept with the message that tells of them, read by the people of their talent."""

from __future__ import annotations

import re
from dataclasses import asdict

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.hooks.topics import Topic
from gemelo.context.kept import Page
from gemelo.context.store.database import Database
from gemelo.context.store.fence import fence, of_talents
from gemelo.context.store.kinds import is_storable
from gemelo.context.store.posting import post_of_session
from gemelo.context.store.schema import leads, sessions
from gemelo.context.tenancy.people import Principal
from gemelo.context.tools.errands import Lead
from gemelo.models.errors import UsageError

_AFTER = re.compile(r"(\d{1,16})-(.{1,100})")
_KEEP = {
    name: dialect.insert(leads)
    .on_conflict_do_nothing(index_elements=["id"])
    .execution_options(preserve_rowcount=True)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


class SqlLeads:
    """`gemelo.context.tools.errands.Leads` on a `Database`. Every method may raise `StoreError`.

    Args:
        fenced: False leaves the fence to the database, which tests do.
    """

    def __init__(self, database: Database, *, fenced: bool = True) -> None:
        self._database = database
        self._fenced = fenced

    async def keep(self, lead: Lead) -> bool:
        """See `Leads.keep`. The message to webhooks names the lead, and holds nothing of it."""
        there = select(sessions.c.id).where(sessions.c.id == lead.session)

        async def work(connection: AsyncConnection) -> bool:
            if (await connection.execute(there)).first() is None:
                return False
            if (await connection.execute(_KEEP[connection.dialect.name], asdict(lead))).rowcount == 1:
                told = {"lead": lead.id, "tool": lead.tool}
                await post_of_session(connection, lead.session, Topic.LEAD_CREATED, told, lead.created)
            return True

        return await self._database.write(work)

    async def page(self, who: Principal, talent: str, *, after: str = "", limit: int = 50) -> Page[Lead]:
        """A talent's leads, the newest first. Raises `UsageError`: `after` is made up."""
        theirs = of_talents(leads, [talent] if is_storable(talent) else [])
        query = select(leads).where(theirs).order_by(leads.c.created.desc(), leads.c.id.desc())
        if self._fenced:
            query = query.where(fence(leads, who))
        if after:
            found = _AFTER.fullmatch(after)
            if not found or not is_storable(after):
                raise UsageError("this is no place to go on from: take the one that the last page gave")
            created, id = int(found[1]), found[2]
            older = and_(leads.c.created == created, leads.c.id < id)
            query = query.where(or_(leads.c.created < created, older))

        async def work(connection: AsyncConnection) -> tuple[Lead, ...]:
            rows = (await connection.execute(query.limit(limit + 1))).mappings()
            return tuple(Lead(**row) for row in rows)

        found_leads = await self._database.read(work, who)
        last = found_leads[limit - 1] if len(found_leads) > limit else None
        return Page(found_leads[:limit], f"{last.created}-{last.id}" if last else "")
