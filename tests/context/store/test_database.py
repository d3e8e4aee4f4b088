from __future__ import annotations

import asyncio
import traceback
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.database import HEAD, Database
from gemelo.context.store.migrating import MIGRATIONS
from gemelo.context.store.schema import metadata
from gemelo.context.store.turns import SqlRecords
from gemelo.context.twins import Talent
from gemelo.models.errors import StoreError
from tests.databases import Address
from tests.rows import Rows


async def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    async def work(connection: AsyncConnection) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await connection.execute(text(sql))]

    return await database.read(work)


async def tables(database: Database) -> set[str]:
    async def work(connection: AsyncConnection) -> set[str]:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))

    return await database.read(work)


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


async def test_the_schema_goes_all_the_way_down_with_data_in_it(
    database: Database, records: SqlRecords, turn: Any
) -> None:
    """A full database can be taken down to nothing and built again."""
    await records.commit(turn())
    await database.downgrade("base")
    assert await tables(database) <= {"alembic_version"}
    await database.upgrade()
    assert await rows(database, "SELECT * FROM turns") == []


async def test_a_migration_that_fails_changes_nothing(address: Address, database: Database) -> None:
    """A step that meets a table in its way leaves the schema at the revision before it."""
    await database.downgrade("0001")
    address.alter("CREATE TABLE passages (id INTEGER)")
    with pytest.raises(StoreError):
        await database.upgrade()
    assert await rows(database, "SELECT version_num FROM alembic_version") == [("0001",)]
    assert "documents" not in await tables(database)


async def test_a_newer_schema_is_refused(database: Database, address: Address) -> None:
    """A database that a newer program has migrated is not opened."""
    address.alter("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError):
        await address.open()


async def test_two_openings_of_one_database_write_at_once(
    database: Database, twins: Rows, address: Address
) -> None:
    """Many writes by two processes' worth of connections all arrive, and none meets a lock."""
    other = await address.open()
    writers = (twins, Rows(other))
    await asyncio.gather(
        *(writers[n % 2].put_talent(Talent(f"talent-{n}", f"Talent {n}")) for n in range(60))
    )
    assert await rows(database, "SELECT count(*) FROM talents WHERE id LIKE 'talent-%'") == [(60,)]
    await other.close()


async def test_a_cancelled_caller_breaks_no_write(database: Database, twins: Rows) -> None:
    """Cancelling whoever waits for a write lets it end, and the next write works."""
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(twins.put_talent(Talent("ana", "Ana")))
        await asyncio.sleep(0)
        waiting.cancel()
    await twins.put_talent(Talent("eva", "Eva"))
    assert await twins.talent("ana") == Talent("ana", "Ana")
    assert await twins.talent("eva") == Talent("eva", "Eva")


async def test_close_waits_for_what_is_being_written(address: Address) -> None:
    """A write that was begun before `close` is kept after it."""
    database = await address.open()
    writing = asyncio.create_task(Rows(database).put_talent(Talent("ana", "Ana")))
    await asyncio.sleep(0)
    await database.close()
    await writing
    again = await address.open()
    assert await Rows(again).talent("ana") == Talent("ana", "Ana")
    await again.close()


@pytest.mark.parametrize("fan", ["mi secreto \ud800", "mi secreto"])
async def test_errors_quote_nothing_of_what_a_fan_said(
    address: Address, records: SqlRecords, turn: Any, fan: str
) -> None:
    """Neither an error's text nor its printed traceback holds the words that could not be stored."""
    address.alter("ALTER TABLE turns RENAME COLUMN fan TO said")
    with pytest.raises(StoreError) as caught:
        await records.commit(turn(fan=fan))
    assert "secreto" not in "".join(traceback.format_exception(caught.value))
