"""Fans' monthly interactions: counted by fan and place, in all processes of the house.

A session knows its own count and asks nobody before a turn; what other sessions of the same fan have used
is learned with each turn that is counted. While nothing can be shared the session counts for itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from gemelo.admin.services.state import Shared
from gemelo.context.policy.context import Context
from gemelo.engine.chores import Chores
from gemelo.models.errors import StateError

log = logging.getLogger(__name__)

FREE = "free"
"""The tier of a fan of whom nothing else is known."""
_KEPT_S = 32 * 24 * 3600


class Quota:
    """An `Allowance` of so many turns in a month of the calendar (UTC). Built by `open_quota`.

    Args:
        whose: the fan's random name, or the session's where there is none, with the deployment.
        wall: the calendar's clock (ms since 1970 UTC).
    """

    def __init__(
        self, shared: Shared, whose: str, wall: Callable[[], int], used: int = 0, tier: str = FREE
    ) -> None:
        self._shared = shared
        self._whose = whose
        self._wall = wall
        self._used = used
        self._tier = tier
        self._month: str = month(wall())
        self._chores = Chores()

    def affords(self, context: Context) -> bool:
        self._turn_page()
        limits = (limit.interactions_per_month for limit in context.limits if limit.tier == self._tier)
        most = next(limits, None)
        return most is None or self._used < most

    def spend(self) -> None:
        self._turn_page()
        self._used += 1
        self._chores.spawn(self._count())

    async def drain(self) -> None:
        """Waits until everything is counted."""
        await self._chores.drain()

    def _turn_page(self) -> None:
        """A new month begins with nothing used."""
        now = month(self._wall())
        if now != self._month:
            self._month, self._used = now, 0

    async def _count(self) -> None:
        counted = self._month
        try:
            used = await self._shared.count(quota_key(self._whose, counted), _KEPT_S)
        except StateError as error:
            log.info("a turn is counted here alone: %s", error)
            return
        if counted == self._month:
            self._used = max(self._used, used)


async def open_quota(
    shared: Shared, whose: str, wall: Callable[[], int], *, known: bool, turns: int
) -> Quota:
    """What is left of somebody who begins, or goes on, to talk.

    Args:
        known: whether they may have talked before this session.
        turns: of this session so far.
    """
    used = turns
    if known or turns:
        try:
            used = max(turns, await shared.count(quota_key(whose, month(wall())), _KEPT_S, by=0))
        except StateError as error:
            log.info("a fan's turns are counted anew: %s", error)
    return Quota(shared, whose, wall, used)


def quota_key(whose: str, month: str) -> str:
    return f"quota:{whose}:{month}"


def month(now: int) -> str:
    """The month of an instant (ms since 1970), UTC."""
    return datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m")
