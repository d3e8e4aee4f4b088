"""Requests that may come twice, and what was answered the first time: `gemelo.context.requests.Requests`."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.requests import Answered
from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.schema import requests

KEPT_MS = 24 * 3_600_000
"""How long a request is remembered; a key may be used anew after that."""
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""Only these know of one statement that takes a key where nobody has it."""


class SqlRequests:
    """Remembers requests on a `Database`."""

    def __init__(self, database: Database, now: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._now = now

    async def claim(self, principal: str, key: str, sha256: str) -> Answered | None:
        """See `Requests.claim`. Forgets what is too old of this principal first."""
        now = self._now()
        row = {"principal": principal, "key": key, "sha256": sha256, "status": 0, "body": "", "created": now}
        mine = requests.c.principal == principal

        async def work(connection: AsyncConnection) -> Answered | None:
            await connection.execute(delete(requests).where(mine, requests.c.created < now - KEPT_MS))
            insert = _INSERT[connection.dialect.name](requests).values(row).on_conflict_do_nothing()
            if (await connection.execute(insert)).rowcount == 1:
                return None
            query = select(requests.c.sha256, requests.c.status, requests.c.body)
            return Answered(*(await connection.execute(query.where(mine, requests.c.key == key))).one())

        return await self._database.write(work)

    async def finish(self, principal: str, key: str, status: int, body: str) -> None:
        """See `Requests.finish`."""
        change = (
            update(requests)
            .where(requests.c.principal == principal, requests.c.key == key)
            .values(status=status, body=body)
        )

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(change)

        await self._database.write(work)

    async def prune(self) -> int:
        """See `Requests.prune`."""
        old = requests.c.created < self._now() - KEPT_MS

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(delete(requests).where(old))).rowcount

        return await self._database.write(work)

    async def release(self, principal: str, key: str) -> None:
        """See `Requests.release`. What was answered stays."""
        claimed = requests.c.status == 0
        gone = delete(requests).where(requests.c.principal == principal, requests.c.key == key, claimed)

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(gone)

        await self._database.write(work)
