"""A desk with people, talents and places (see `cast`): every test runs in memory and on both databases."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

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

    async def fill() -> None:
        database = await Database.open(sqlite_url(path))
        await stock(SqlDesk(database, now=Calendar()))
        await database.close()

    with ThreadPoolExecutor() as aside:  # the test that asks first may have a loop running
        aside.submit(asyncio.run, fill()).result()
    return path


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
        stocked_file(request.getfixturevalue("stocked"))
        if request.param == "sqlite"
        else postgres_address(request.getfixturevalue("postgres"))
    )
    yield made
    made.drop()


def stocked_file(stocked: Path) -> Address:
    """A file with the cast in it."""
    made = sqlite_address()
    shutil.copy(stocked, made.file)
    return made


@pytest.fixture
async def desk(shelf: Address | None, now: Calendar) -> AsyncIterator[Desk]:
    """The cast's world."""
    if shelf is None:
        desk = MemoryDesk(now)
        await stock(desk)
        yield desk
        return
    database = await shelf.open()
    desk = SqlDesk(database, now=now)
    if not shelf.url.startswith("sqlite"):
        await stock(desk)
    yield desk
    await database.close()


@pytest.fixture(scope="session")
def compiler() -> Compiler:
    """Remembers what it compiled, as in service."""
    return Compiler(platform_layer(), FixedLines(quiet_meaning()))
