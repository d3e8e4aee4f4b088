from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.admin.api.admin.world import World, make_world
from tests.databases import Address


@pytest.fixture
async def world(address: Address) -> AsyncIterator[World]:
    database = await address.open()
    yield await make_world(database)
    await database.close()
