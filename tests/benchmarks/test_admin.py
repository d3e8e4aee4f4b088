"""The admin API's benchmark on a small house: every figure is there, and nothing is refused."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gemelo.benchmarks.admin import measure
from gemelo.benchmarks.many_tenants import TURNS_A_SESSION, Size, fill
from gemelo.context.store.database import Database
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.store.talks import SqlTalks
from gemelo.context.tenancy.people import Grant, Principal, Role
from gemelo.models.errors import UsageError
from tests.databases import Address

SMALL = Size(talents=3, places=6, turns=120)


async def test_every_operation_is_timed(address: Address) -> None:
    """A real server answers all of them for tenants at random; on PostgreSQL as a role that owns nothing."""
    url = address.url if address.owner else ""
    rows = await measure(SMALL, 3, lambda told: None, url, address.owner)
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


async def test_what_is_spun_out_is_what_a_tenant_reads(address: Address) -> None:
    """A session's turns are there and a place's are counted, for their manager alone."""
    database = await address.open()
    try:
        await fill(database, SMALL, "layer: talent\nname: x\n")
        talks = SqlTalks(database)
        managers = [
            Principal("m", "M", frozenset({Grant(Role.TALENT_MANAGER, f"talent-{i}")})) for i in (1, 2)
        ]
        read = [await talks.turns(who, "session-1") for who in managers]
        assert [len(turns) for turns in read] == [TURNS_A_SESSION, 0]
        used = await talks.usage(managers[0], "place-1", 12, time.time_ns() // 1_000_000)
        assert sum(month.sessions for month in used) == 2
        assert sum(month.turns for month in used) == 2 * TURNS_A_SESSION
    finally:
        await database.close()
