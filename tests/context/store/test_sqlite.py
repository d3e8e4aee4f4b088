"""What only SQLite does."""

from __future__ import annotations

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


@ON_SQLITE
async def test_sqlite_runs_in_wal_mode_with_foreign_keys(database: Database) -> None:
    """Readers wait for no writer, and rows cannot point at nothing."""
    assert await rows(database, "PRAGMA journal_mode") == [("wal",)]
    assert await rows(database, "PRAGMA synchronous") == [(1,)]
    assert await rows(database, "PRAGMA foreign_keys") == [(1,)]
