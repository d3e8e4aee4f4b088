"""What a talent's vendors cost, over places and processes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gemelo.admin.services.purses import MonthlyPurse, Purses, open_purse
from gemelo.context.state.memory import MemoryState
from gemelo.models.errors import StateError, StoreError
from gemelo.models.usage import Used

NOVEMBER = 1_795_000_000_000
DECEMBER = NOVEMBER + 20 * 24 * 3600 * 1000
TEN = Used("llm", micros=10_000_000)
BUDGET = 100.0


class Gone(MemoryState):
    """Shared state that is not there, until it is back."""

    back = False

    async def count(self, key: str, for_s: int, by: int = 1) -> int:
        if not self.back:
            raise StateError("the shared state does not answer")
        return await super().count(key, for_s, by)


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


async def test_what_processes_had_counted_is_not_counted_again_when_it_is_back() -> None:
    """A place that opened meanwhile knows the month from its turns, most of which are in that count."""
    state = Gone(lambda: 0.0)
    state.back = True
    early = await purse(state)
    early.spend((TEN, TEN))
    await early.drain()
    state.back = False
    one = await purse(state, 30_000_000)
    one.spend((TEN,))
    await one.drain()
    state.back = True
    one.spend((TEN,))
    await one.drain()
    assert one.spent_share == pytest.approx(0.5)
    early.spend((TEN,))
    await early.drain()
    one.spend((TEN,))
    await one.drain()
    assert one.spent_share == pytest.approx(0.6)


async def test_a_purse_opens_while_the_turns_cannot_be_read() -> None:
    """With what was counted here last, whatever the budget is by now; with nothing where nothing was."""
    costs: list[float] = [30_000_000]

    async def spent(whose: str, now: int) -> float:
        if not costs:
            raise StoreError("the store does not answer")
        return costs.pop()

    purses = Purses(shared(), spent, lambda: NOVEMBER)
    first = await purses.open("leo", BUDGET)
    first.spend((TEN,))
    await first.drain()
    again, other = await purses.open("leo", 2 * BUDGET), await purses.open("oto", BUDGET)
    assert (again.spent_share, other.spent_share) == (pytest.approx(0.2), 0)
