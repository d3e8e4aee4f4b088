"""A fan's share of a month, over sessions and processes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.admin.services.quotas import Quota, month, open_quota
from gemelo.context.policy.context import Context, Limit
from gemelo.context.state.memory import MemoryState
from gemelo.models.errors import StateError
from tests.fakes import context

NOVEMBER = 1_795_000_000_000
DECEMBER = NOVEMBER + 20 * 24 * 3600 * 1000


def giving(most: int | None, tier: str = "free") -> Context:
    return replace(context(), limits=(Limit(tier, most),))


def shared() -> MemoryState:
    return MemoryState(lambda: 0.0)


class Gone(MemoryState):
    """Shared state that is not there."""

    async def count(self, key: str, for_s: int, by: int = 1) -> int:
        raise StateError("the shared state does not answer")


async def spend(quota: Quota, turns: int) -> None:
    for _ in range(turns):
        quota.spend()
    await quota.drain()


async def test_so_many_turns_are_given_and_no_more() -> None:
    """The last turn of the share is answered, the one after it is not; a larger share gives more."""
    quota = await open_quota(shared(), "portal:fan", lambda: NOVEMBER, known=True, turns=0)
    await spend(quota, 2)
    assert quota.affords(giving(3))
    await spend(quota, 1)
    assert not quota.affords(giving(3))
    assert quota.affords(giving(4))


@pytest.mark.parametrize("there", [giving(None), context(), giving(1, "premium")])
async def test_where_no_layer_sets_a_limit_there_is_none(there: Context) -> None:
    """Nor does that of another tier hold."""
    quota = await open_quota(shared(), "portal:fan", lambda: NOVEMBER, known=True, turns=0)
    await spend(quota, 1_000)
    assert quota.affords(there)


async def test_a_fan_s_sessions_share_one_count() -> None:
    """What was used in another session, in another process even, is known at the start and with each turn."""
    state = shared()
    first = await open_quota(state, "portal:fan", lambda: NOVEMBER, known=True, turns=0)
    second = await open_quota(state, "portal:fan", lambda: NOVEMBER, known=True, turns=0)
    await spend(first, 5)
    await spend(second, 1)
    assert not second.affords(giving(6))
    third = await open_quota(state, "portal:fan", lambda: NOVEMBER, known=True, turns=0)
    assert not third.affords(giving(6))
    assert third.affords(giving(7))


async def test_fans_and_places_do_not_share() -> None:
    """Another fan, and the same at another place, has a count of their own."""
    state = shared()
    await spend(await open_quota(state, "portal:fan", lambda: NOVEMBER, known=True, turns=0), 5)
    for whose in ("portal:other", "school:fan"):
        other = await open_quota(state, whose, lambda: NOVEMBER, known=True, turns=0)
        assert other.affords(giving(1))


async def test_a_session_that_goes_on_has_what_it_had() -> None:
    """Even where the count was lost, the turns that are stored of this session count."""
    quota = await open_quota(shared(), "portal:session", lambda: NOVEMBER, known=False, turns=7)
    assert not quota.affords(giving(7))
    assert quota.affords(giving(8))


async def test_a_new_month_begins_with_nothing_used() -> None:
    """Also for a fan who talks over midnight."""
    now, state = [NOVEMBER], shared()
    quota = await open_quota(state, "portal:fan", lambda: now[0], known=True, turns=0)
    await spend(quota, 3)
    now[0] = DECEMBER
    assert (month(NOVEMBER), month(DECEMBER)) == ("2026-11", "2026-12")
    assert quota.affords(giving(1))
    await spend(quota, 1)
    assert not quota.affords(giving(1))


async def test_without_shared_state_a_session_counts_for_itself() -> None:
    """Talk goes on, and the share still ends."""
    quota = await open_quota(Gone(lambda: 0.0), "portal:fan", lambda: NOVEMBER, known=True, turns=1)
    await spend(quota, 2)
    assert quota.affords(giving(4))
    assert not quota.affords(giving(3))
