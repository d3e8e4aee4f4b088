"""The admin API's benchmark on a small house: every figure is there, and nothing is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemelo.benchmarks.admin import measure
from gemelo.benchmarks.many_tenants import Size, fill
from gemelo.context.store.database import Database
from gemelo.context.store.sqlite import sqlite_url
from gemelo.models.errors import UsageError

SMALL = Size(talents=3, places=6, turns=120)


async def test_every_operation_is_timed() -> None:
    """A real server answers all of them for tenants at random."""
    told: list[str] = []
    rows = await measure(SMALL, 3, told.append)
    assert len({row.metric for row in rows}) == len(rows) == 12
    assert all(row.n == 3 and row.value > 0 for row in rows)


async def test_a_house_that_is_lived_in_is_left_alone(tmp_path: Path) -> None:
    """Nobody's database is filled by mistake."""
    database = await Database.open(sqlite_url(tmp_path / "gemelo.sqlite"))
    try:
        await fill(database, SMALL, "layer: talent\nname: x\n")
        with pytest.raises(UsageError, match="empty one"):
            await fill(database, SMALL, "layer: talent\nname: x\n")
    finally:
        await database.close()
