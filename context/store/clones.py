"""Consents whose clones somebody has to look after: those that are over, or that nobody was told of."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.kinds import KINDS
from gemelo.context.store.schema import consents, has_clones
from gemelo.context.tenancy.likeness import Consent


class SqlClones:
    """Hands out consents. Every method may raise `StoreError`."""

    def __init__(self, database: Database, now: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._now = now

    async def claim(self, lease_ms: int, limit: int = 20) -> tuple[Consent, ...]:
        """Takes what is due, for `lease_ms`; nobody else is given it until then."""
        now = self._now()
        due = (
            select(consents)
            .where(has_clones, consents.c.due <= now)
            .order_by(consents.c.due, consents.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )

        async def work(connection: AsyncConnection) -> tuple[Consent, ...]:
            rows = (await connection.execute(due)).mappings().all()
            claimed = [row["id"] for row in rows]
            lease = update(consents).where(consents.c.id.in_(claimed)).values(due=now + lease_ms)
            if claimed:
                await connection.execute(lease)
            return tuple(KINDS[Consent].read(row) for row in rows)

        return await self._database.write(work)
