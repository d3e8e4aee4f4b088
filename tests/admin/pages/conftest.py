from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.admin.api.admin.tenants import furnish
from tests.admin.api.admin.world import World, make_world, open_database
from tests.admin.pages.visitor import Visitor


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Two tenants with all that they have, and the console."""
    database = await open_database(tmp_path)
    world = await make_world(database)
    await furnish(world, database)
    yield world
    await database.close()


@pytest.fixture
async def visitor(world: World) -> AsyncIterator[Visitor]:
    async with world.http() as http:
        yield Visitor(http)
