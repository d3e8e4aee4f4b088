"""What a talent's vendors may cost a month, counted over all places and processes of the house.

What was spent before is read from the turns where the purse is opened; from then on every turn is counted, in
what processes share. While nothing can be shared each counts for itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from gemelo.admin.services.quotas import month
from gemelo.admin.services.state import Shared
from gemelo.engine.chores import Chores
from gemelo.models.errors import StateError
from gemelo.models.usage import Used

log = logging.getLogger(__name__)

_MILLION = 1_000_000
_KEPT_S = 32 * 24 * 3600


class MonthlyPurse:
    """A `Purse` by months of the calendar (UTC). Built by `open_purse`.

    Args:
        whose: the talent.
        budget: in the currency of the prices.
        spent, counted: in millionths of it: this month so far, and what of that processes have counted.
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
        counted: int = 0,
    ) -> None:
        self._shared = shared
        self._whose = whose
        self._budget = budget * _MILLION
        self._wall = wall
        self._spent = max(spent, counted)
        self._before = self._spent - counted
        self._month: str = month(wall())
        self._chores = Chores()

    @property
    def spent_share(self) -> float:
        """See `Purse.spent_share`."""
        self._turn_page()
        return self._spent / self._budget

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
            self._spent = max(self._spent, self._before + together)


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
        counted = 0
    return MonthlyPurse(shared, whose, budget, wall, spent=spent, counted=counted)


def purse_key(whose: str, month: str) -> str:
    return f"purse:{whose}:{month}"
