"""A desk with people, talents and places (see `cast`): every test runs in memory and on both databases."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Desk
from gemelo.admin.wiring.build import platform_layer
from gemelo.context.policy.meant import FixedLines
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.sqlite import sqlite_url
from tests.admin.services.cast import stock
from tests.databases import Address, postgres_address, sqlite_address
from tests.desk import MemoryDesk
from tests.meaning import quiet_meaning
from tests.postgres_server import PostgresServer


@dataclass
class Calendar:
    """A clock that stands until a test moves it (ms since 1970 UTC)."""

    at: int = 1_000

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def now() -> Calendar:
    return Calendar()


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the cast in it."""
    path = tmp_path_factory.mktemp("stocked") / "gemelo.sqlite"
    _fill(Database.open(sqlite_url(path)))
    return path


@pytest.fixture(scope="session")
def stocked_on_postgres(postgres: PostgresServer) -> str:
    """The name of a database with the cast in it, to be copied."""
    made = postgres_address(postgres)
    _fill(made.open())
    return made.name


def _fill(opening: Coroutine[Any, Any, Database]) -> None:
    async def fill() -> None:
        database = await opening
        await stock(SqlDesk(database, now=Calendar()))
        await database.close()

    with ThreadPoolExecutor() as aside:  # the test that asks first may have a loop running
        aside.submit(asyncio.run, fill()).result()


@pytest.fixture
async def database(stocked: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """The cast's world in a file."""
    path = shutil.copy(stocked, tmp_path / "gemelo.sqlite")
    database = await Database.open(sqlite_url(Path(path)))
    yield database
    await database.close()


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def shelf(request: pytest.FixtureRequest) -> Iterator[Address | None]:
    """Where a desk keeps things: nowhere, in a file, or on a server with row-level security."""
    if request.param == "memory":
        yield None
        return
    made = (
        sqlite_address(request.getfixturevalue("stocked").read_bytes())
        if request.param == "sqlite"
        else postgres_address(
            request.getfixturevalue("postgres"), like=request.getfixturevalue("stocked_on_postgres")
        )
    )
    yield made
    made.drop()


@pytest.fixture
async def desk(shelf: Address | None, now: Calendar) -> AsyncIterator[Desk]:
    """The cast's world."""
    if shelf is None:
        desk = MemoryDesk(now)
        await stock(desk)
        yield desk
        return
    database = await shelf.open()
    yield SqlDesk(database, now=now)
    await database.close()


@pytest.fixture(scope="session")
def compiler() -> Compiler:
    """Remembers what it compiled, as in service."""
    return Compiler(platform_layer(), FixedLines(quiet_meaning()))
