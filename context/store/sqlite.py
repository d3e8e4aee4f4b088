"""SQLite: one file, one writer, nothing to run beside the program.

Within the process all writes queue here, on one connection that stays open, so that nobody meets a lock;
another process (`gemelo learn` beside a server) waits for its turn inside SQLite. In WAL mode readers wait
for nobody.

A write is safe from the death of the process once it has returned. `synchronous=NORMAL` leaves
out the fsync of each commit: after a power failure the last moments may be missing, never torn
(https://sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gemelo.context.tenancy.people import Principal
from gemelo.models.errors import StoreError

_WAIT_MS = 5_000
"""How long SQLite waits for another process that is writing."""
_TRIES = 3


def sqlite_url(path: Path) -> URL:
    """URL of a SQLite file; the file is made when it is first opened."""
    return URL.create("sqlite+aiosqlite", database=str(path))


class Sqlite:
    """`gemelo.context.store.database.Server` on a file. It hides nothing from anybody: the fence does."""

    def __init__(self, engine: AsyncEngine, writer: AsyncConnection) -> None:
        self._engine = engine
        self._writer = writer
        self._writing = asyncio.Lock()

    @classmethod
    async def open(cls, url: URL) -> Sqlite:
        """Opens the file, or makes it. Raises SQLAlchemy's or sqlite3's errors."""
        engine = create_async_engine(url, hide_parameters=True)
        try:
            _set_up(engine)
            writer = await engine.connect()
        except BaseException:
            await engine.dispose()
            raise
        await writer.execution_options(writer=True)
        return cls(engine, writer)

    @asynccontextmanager
    async def reading(self, who: Principal) -> AsyncGenerator[AsyncConnection]:
        """See `Server.reading`."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, who: Principal) -> AsyncGenerator[AsyncConnection]:
        """See `Server.writing`."""
        async with self._writing, self._writer.begin():
            yield self._writer

    @asynccontextmanager
    async def migrating(self) -> AsyncGenerator[AsyncConnection]:
        """See `Server.migrating`."""
        async with self._writing, self._writer.begin():
            yield self._writer

    async def check(self) -> None:
        """See `Server.check`."""
        async with self._engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def scrub(self) -> None:
        """Writes the log back and empties it: it still holds pages as they were before a deletion.

        Raises:
            StoreError: readers stood in the way; the log is emptied when it is next written back.
        """
        async with self._writing:
            driver: Any = (await self._writer.get_raw_connection()).driver_connection
            for _ in range(_TRIES):
                cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                (busy, *_) = await cursor.fetchone()
                await cursor.close()
                if not busy:
                    return
        raise StoreError("the store's log could not be emptied: somebody is reading it")

    async def close(self) -> None:
        await self._writer.close()
        await self._engine.dispose()


def _set_up(engine: AsyncEngine) -> None:
    """Takes transactions out of the driver's hands: a writer asks for the lock when it begins.

    The driver begins at the first change, which cannot wait for a lock once something was read:
    https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#sqlite-transactions
    """

    # aiosqlite leaves its thread behind where it cannot open the file at all.
    sqlite3.connect(engine.url.database or "").close()

    def connected(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={_WAIT_MS}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def began(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writer", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", began)
