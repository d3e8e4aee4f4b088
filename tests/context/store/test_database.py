from __future__ import annotations

import asyncio
import traceback
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.database import HEAD, Database
from gemelo.context.store.migrating import MIGRATIONS
from gemelo.context.store.schema import metadata
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.store.turns import SqlRecords
from gemelo.context.store.twins import SqlTwins
from gemelo.context.twins import Talent
from gemelo.models.errors import StoreError


async def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    async def work(connection: AsyncConnection) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await connection.execute(text(sql))]

    return await database.read(work)


async def execute(database: Database, sql: str) -> None:
    async def work(connection: AsyncConnection) -> None:
        await connection.execute(text(sql))

    await database.write(work)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
async def test_migrations_build_the_tables_that_the_program_reads(database: Database) -> None:
    """The migrated schema and the declared one do not differ."""

    def differences(connection: Connection) -> list[Any]:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    async def work(connection: AsyncConnection) -> list[Any]:
        return await connection.run_sync(differences)

    assert await database.read(work) == []


def test_the_head_is_the_newest_migration() -> None:
    """The revision that a database is taken to be up to date at is Alembic's own head."""
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]


async def test_turns_survive_a_step_down_and_up_again(
    database: Database, records: SqlRecords, turn: Any
) -> None:
    """Going back before documents and forward again leaves every turn as it was."""
    await records.commit(turn("t1", 1, client_id="c1"))
    before = await rows(database, "SELECT * FROM turns")
    await database.downgrade("0001")
    tables = {name for (name,) in await rows(database, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert "passages" not in tables
    assert await rows(database, "SELECT * FROM turns") == before
    await database.upgrade()
    assert await rows(database, "SELECT * FROM turns") == before
    assert await rows(database, "SELECT * FROM passages") == []


async def test_the_schema_goes_all_the_way_down_with_data_in_it(
    database: Database, records: SqlRecords, turn: Any
) -> None:
    """A full database can be taken down to nothing and built again."""
    await records.commit(turn())
    await database.downgrade("base")
    assert await rows(database, "SELECT name FROM sqlite_master WHERE name = 'turns'") == []
    await database.upgrade()
    assert await rows(database, "SELECT * FROM turns") == []


async def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    """A step that meets a table in its way leaves the schema at the revision before it."""
    database = await Database.open(sqlite_url(path), "0001")
    await execute(database, "CREATE TABLE passages (id INTEGER)")
    with pytest.raises(StoreError):
        await database.upgrade()
    assert await rows(database, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert await rows(database, "SELECT name FROM sqlite_master WHERE name = 'documents'") == []
    await database.close()


async def test_a_newer_schema_is_refused(database: Database, path: Path) -> None:
    """A database that a newer program has migrated is not opened."""
    await execute(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError):
        await Database.open(sqlite_url(path))


async def test_a_database_that_cannot_be_opened_is_a_store_error(tmp_path: Path) -> None:
    """A path into nowhere is refused by the store's own error."""
    with pytest.raises(StoreError, match="CANTOPEN"):
        await Database.open(sqlite_url(tmp_path / "nowhere" / "gemelo.db"))


@pytest.fixture
def rubbish(path: Path) -> Path:
    path.write_bytes(b"not a database " * 1_000)
    return path


async def test_a_file_that_is_no_database_is_a_store_error(rubbish: Path) -> None:
    """A file full of something else is refused."""
    with pytest.raises(StoreError, match="NOTADB"):
        await Database.open(sqlite_url(rubbish))


async def test_sqlite_runs_in_wal_mode_with_foreign_keys(database: Database) -> None:
    """Readers wait for no writer, and rows cannot point at nothing."""
    assert await rows(database, "PRAGMA journal_mode") == [("wal",)]
    assert await rows(database, "PRAGMA synchronous") == [(1,)]
    assert await rows(database, "PRAGMA foreign_keys") == [(1,)]


async def test_two_openings_of_one_file_write_at_once(
    database: Database, twins: SqlTwins, path: Path
) -> None:
    """Many writes by two processes' worth of connections all arrive, and none meets a lock."""
    other = await Database.open(sqlite_url(path))
    writers = (twins, SqlTwins(other))
    await asyncio.gather(
        *(writers[n % 2].put_talent(Talent(f"talent-{n}", f"Talent {n}")) for n in range(60))
    )
    assert await rows(database, "SELECT count(*) FROM talents WHERE id LIKE 'talent-%'") == [(60,)]
    await other.close()


async def test_a_cancelled_caller_breaks_no_write(database: Database, twins: SqlTwins) -> None:
    """Cancelling whoever waits for a write lets it end, and the next write works."""
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(twins.put_talent(Talent("ana", "Ana")))
        await asyncio.sleep(0)
        waiting.cancel()
    await twins.put_talent(Talent("eva", "Eva"))
    assert await twins.talent("ana") == Talent("ana", "Ana")
    assert await twins.talent("eva") == Talent("eva", "Eva")


async def test_close_waits_for_what_is_being_written(path: Path) -> None:
    """A write that was begun before `close` is in the file after it."""
    database = await Database.open(sqlite_url(path))
    writing = asyncio.create_task(SqlTwins(database).put_talent(Talent("ana", "Ana")))
    await asyncio.sleep(0)
    await database.close()
    await writing
    again = await Database.open(sqlite_url(path))
    assert await SqlTwins(again).talent("ana") == Talent("ana", "Ana")
    await again.close()


@pytest.mark.parametrize("fan", ["mi secreto \ud800", "mi secreto"])
async def test_errors_quote_nothing_of_what_a_fan_said(
    database: Database, records: SqlRecords, turn: Any, fan: str
) -> None:
    """Neither an error's text nor its printed traceback holds the words that could not be stored."""
    await execute(database, "ALTER TABLE turns RENAME COLUMN fan TO said")
    with pytest.raises(StoreError) as caught:
        await records.commit(turn(fan=fan))
    assert "secreto" not in "".join(traceback.format_exception(caught.value))
