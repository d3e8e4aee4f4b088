"""A desk with people, talents and places; see `cast`."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

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


@pytest.fixture
async def desk(now: Calendar) -> MemoryDesk:
    """The cast's world."""
    desk = MemoryDesk(now)
    await stock(desk)
    desk.told.clear()
    return desk
