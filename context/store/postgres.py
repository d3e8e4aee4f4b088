"""PostgreSQL: one database for several servers. Imported only where one is used: the driver is an extra.

Two roles: the owner of the tables migrates them; the program's own role works with them and owns nothing,
so that row-level security binds it (https://www.postgresql.org/docs/15/ddl-rowsecurity.html). Every
transaction begins by saying whose eyes it has, which is also how a connection that died meanwhile is found
out before anything is asked of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gemelo.context.store.schema import metadata
from gemelo.context.store.scope import see_as
from gemelo.context.tenancy.people import THE_HOUSE, Principal
from gemelo.models.errors import StoreError

_log = logging.getLogger(__name__)

_CONNECT_S = 3.0
_WAIT_S = 3.0
"""How long a transaction waits for a free connection."""
_STATEMENT_S = 10.0
"""A statement that takes longer than this is lost; a server that has gone silent is found out by it."""
_CONNECTIONS = 20
"""Opened as they are needed, and kept: to open one takes longer than what is done on it."""
_SESSION = {
    "application_name": "gemelo",
    # policies make plans look dear enough to compile, which takes a second; every query here takes less
    "jit": "off",
    # a server of ours that is gone without a word holds no lock for longer
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
}
_MIGRATING = 0x67656D656C6F01
"""The lock of whoever migrates, so that servers that start at once do so one after the other."""

_STANDING = text("""
    SELECT role.rolsuper OR role.rolbypassrls AS above,
        EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace(current_schema())
            AND relkind = 'r' AND pg_get_userbyid(relowner) = current_user) AS owner
    FROM pg_roles role WHERE role.rolname = current_user
""")
_TABLES = text(
    "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(current_schema()) AND relkind = 'r'"
)
_MAY = "SELECT, INSERT, UPDATE, DELETE"
_MAY_ONLY = {"audit": "SELECT, INSERT", "alembic_version": "SELECT"}
"""What the program's role may do with each table; the audit log only grows."""


class Postgres:
    """`gemelo.context.store.database.Server` on a PostgreSQL server.

    Args:
        owner: where to connect to as the owner of the tables; None: the program's role owns them.
    """

    def __init__(self, url: URL, owner: URL | None = None) -> None:
        self._url = url
        self._warned = False
        self._owner = owner if owner and owner.username != url.username else None
        self._engine = _engine(url, pool_size=_CONNECTIONS, max_overflow=0)
        self._reader = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    @asynccontextmanager
    async def reading(self, who: Principal) -> AsyncGenerator[AsyncConnection]:
        """See `Server.reading`."""
        connection = await _begin(self._reader, who)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def writing(self, who: Principal) -> AsyncGenerator[AsyncConnection]:
        """See `Server.writing`."""
        connection = await _begin(self._engine, who)
        try:
            yield connection
            await connection.commit()
        finally:
            await connection.close()

    @asynccontextmanager
    async def migrating(self) -> AsyncGenerator[AsyncConnection]:
        """See `Server.migrating`. Ends by letting the program's role work with what there is."""
        engine = _engine(self._owner or self._url, pool_size=1, patient=True)
        try:
            connection = await _begin(engine, THE_HOUSE)
            try:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
                yield connection
                if self._owner:
                    await self._let_work(connection)
                await connection.commit()
            finally:
                await connection.close()
        finally:
            await engine.dispose()

    async def check(self) -> None:
        """See `Server.check`. Says once where the program's role stands above row-level security."""
        async with self.reading(THE_HOUSE) as connection:
            above, owner = (await connection.execute(_STANDING)).one()
        if self._warned:
            return
        self._warned = True
        if above:
            _log.warning(
                "the database role bypasses row-level security: connect as one without SUPERUSER, BYPASSRLS"
            )
        elif owner:
            _log.warning(
                "the database role owns the tables and could lift row-level security: give the owner's"
                " role in DATABASE_OWNER_URL and another one in DATABASE_URL"
            )

    async def scrub(self) -> None:
        """A server's files are its own affair: its vacuum clears them."""

    async def close(self) -> None:
        await self._engine.dispose()

    async def _let_work(self, connection: AsyncConnection) -> None:
        """Lets the program's role do what it must with the tables, and no more."""
        quote = connection.dialect.identifier_preparer.quote
        schema: str = quote((await connection.execute(text("SELECT current_schema()"))).scalar_one())
        role = quote(self._url.username or "")
        granted = [f"USAGE ON SCHEMA {schema}", f"USAGE ON ALL SEQUENCES IN SCHEMA {schema}"]
        granted += [
            f"{_MAY_ONLY.get(table, _MAY)} ON {schema}.{quote(table)}"
            for table in (await connection.execute(_TABLES)).scalars()
            if table in metadata.tables or table in _MAY_ONLY
        ]
        for grant in granted:
            await connection.execute(text(f"GRANT {grant} TO {role}"))


def _engine(url: URL, *, patient: bool = False, **pool: int) -> AsyncEngine:
    settings: dict[str, Any] = {"timeout": _CONNECT_S, "server_settings": _SESSION}
    if not patient:
        settings["command_timeout"] = _STATEMENT_S
    try:
        return create_async_engine(
            url, hide_parameters=True, pool_timeout=_WAIT_S, pool_use_lifo=True, connect_args=settings, **pool
        )
    except ModuleNotFoundError:
        raise StoreError("the driver of PostgreSQL is missing: pip install 'gemelo[postgres]'") from None


async def _begin(engine: AsyncEngine, who: Principal) -> AsyncConnection:
    """Begins a transaction on a connection that lives. Of those that died the whole pool forgets at once."""
    try:
        return await _try(engine, who)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    return await _try(engine, who)


async def _try(engine: AsyncEngine, who: Principal) -> AsyncConnection:
    connection = await engine.connect()
    try:
        async with asyncio.timeout(_CONNECT_S):
            await see_as(connection, who)
    except BaseException as error:
        if not isinstance(error, DBAPIError):  # nobody answered: what comes later would be mistaken for ours
            await connection.invalidate()
        await connection.close()
        raise
    return connection
