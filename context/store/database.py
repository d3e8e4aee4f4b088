"""One database: who may read and write it when, and which schema it has.

SQLite allows one writer. Within the process all writes queue here, on one connection that stays
open, so that nobody meets a lock; another process (`gemelo learn` beside a server) waits for its
turn inside SQLite. In WAL mode readers wait for nobody.

A write is safe from the death of the process once it has returned. `synchronous=NORMAL` leaves
out the fsync of each commit: after a power failure the last moments may be missing, never torn
(https://sqlite.org/pragma.html#pragma_synchronous).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import URL, Connection, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gemelo.context.tenancy.people import THE_HOUSE, Principal
from gemelo.models.errors import StoreError

if TYPE_CHECKING:
    from gemelo.context.store.migrating import Step

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

HEAD = "0003"
"""The newest revision in `migrations`."""
_WAIT_MS = 5_000
"""How long SQLite waits for another process that is writing."""
_TRIES = 3


def sqlite_url(path: Path) -> URL:
    """URL of a SQLite file; the file is made when it is first opened."""
    return URL.create("sqlite+aiosqlite", database=str(path))


class Database:
    """Runs transactions. Built by `Database.open`; `close` when done.

    Every transaction ends one way or the other even if its caller is cancelled (a fan who
    interrupts cancels a reply at any await): a half-cancelled write would cost the connection.
    """

    def __init__(self, engine: AsyncEngine, writer: AsyncConnection) -> None:
        self._engine = engine
        self._writer = writer
        self._writing = asyncio.Lock()
        self._running: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, url: str | URL, revision: str = "head") -> Database:
        """Connects and brings the schema to `revision`.

        Raises:
            StoreError: the database cannot be opened, or its schema is newer than this program.
        """
        engine = create_async_engine(url, hide_parameters=True)
        try:
            if engine.dialect.name == "sqlite":
                _set_up_sqlite(engine)
            writer = await engine.connect()
        except (SQLAlchemyError, sqlite3.Error) as error:
            await engine.dispose()
            raise _store_error(error) from None
        await writer.execution_options(writer=True)
        database = cls(engine, writer)
        try:
            await database.upgrade(revision)
        except StoreError:
            await database.close()
            raise
        return database

    async def upgrade(self, revision: str = "head") -> None:
        """Brings the schema forward to an Alembic revision, whole or not at all."""
        if not await self.read(lambda connection: connection.run_sync(_is_at, revision)):
            await self._migrate("upgrade", revision)

    async def downgrade(self, revision: str) -> None:
        """Takes the schema back to an Alembic revision (`base`: nothing), whole or not at all."""
        await self._migrate("downgrade", revision)

    async def write(
        self, work: Work[T], who: Principal = THE_HOUSE, then: Callable[[T], Awaitable[None]] | None = None
    ) -> T:
        """Runs `work` in a transaction of its own, after all writes before it.

        Args:
            who: for whom; where the database can, it hides from `work` what they may not see.
            then: what follows the commit, even where the caller has been cancelled meanwhile.

        Raises:
            StoreError: it failed and changed nothing; the message quotes no value.
        """
        return await self._finish(self._write(work, who, then))

    async def read(self, work: Work[T], who: Principal = THE_HOUSE) -> T:
        """Runs `work` on one snapshot of the database.

        Raises:
            StoreError: it failed; the message quotes no value.
        """
        return await self._finish(self._read(work, who))

    async def scrub(self) -> None:
        """Takes what was deleted out of the files too, where that is this program's to do.

        SQLite overwrites deleted text in its file at once (`secure_delete`), but its log still holds the
        pages as they were: it is written back and emptied. A server's files are its own affair (vacuum).

        Raises:
            StoreError: readers stood in the way; the log is emptied when it is next written back.
        """
        if self._engine.dialect.name == "sqlite":
            await self._finish(self._empty_log())

    async def close(self) -> None:
        """Waits for what is running, then lets go of the database."""
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._writer.close()
        await self._engine.dispose()

    async def _write(self, work: Work[T], who: Principal, then: Callable[[T], Awaitable[None]] | None) -> T:
        async with self._writing, self._writer.begin():
            done = await work(self._writer)
        if then is not None:
            await then(done)
        return done

    async def _read(self, work: Work[T], who: Principal) -> T:
        async with self._engine.connect() as connection:
            return await work(connection)

    async def _empty_log(self) -> None:
        async with self._writing:
            driver: Any = (await self._writer.get_raw_connection()).driver_connection
            for _ in range(_TRIES):
                cursor = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                (busy, *_) = await cursor.fetchone()
                await cursor.close()
                if not busy:
                    return
        raise StoreError("the store's log could not be emptied: somebody is reading it")

    async def _finish(self, transaction: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(transaction)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(task)
        except (SQLAlchemyError, UnicodeError) as error:
            raise _store_error(error) from None

    async def _migrate(self, step: Step, revision: str) -> None:
        from gemelo.context.store.migrating import migrate

        await self.write(lambda connection: connection.run_sync(migrate, step, revision))


def _is_at(connection: Connection, revision: str) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    wanted = HEAD if revision == "head" else revision
    return connection.scalar(text("SELECT version_num FROM alembic_version")) == wanted


def _store_error(error: Exception) -> StoreError:
    """Names what went wrong by the driver's code; its message may quote what a fan said."""
    cause = error.orig if isinstance(error, StatementError) else error
    name = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    return StoreError(f"the store refused: {name or type(cause).__name__}")


def _set_up_sqlite(engine: AsyncEngine) -> None:
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
