"""Talents, their twins, the places where these live, and the layers of their policies."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.database import Database
from gemelo.context.store.facts import read_facts, read_places
from gemelo.context.store.schema import (
    audit,
    deployments,
    talents,
    twins,
)
from gemelo.context.tenancy.standing import Facts
from gemelo.context.twins import Changes, Deployment, Talent, Twin

Query = Select[*tuple[Any, ...]]


class SqlTwins:
    """Reads twins from a `Database`, for the program itself; `SqlBooks` writes them.

    Every method raises `StoreError` where the store cannot be read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def talent(self, id: str) -> Talent | None:
        row = await self._row(_kept(talents).where(talents.c.id == id))
        return Talent(**row) if row else None

    async def twin(self, id: str) -> Twin | None:
        row = await self._row(_kept(twins).where(twins.c.id == id))
        return Twin(**row) if row else None

    async def deployment(self, key: str) -> Deployment | None:
        row = await self._row(_kept(deployments).where(deployments.c.key == key))
        return Deployment(**row) if row else None

    async def deployments(self, twin: str | None = None) -> tuple[Deployment, ...]:
        """All deployments, or those of one twin, ordered by key."""
        query = _kept(deployments).order_by(deployments.c.key)
        if twin is not None:
            query = query.where(deployments.c.twin == twin)
        return tuple(Deployment(**row) for row in await self._rows(query))

    async def facts(self, key: str) -> Facts | None:
        """All that decides what rules a deployment; None where there is none of this key."""
        return await self._database.read(lambda connection: read_facts(connection, key))

    async def places(self, twin: str) -> tuple[Facts, ...]:
        """As `facts`, of all deployments of a twin, by key."""
        return await self._database.read(lambda connection: read_places(connection, twin))

    async def changes(self, since: int) -> Changes:
        """What the audit log holds after its line `since`: its last number, and of which talents it tells."""
        last = select(func.coalesce(func.max(audit.c.id), 0))
        # of the bare column SQLite would read the whole of its index, however few lines are new
        told = select(audit.c.talent + "").where(audit.c.id > since).distinct()

        async def work(connection: AsyncConnection) -> Changes:
            number = (await connection.execute(last)).scalar_one()
            talents = (await connection.execute(told)).scalars() if number > since else ()
            return Changes(number, frozenset(talents))

        return await self._database.read(work)

    async def _row(self, query: Query) -> dict[str, Any] | None:
        rows = await self._rows(query)
        return rows[0] if rows else None

    async def _rows(self, query: Query) -> list[dict[str, Any]]:
        async def work(connection: AsyncConnection) -> list[dict[str, Any]]:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

        return await self._database.read(work)


def _fields(table: Table) -> list[str]:
    return [column.name for column in table.c if column.name != "revision"]


def _kept(table: Table) -> Query:
    return select(*(table.c[name] for name in _fields(table)))
