"""What a talent's vendors cost, over places and processes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gemelo.admin.services.purses import MonthlyPurse, open_purse
from gemelo.context.state.memory import MemoryState
from gemelo.models.errors import StateError
from gemelo.models.usage import Used

NOVEMBER = 1_795_000_000_000
DECEMBER = NOVEMBER + 20 * 24 * 3600 * 1000
TEN = Used("llm", micros=10_000_000)
BUDGET = 100.0


class Gone(MemoryState):
    """Shared state that is not there."""

    async def count(self, key: str, for_s: int, by: int = 1) -> int:
        raise StateError("the shared state does not answer")


def shared() -> MemoryState:
    return MemoryState(lambda: 0.0)


async def purse(
    state: MemoryState, spent: float = 0.0, wall: Callable[[], int] = lambda: NOVEMBER
) -> MonthlyPurse:
    return await open_purse(state, "leo", BUDGET, wall, spent)


async def test_what_turns_cost_is_a_share_of_the_budget() -> None:
    """What was spent before this process began counts too, and nothing twice."""
    state = shared()
    first = await purse(state, 30_000_000)
    first.spend((TEN, TEN))
    await first.drain()
    assert first.spent_share == pytest.approx(0.5)
    again = await purse(state, 50_000_000)
    assert again.spent_share == pytest.approx(0.5)


async def test_all_places_spend_from_one_purse() -> None:
    """In another process even, which knows with its own next turn."""
    state = shared()
    first, second = await purse(state), await purse(state)
    first.spend((TEN,))
    await first.drain()
    second.spend((TEN,))
    await second.drain()
    assert second.spent_share == pytest.approx(0.2)


async def test_a_month_begins_with_nothing_spent() -> None:
    """At midnight UTC."""
    now = [NOVEMBER]
    one = await purse(shared(), 90_000_000, lambda: now[0])
    now[0] = DECEMBER
    assert one.spent_share == 0
    one.spend((TEN,))
    await one.drain()
    assert one.spent_share == pytest.approx(0.1)


async def test_without_what_processes_share_each_counts_alone() -> None:
    """A budget that is forgotten would be no budget."""
    one = await purse(Gone(lambda: 0.0), 20_000_000)
    one.spend((TEN,))
    await one.drain()
    assert one.spent_share == pytest.approx(0.3)
