"""One database: who may read and write it when, and which schema it has."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, ProgrammingError, SQLAlchemyError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.scope import see_as
from gemelo.context.store.sqlite import Sqlite
from gemelo.context.tenancy.people import THE_HOUSE, Principal
from gemelo.models.errors import StoreError

if TYPE_CHECKING:
    from gemelo.context.store.migrating import Step

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]

HEAD = "0019"
"""The newest revision in `migrations`."""
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
}


class Server(Protocol):
    """What each kind of database does its own way. What is used as a context is one transaction."""

    def reading(self, who: Principal) -> AbstractAsyncContextManager[AsyncConnection]:
        """One snapshot, as far as somebody may see it where the database can tell."""
        ...

    def writing(self, who: Principal) -> AbstractAsyncContextManager[AsyncConnection]:
        """Committed at its end, unless it ends by an error."""
        ...

    def migrating(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """As `writing`, alone among all servers, and as who may change the schema."""
        ...

    async def check(self) -> None:
        """Fails where the database does not answer."""
        ...

    async def scrub(self) -> None: ...
    async def close(self) -> None: ...


class Database:
    """Runs transactions. Built by `Database.open`; `close` when done.

    Every transaction ends one way or the other even if its caller is cancelled (a fan who
    interrupts cancels a reply at any await): a half-cancelled write would cost the connection.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._running: set[asyncio.Task[Any]] = set()

    @classmethod
    async def open(cls, url: str | URL, revision: str = "head", *, owner: str | URL = "") -> Database:
        """Connects and brings the schema to `revision`.

        Args:
            owner: on PostgreSQL, where to connect to as the owner of the tables, if that is somebody else.

        Raises:
            StoreError: the database cannot be opened, or its schema is newer than this program.
        """
        try:
            server = await _connect(_url(url), _url(owner) if owner else None)
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise _store_error(error) from None
        database = cls(server)
        try:
            await database.upgrade(revision)
            await database.check()
        except StoreError:
            await database.close()
            raise
        return database

    async def check(self) -> None:
        """Asks the database for as little as there is, and says in the log where it fences nobody.

        Raises:
            StoreError: it does not answer.
        """
        await self._finish(self._server.check())

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
        await self._finish(self._server.scrub())

    async def close(self) -> None:
        """Waits for what is running, then lets go of the database."""
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._server.close()

    async def _write(self, work: Work[T], who: Principal, then: Callable[[T], Awaitable[None]] | None) -> T:
        async with self._server.writing(who) as connection:
            done = await work(connection)
        if then is not None:
            await then(done)
        return done

    async def _read(self, work: Work[T], who: Principal) -> T:
        async with self._server.reading(who) as connection:
            return await work(connection)

    async def _finish(self, transaction: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(transaction)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(task)
        except (SQLAlchemyError, UnicodeError, OSError) as error:
            raise _store_error(error) from None

    async def _migrate(self, step: Step, revision: str) -> None:
        from gemelo.context.store.migrating import migrate

        async def work() -> None:
            async with self._server.migrating() as connection:
                await see_as(connection, THE_HOUSE)
                await connection.run_sync(migrate, step, revision)

        await self._finish(work())


async def _connect(url: URL, owner: URL | None) -> Server:
    if url.get_dialect().name == "sqlite":
        return await Sqlite.open(url)
    from gemelo.context.store.postgres import Postgres

    return Postgres(url, owner)


def _url(url: str | URL) -> URL:
    """An address with the driver that this program uses."""
    try:
        read = make_url(url)
        driver = _DRIVERS[read.drivername.partition("+")[0]]
    except (ArgumentError, KeyError, ValueError):
        raise StoreError(
            "this is no address of a database: write postgresql://user:password@host/name or sqlite:///path"
        ) from None
    query = dict(read.query)
    if "sslmode" in query:  # libpq's name of it, which everybody writes
        query["ssl"] = query.pop("sslmode")
    return read.set(drivername=driver, query=query)


def _is_at(connection: Connection, revision: str) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    wanted = HEAD if revision == "head" else revision
    try:
        return connection.scalar(text("SELECT version_num FROM alembic_version")) == wanted
    except ProgrammingError:  # the program's role may not look yet: to migrate lets it
        return False


def _store_error(error: Exception) -> StoreError:
    """Names what went wrong by the driver's code; its message may quote what a fan said."""
    cause = error.orig if isinstance(error, StatementError) else error
    name = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    return StoreError(f"the store refused: {name or type(cause).__name__}")
