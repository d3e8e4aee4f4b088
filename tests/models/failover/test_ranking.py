"""Whom to ask first: what holds whatever the figures are."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.failover.ranking import (
    EXPLORE_EVERY,
    NEARLY_SPENT,
    TRIALS,
    Pace,
    Standing,
    ranked,
)
from gemelo.models.routing import Route

FIGURES = st.floats(0, 1e6)
STANDINGS = st.lists(
    st.builds(
        Standing,
        p50_ms=st.none() | FIGURES,
        cost=st.none() | FIGURES,
        last=st.booleans(),
        trials=st.integers(0, TRIALS),
        passed=st.integers(0, EXPLORE_EVERY),
    ),
    max_size=6,
)
ROUTES = st.sampled_from(Route)
WITHIN = st.floats(0, NEARLY_SPENT, exclude_max=True)
SPENT = st.floats(0, 2)


@given(ROUTES, SPENT, STANDINGS)
def test_everybody_is_asked_once(route: Route, spent: float, ones: list[Standing]) -> None:
    """Nobody is left out, whatever is known of them: the dearest is better than nobody."""
    assert sorted(ranked(route, spent, ones)) == list(range(len(ones)))


@given(WITHIN, STANDINGS)
def test_an_ordered_list_stays_as_it_is(spent: float, ones: list[Standing]) -> None:
    """Within the budget figures change nothing."""
    assert ranked(Route.ORDER, spent, ones) == tuple(range(len(ones)))


@given(ROUTES, SPENT, STANDINGS)
def test_nobody_dearer_comes_first_where_money_decides(
    route: Route, spent: float, ones: list[Standing]
) -> None:
    """From the last of a budget on, whatever the route; a last resort only where all of it is spent."""
    if spent < NEARLY_SPENT:
        route = Route.CHEAPEST
    order = [ones[n] for n in ranked(route, spent, ones)]
    costs = [(one.last and spent < 1, float("inf") if one.cost is None else one.cost) for one in order]
    assert costs == sorted(costs)


@given(WITHIN, STANDINGS)
def test_nobody_much_slower_comes_first_but_to_be_tried(spent: float, ones: list[Standing]) -> None:
    """At most one is tried; the others stand by what they take, a last resort behind them."""
    order = [ones[n] for n in ranked(Route.FASTEST, spent, ones)]
    if order and (order[0].trials < TRIALS or order[0].passed >= EXPLORE_EVERY):
        order = order[1:]
    assert [one.last for one in order] == sorted(one.last for one in order)
    known = [one.p50_ms for one in order if not one.last]
    best = min((ms for ms in known if ms is not None), default=0.0)
    for ms, after in pairwise(known):
        assert ms is not None or after is None
        assert ms is None or after is None or ms <= max(after, best * 1.1)


@given(st.lists(FIGURES, min_size=1))
def test_a_pace_is_one_of_the_newest_measurements(measured: list[float]) -> None:
    """And half of what was measured alike."""
    pace = Pace()
    for ms in measured:
        pace.took(ms)
    assert pace.p50_ms in measured[-25:]
    assert Pace().p50_ms is None


def asked(first: list[float], second: list[float], seed: int) -> list[int]:
    """Whom so many calls go to, where two providers take so long, one call after another."""
    chance, paces, chosen = random.Random(seed), (Pace(), Pace()), list[int]()
    for takes in zip(first, second, strict=True):
        stands = [Standing(one.p50_ms, None, False, one.trials, one.passed) for one in paces]
        number, _ = ranked(Route.FASTEST, 0, stands)
        for pace in paces:
            pace.passed += 1
        paces[number].trials, paces[number].passed = paces[number].trials + 1, 0
        paces[number].took(takes[number] * chance.uniform(0.8, 1.3))
        chosen.append(number)
    return chosen


@pytest.mark.parametrize("seed", range(5))
def test_the_faster_one_is_asked_and_the_other_now_and_then(seed: int) -> None:
    """What trying costs is bounded."""
    chosen = asked([900.0] * 600, [300.0] * 600, seed)
    assert TRIALS <= chosen.count(0) <= TRIALS + 600 / EXPLORE_EVERY + 1


@pytest.mark.parametrize("seed", range(5))
def test_a_slow_start_is_forgiven(seed: int) -> None:
    """One that was slow while it warmed up gets most calls once it is fast."""
    chosen = asked([3000.0] * 100 + [100.0] * 400, [300.0] * 500, seed)
    assert chosen[-100:].count(0) > 90


@pytest.mark.parametrize("seed", range(5))
def test_who_becomes_slow_is_left(seed: int) -> None:
    """Within a few calls."""
    chosen = asked([100.0] * 200 + [3000.0] * 50, [300.0] * 250, seed)
    assert chosen[200:220].count(0) <= 6
