"""What a talent's vendors may cost a month, counted over all places and processes of the house.

What was spent before is read from the turns where the purse is opened; from then on every turn is counted, in
what processes share. While nothing can be shared each counts for itself.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable

from gemelo.admin.services.quotas import month
from gemelo.admin.services.state import Shared
from gemelo.engine.chores import Chores
from gemelo.models.errors import StateError, StoreError
from gemelo.models.usage import Used

log = logging.getLogger(__name__)

_MILLION = 1_000_000
_KEPT_S = 32 * 24 * 3600


class MonthlyPurse:
    """A `Purse` by months of the calendar (UTC). Built by `open_purse`.

    Args:
        whose: the talent.
        budget: in the currency of the prices.
        spent: this month so far, in millionths of it.
        counted: what processes have counted of that; None where it cannot be told now.
        wall: the calendar's clock (ms since 1970 UTC).
    """

    def __init__(
        self,
        shared: Shared,
        whose: str,
        budget: float,
        wall: Callable[[], int],
        *,
        spent: float = 0.0,
        counted: int | None = 0,
    ) -> None:
        self._shared = shared
        self._whose = whose
        self._budget = budget * _MILLION
        self._wall = wall
        self._at_first = self._spent = max(spent, counted or 0)
        self._before = None if counted is None else self._spent - counted
        self._month: str = month(wall())
        self._chores = Chores()

    @property
    def spent_share(self) -> float:
        """See `Purse.spent_share`."""
        return self.spent / self._budget

    @property
    def spent(self) -> float:
        """This month, in millionths."""
        self._turn_page()
        return self._spent

    def spend(self, uses: Iterable[Used]) -> None:
        """See `Purse.spend`."""
        self._turn_page()
        if micros := round(sum(used.micros for used in uses)):
            self._spent += micros
            self._chores.spawn(self._count(micros))

    async def drain(self) -> None:
        """Waits until everything is counted."""
        await self._chores.drain()

    def _turn_page(self) -> None:
        now = month(self._wall())
        if now != self._month:
            self._month, self._spent, self._before = now, 0.0, 0.0

    async def _count(self, micros: int) -> None:
        counted = self._month
        try:
            together = await self._shared.count(purse_key(self._whose, counted), _KEPT_S, by=micros)
        except StateError as error:
            log.info("what a turn cost is counted here alone: %s", error)
            return
        if counted == self._month:
            if self._before is None:  # others counted all but this, which was not known at the opening
                self._before = max(0.0, self._at_first - (together - micros))
            self._spent = max(self._spent, self._before + together)


class Purses:
    """Opens the purses of all talents.

    Args:
        spent: what a talent's turns have cost this month (millionths) at a time (ms since 1970 UTC). Raises
            `StoreError` where they cannot be read.
    """

    def __init__(
        self, shared: Shared, spent: Callable[[str, int], Awaitable[float]], wall: Callable[[], int]
    ) -> None:
        self._shared = shared
        self._spent = spent
        self._wall = wall
        self._last: dict[str, MonthlyPurse] = {}

    async def open(self, whose: str, budget: float) -> MonthlyPurse:
        """Opens one, always: a place's consents count for more than its costs."""
        try:
            spent = await self._spent(whose, self._wall())
        except StoreError as error:
            log.warning("what a talent's turns cost cannot be read, what was counted here holds: %s", error)
            spent = self._last[whose].spent if whose in self._last else 0.0
        purse = await open_purse(self._shared, whose, budget, self._wall, spent)
        self._last[whose] = purse
        return purse


async def open_purse(
    shared: Shared, whose: str, budget: float, wall: Callable[[], int], spent: float
) -> MonthlyPurse:
    """The purse of a talent.

    Args:
        spent: this month, as the turns say (millionths).
    """
    try:
        counted = await shared.count(purse_key(whose, month(wall())), _KEPT_S, by=0)
    except StateError as error:
        log.info("what a talent's vendors cost is counted here alone: %s", error)
        counted = None
    return MonthlyPurse(shared, whose, budget, wall, spent=spent, counted=counted)


def purse_key(whose: str, month: str) -> str:
    return f"purse:{whose}:{month}"
