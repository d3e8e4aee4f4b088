"""Whom of a line to ask first: decided purely, by what each has taken lately, its cost, and the budget."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from gemelo.models.routing import Route

NEARLY_SPENT = 0.9
"""The share of a budget past which the cheaper one is taken, whatever the route."""
TRIALS = 3
"""So often a provider is put first before what it took is believed."""
EXPLORE_EVERY = 30
"""One that has not been put first for so many decisions is, once: it may have become faster."""
_AS_FAST = 1.1
"""Who takes no more than this of what the fastest takes is as fast, and stands where the list has it."""
_LATELY = 25
_FADING = 0.8
"""What a measurement counts against the one after it."""


class Pace:
    """What one provider took lately, the newest counting most."""

    def __init__(self) -> None:
        self._lately: deque[float] = deque(maxlen=_LATELY)
        self.trials = 0
        """How often it was put first, while nobody believed its figures."""
        self.passed = 0
        """Decisions since it was last put first."""

    def took(self, ms: float) -> None:
        """Takes one measurement."""
        self._lately.append(ms)

    @property
    def p50_ms(self) -> float | None:
        """The weighted median; None where nothing was measured."""
        if not self._lately:
            return None
        aged = zip(reversed(self._lately), (_FADING**age for age in range(_LATELY)), strict=False)
        rising = sorted(aged)
        half = sum(weight for _, weight in rising) / 2
        reached = accumulate(weight for _, weight in rising)
        return next(ms for (ms, _), upto in zip(rising, reached, strict=True) if upto >= half)


@dataclass(frozen=True, slots=True)
class Standing:
    """One provider as it stands when somebody is to be asked.

    Attributes:
        p50_ms: what it takes; None where that is not known.
        cost: of a typical use; None where nobody set a price.
        last: it is there for when nobody else is, and by no means as good.
        trials, passed: see `Pace`.
    """

    p50_ms: float | None = None
    cost: float | None = None
    last: bool = False
    trials: int = TRIALS
    passed: int = 0


def ranked(route: Route, spent_share: float, ones: Sequence[Standing]) -> tuple[int, ...]:
    """The indices of all of them, the one to ask first in front; those alike in the order given.

    Within the budget the route decides, and who is a last resort stays behind (or where an ordered list has
    it). From `NEARLY_SPENT` on the cheaper one is taken, and where all is spent whoever costs nothing comes
    first, a last resort or not.
    """
    numbers = range(len(ones))
    if spent_share >= 1:
        return tuple(sorted(numbers, key=lambda n: _cost(ones[n])))
    if spent_share >= NEARLY_SPENT or route is Route.CHEAPEST:
        return tuple(sorted(numbers, key=lambda n: (ones[n].last, _cost(ones[n]))))
    if route is Route.ORDER:
        return tuple(numbers)
    due = _due(ones)
    best = min((one.p50_ms for one in ones if one.p50_ms is not None and not one.last), default=0.0)

    def taking(n: int) -> tuple[bool, bool, float]:
        ms = ones[n].p50_ms
        known = math.inf if ms is None else ms
        return ones[n].last, n != due, 0.0 if known <= best * _AS_FAST else known

    return tuple(sorted(numbers, key=taking))


def _due(ones: Sequence[Standing]) -> int | None:
    """Who is to be tried, if anybody: who was tried too little, or who was passed over for long."""
    young = (n for n, one in enumerate(ones) if not one.last and one.trials < TRIALS)
    old = (n for n, one in enumerate(ones) if not one.last and one.passed >= EXPLORE_EVERY)
    return next(young, next(old, None))


def _cost(one: Standing) -> float:
    return math.inf if one.cost is None else one.cost
