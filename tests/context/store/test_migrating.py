"""The schema goes up and down with data in it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, select

from gemelo.context.store.database import Database
from gemelo.context.store.schema import metadata

Row = dict[str, Any]
pytestmark = pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")


async def dump(database: Database) -> dict[str, list[Row]]:
    """Every row of every table that is there, in the order of its key."""

    def read(connection: Connection) -> dict[str, list[Row]]:
        found = MetaData()
        found.reflect(connection)
        return {
            table.name: [
                dict(row)
                for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            ]
            for table in found.sorted_tables
            if table.name != "alembic_version"
        }

    return await database.read(lambda connection: connection.run_sync(read))


def only(rows: list[Row], like: list[Row]) -> list[Row]:
    """The columns of rows that other rows have too."""
    return [{name: row[name] for name in like[0]} for row in rows]


@pytest.mark.parametrize("revision", ["0013", "0012", "0006", "0005", "0004", "0003", "0002", "0001"])
async def test_what_an_older_schema_knows_survives_the_way_down_and_up(
    two_tenants: Database, revision: str
) -> None:
    """Rows that a revision has are the same there and when the newest is back; the rest is made anew."""
    full = await dump(two_tenants)
    assert set(full) == set(metadata.tables)
    assert all(full.values())
    await two_tenants.downgrade(revision)
    older = await dump(two_tenants)
    assert {"talents", "turns"} <= set(older)
    for name, rows in older.items():
        assert rows == only(full[name], rows), name
    await two_tenants.upgrade()
    again = await dump(two_tenants)
    for name, rows in older.items():
        assert only(again[name], rows) == rows, name
    gone = set(full) - set(older) - {"licences"}
    assert not any(again[name] for name in gone)


async def test_talents_that_were_there_before_licences_get_one(two_tenants: Database) -> None:
    """Who talked before there were licences goes on talking: the step up licenses everything."""
    await two_tenants.downgrade("0002")
    await two_tenants.upgrade()
    licences = (await dump(two_tenants))["licences"]
    assert {licence["talent"] for licence in licences} == {"leo", "mia"}
    assert all(not licence["brands"] and licence["revoked"] is None for licence in licences)
