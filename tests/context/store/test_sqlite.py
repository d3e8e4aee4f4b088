"""What only SQLite does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gemelo.context.store.database import Database
from gemelo.context.store.sqlite import sqlite_url
from gemelo.models.errors import StoreError
from tests.context.store.test_database import rows
from tests.databases import ON_SQLITE


async def test_a_database_that_cannot_be_opened_is_a_store_error(tmp_path: Path) -> None:
    """A path into nowhere is refused by the store's own error."""
    with pytest.raises(StoreError, match="CANTOPEN"):
        await Database.open(sqlite_url(tmp_path / "nowhere" / "gemelo.db"))


async def test_a_file_that_is_no_database_is_a_store_error(tmp_path: Path) -> None:
    """A file full of something else is refused."""
    rubbish = tmp_path / "rubbish.db"
    rubbish.write_bytes(b"not a database " * 1_000)
    with pytest.raises(StoreError, match="NOTADB"):
        await Database.open(sqlite_url(rubbish))


def test_a_file_needs_no_driver_of_a_server(tmp_path: Path) -> None:
    """A program that keeps its data in a file imports nothing that only a server needs."""
    program = f"""
import asyncio, sys
from gemelo.context.store.database import Database
from gemelo.context.store.sqlite import sqlite_url
from pathlib import Path

async def main():
    await (await Database.open(sqlite_url(Path({str(tmp_path)!r}) / "gemelo.db"))).close()

asyncio.run(main())
print(sorted({{"asyncpg", "gemelo.context.store.postgres"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@ON_SQLITE
async def test_sqlite_runs_in_wal_mode_with_foreign_keys(database: Database) -> None:
    """Readers wait for no writer, and rows cannot point at nothing."""
    assert await rows(database, "PRAGMA journal_mode") == [("wal",)]
    assert await rows(database, "PRAGMA synchronous") == [(1,)]
    assert await rows(database, "PRAGMA foreign_keys") == [(1,)]
