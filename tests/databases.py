"""Databases for tests, of every kind that the program runs on."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import pytest
from sqlalchemy import make_url

from gemelo.context.store.database import Database
from gemelo.context.store.sqlite import sqlite_url
from tests.postgres_server import PostgresServer

KINDS = ("sqlite", "postgres")
ON_SQLITE = pytest.mark.parametrize("new_address", ["sqlite"], indirect=True)
"""For what only a file has."""
ON_POSTGRES = pytest.mark.parametrize("new_address", ["postgres"], indirect=True)
"""For what only a server has."""


@dataclass(frozen=True)
class Address:
    """Where a database is that belongs to one test.

    Attributes:
        url: for the program.
        owner: for the owner of the tables, empty where that is the program.
        alter: runs a statement as the owner of the tables.
        drop: does away with it.
    """

    url: str
    owner: str
    alter: Callable[[str], object]
    drop: Callable[[], object]

    async def open(self, revision: str = "head") -> Database:
        return await Database.open(self.url, revision, owner=self.owner)

    @property
    def name(self) -> str:
        """Of the database, on a server."""
        return make_url(self.url).database or ""

    @property
    def file(self) -> Path:
        """The file of SQLite."""
        return Path(make_url(self.url).database or "")


@cache
def migrated_file() -> bytes:
    """A file of SQLite with the newest schema: a copy of it saves a test the migrations."""

    async def migrate(path: Path) -> None:
        await (await Database.open(sqlite_url(path))).close()

    with TemporaryDirectory(prefix="gemelo-test-") as folder, ThreadPoolExecutor() as aside:
        path = Path(folder) / "gemelo.db"
        aside.submit(asyncio.run, migrate(path)).result()  # who asks first may have a loop running
        return path.read_bytes()


def sqlite_address(holds: bytes = b"") -> Address:
    """A file of these bytes, or one with the newest schema."""
    folder = Path(mkdtemp(prefix="gemelo-test-"))
    (folder / "gemelo.db").write_bytes(holds or migrated_file())
    url = sqlite_url(folder / "gemelo.db").render_as_string()

    def alter(sql: str) -> None:
        with closing(sqlite3.connect(folder / "gemelo.db")) as connection:
            connection.executescript(sql)

    return Address(url, "", alter, lambda: shutil.rmtree(folder))


def postgres_address(server: PostgresServer, *, empty: bool = False, like: str = "") -> Address:
    """A database with the newest schema, or a copy of one that nobody uses, or an empty one."""
    name = server.new_database("" if empty else like or _MIGRATED)
    return Address(
        server.url("gemelo", name),
        server.url("owner", name),
        lambda sql: server.sql(sql, name, "owner"),
        lambda: server.drop(name),
    )


def start_postgres() -> PostgresServer:
    """Starts a server that has a database with the newest schema to copy from."""
    server = PostgresServer(Path(mkdtemp(prefix="gemelo-test-"))).make().start()
    server.sql("CREATE ROLE owner LOGIN; CREATE ROLE gemelo LOGIN")
    server.new_database("", _MIGRATED)
    asyncio.run(_migrate(server))
    return server


_MIGRATED = "migrated"


async def _migrate(server: PostgresServer) -> None:
    urls = server.url("gemelo", _MIGRATED), server.url("owner", _MIGRATED)
    await (await Database.open(urls[0], owner=urls[1])).close()
