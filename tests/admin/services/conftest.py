"""A desk with people, talents and places; see `cast`. Every test runs on the one in memory and on SQLite."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Desk
from gemelo.admin.wiring.build import platform_layer
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.sqlite import sqlite_url
from tests.admin.services.cast import stock
from tests.desk import MemoryDesk


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


@pytest.fixture(params=["memory", "sqlite"])
async def desk(request: pytest.FixtureRequest, now: Calendar, database: Database) -> Desk:
    """The cast's world."""
    if request.param == "sqlite":
        return SqlDesk(database, now=now)
    desk = MemoryDesk(now)
    await stock(desk)
    return desk


@pytest.fixture(scope="session")
def compiler() -> Compiler:
    """Remembers what it compiled, as in service."""
    return Compiler(platform_layer())
