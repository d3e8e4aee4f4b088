from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gemelo.models.failover.breaker import Breaker, BreakerRules, Circuit

RULES = BreakerRules(failures=2, rest_s=1, longest_s=8, longest_told_s=40, trial_s=5)


def test_a_single_failure_is_forgiven() -> None:
    """One failure is luck; two in a row are not, and a success between them makes them two firsts."""
    breaker = Breaker(RULES)
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(1)
    assert breaker.admits(1)
    breaker.failed(2)
    assert not breaker.admits(2)


def test_rests_double_up_to_the_longest() -> None:
    """Each trial that fails is followed by a rest twice as long."""
    breaker, now, rests = Breaker(RULES), 0.0, list[float]()
    breaker.failed(now)
    for _ in range(6):
        breaker.ask(now)
        breaker.failed(now)
        rests.append(breaker.until - now)
        now = breaker.until
    assert rests == [1, 2, 4, 8, 8, 8]


def test_who_says_how_long_is_believed() -> None:
    """`retry-after` gives a rest at once, longer than ours may be."""
    breaker = Breaker(RULES)
    breaker.failed(0, retry_s=30)
    assert not breaker.admits(29.9)
    assert breaker.admits(30)


def test_only_one_tries() -> None:
    """While one finds out, others do not ask; when it leaves without an answer the next may."""
    breaker = Breaker(RULES)
    breaker.failed(0, retry_s=1)
    breaker.ask(1)
    assert not breaker.admits(1)
    breaker.abandoned(2)
    assert breaker.admits(2)


class AnyLife(RuleBasedStateMachine):
    """Whatever happens to it, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker = Breaker(RULES)
        self.now = 0.0
        self.asking = False

    @rule(seconds=st.integers(0, 100))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule(anyway=st.booleans())
    def somebody_asks(self, anyway: bool) -> None:
        if self.breaker.admits(self.now) or anyway:
            self.breaker.ask(self.now)
            self.asking = True

    @precondition(lambda self: self.asking)
    @rule()
    def it_works(self) -> None:
        self.breaker.succeeded()
        assert self.breaker.admits(self.now)
        self.asking = False

    @precondition(lambda self: self.asking)
    @rule(retry_s=st.none() | st.integers(0, 20) | st.sampled_from([1e9, math.inf, -math.inf, math.nan]))
    def it_fails(self, retry_s: float | None) -> None:
        trying = self.breaker.state is Circuit.TRYING
        self.breaker.failed(self.now, retry_s)
        if (retry_s and retry_s > 0) or (trying and retry_s is None):
            assert not self.breaker.admits(self.now)
        self.asking = False

    @rule()
    def somebody_leaves(self) -> None:
        self.breaker.abandoned(self.now)
        self.asking = False

    @invariant()
    def nobody_rests_for_ever(self) -> None:
        assert self.breaker.until <= self.now + RULES.longest_told_s


TestAnyLife = AnyLife.TestCase


@given(st.lists(st.booleans(), max_size=30))
def test_it_rests_only_after_two_failures_in_a_row(ends: list[bool]) -> None:
    """However asking it ended, a provider that has not failed twice running may be asked."""
    breaker, now = Breaker(RULES), 0.0
    for at, good in enumerate(ends):
        if not breaker.admits(now):
            assert not any(ends[at - 2 : at])
            now = breaker.until
        breaker.ask(now)
        if good:
            breaker.succeeded()
        else:
            breaker.failed(now)


@pytest.mark.parametrize("state", [Circuit.CLOSED, Circuit.RESTING])
def test_leaving_changes_nothing_but_a_trial(state: Circuit) -> None:
    """Who is cut off from a provider that is well, or rests, has learned nothing of it."""
    breaker = Breaker(RULES)
    if state is Circuit.RESTING:
        breaker.failed(0, retry_s=9)
    until = breaker.until
    breaker.abandoned(1)
    assert (breaker.state, breaker.until) == (state, until)
