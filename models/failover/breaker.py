"""Whether a provider may be asked: a circuit breaker, decided purely.

    CLOSED ──failures in a row, or one that says for how long──▶ RESTING ──rest over, one asks──▶ TRYING
       ▲                                                            ▲                               │ │
       │                                                            └────failed: a longer rest──────┘ │
       └───────────────────────────────────succeeded──────────────────────────────────────────────────┘

The pattern: M. Nygard, Release It!, ch. 5. Time is an argument, in seconds on any clock that goes forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Circuit(Enum):
    CLOSED = auto()
    """All is well."""
    RESTING = auto()
    """It failed: nobody asks it before its rest is over."""
    TRYING = auto()
    """One asks it; whether the others may is known when that one is answered."""


@dataclass(frozen=True, slots=True)
class BreakerRules:
    """When a provider is given a rest, and for how long.

    Attributes:
        failures: so many in a row are enough.
        rest_s: the first rest; each trial that fails doubles it.
        longest_s: no rest of our own choosing is longer.
        longest_told_s: a provider that says how long is believed up to this.
        trial_s: a trial that nobody has ended after this counts as abandoned.
    """

    failures: int = 2
    rest_s: float = 1.0
    longest_s: float = 60.0
    longest_told_s: float = 600.0
    trial_s: float = 30.0


class Breaker:
    """The standing of one provider. Who asks it calls `ask` first, then one of the three that end it."""

    def __init__(self, rules: BreakerRules | None = None) -> None:
        self._rules = rules or BreakerRules()
        self.state = Circuit.CLOSED
        self.until = 0.0
        """When its rest, or its trial, is over."""
        self._failures = 0
        self._rest_s = self._rules.rest_s

    def admits(self, now: float) -> bool:
        """Whether it may be asked at `now`."""
        return self.state is Circuit.CLOSED or now >= self.until

    def ask(self, now: float) -> None:
        """Somebody asks it, whether it admits them or nobody else is left to ask."""
        if self.state is not Circuit.CLOSED:
            self.state, self.until = Circuit.TRYING, now + self._rules.trial_s

    def succeeded(self) -> None:
        """It did what it is for."""
        self.state, self._failures, self._rest_s = Circuit.CLOSED, 0, self._rules.rest_s

    def failed(self, now: float, retry_s: float | None = None) -> None:
        """It did not.

        Args:
            retry_s: after which it says that asking again is worth it, where it says so.
        """
        self._failures += 1
        if retry_s is None and self.state is Circuit.CLOSED and self._failures < self._rules.failures:
            return
        told_s = min(max(0.0, retry_s or 0.0), self._rules.longest_told_s)
        rest_s = self._rest_s if retry_s is None else told_s
        if self.state is Circuit.RESTING:  # somebody asked before it rested, and hears of it now
            self.until = max(self.until, now + rest_s)
            return
        self.state, self.until = Circuit.RESTING, now + rest_s
        self._rest_s = min(2 * self._rest_s, self._rules.longest_s)

    def abandoned(self, now: float) -> None:
        """Who asked did not wait for the end: nothing was learned, and the next may try."""
        if self.state is Circuit.TRYING:
            self.state, self.until = Circuit.RESTING, now
