"""How often a principal may ask."""

from __future__ import annotations

import pytest

from gemelo.admin.services.rates import MINUTE_S, Pace
from gemelo.context.state.memory import MemoryState
from gemelo.context.state.redis import RedisState
from gemelo.models.errors import StateError, TooOften
from tests.admin.services.cast import BRUNO, MARTA
from tests.redis_server import RedisServer


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def ask(pace: Pace, times: int) -> None:
    for _ in range(times):
        await pace.check(MARTA)


async def test_a_minute_s_share_is_each_principal_s_own() -> None:
    """One who has used it up waits for the next minute; nobody else does."""
    clock = Clock()
    pace = Pace(MemoryState(clock), 3)
    await ask(pace, 3)
    with pytest.raises(TooOften) as refused:
        await pace.check(MARTA)
    assert refused.value.retry_s == MINUTE_S
    await pace.check(BRUNO)
    clock.now += MINUTE_S
    await ask(pace, 3)


async def test_nobody_is_counted_where_nothing_is_set() -> None:
    """0 means as often as they like."""
    state = MemoryState(Clock())
    await ask(Pace(state, 0), 50)
    assert len(state) == 0


class Gone(MemoryState):
    async def count(self, key: str, for_s: int, by: int = 1) -> int:
        raise StateError("the shared state does not answer")


async def test_without_shared_state_everybody_passes() -> None:
    """A manager can stop a twin while Redis is away."""
    await ask(Pace(Gone(Clock()), 1), 5)


async def test_servers_count_together(redis: RedisServer) -> None:
    """On one Redis: what was asked of one server counts at the other."""
    states = [await RedisState.open(redis.url) for _ in range(2)]
    one, other = (Pace(state, 4) for state in states)
    await ask(one, 2)
    await ask(other, 2)
    for pace in (one, other):
        with pytest.raises(TooOften):
            await pace.check(MARTA)
    for state in states:
        await state.close()
