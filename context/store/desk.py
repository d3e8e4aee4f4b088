"""Acts on a database: one transaction each, then word to whoever serves what changed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.books import Act, SqlBooks
from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.kinds import check_text
from gemelo.context.store.scope import queue_up
from gemelo.context.tenancy.people import Principal
from gemelo.models.errors import GemeloError

R = TypeVar("R")
_log = logging.getLogger(__name__)


async def _tell_nobody(talent: str) -> None:
    """Where one process serves and reads everything anew."""


class SqlDesk:
    """`gemelo.admin.services.desk.Desk` on a `Database`.

    Args:
        announce: told of each talent whose rows changed, once they are kept. It may fail: that is only a
            hint lost, for servers compare the audit log's last number too.
        now: ms since 1970 UTC.
        fenced: False leaves the fence to the database, which tests do.
    """

    def __init__(
        self,
        database: Database,
        announce: Callable[[str], Awaitable[None]] = _tell_nobody,
        now: Callable[[], int] = now_ms,
        *,
        fenced: bool = True,
    ) -> None:
        self._database = database
        self._announce = announce
        self._now = now
        self._fenced = fenced

    async def read(self, who: Principal, work: Callable[[SqlBooks], Awaitable[R]]) -> R:
        """See `Desk.read`."""

        async def reading(connection: AsyncConnection) -> R:
            return await work(SqlBooks(connection, Act(who), who, fenced=self._fenced))

        return await self._database.read(reading, who)

    async def write(self, who: Principal, why: str, work: Callable[[SqlBooks], Awaitable[R]]) -> R:
        """See `Desk.write`. Whoever cancels it stops waiting; the act is whole or not at all.

        Raises:
            BadText: `why` holds what no text may.
        """
        check_text(why)
        act = Act(who, why, self._now())

        async def writing(connection: AsyncConnection) -> R:
            await queue_up(connection)
            return await work(SqlBooks(connection, act, who, fenced=self._fenced))

        async def tell(_: R) -> None:
            for talent in sorted(act.changed):
                try:
                    await self._announce(talent)
                except (GemeloError, OSError) as error:
                    _log.warning("a change was kept, but nobody could be told: %s", type(error).__name__)

        return await self._database.write(writing, who, tell)
