"""How often somebody may ask: counted by the minute, in all processes of the house."""

from __future__ import annotations

import logging

from gemelo.admin.services.state import Shared
from gemelo.context.tenancy.people import Principal
from gemelo.models.errors import StateError, TooOften

log = logging.getLogger(__name__)

MINUTE_S = 60


async def check_rate(shared: Shared, key: str, most: int, sentence: str) -> None:
    """Counts one more of somebody's.

    Raises:
        TooOften: that is more than `most` within a minute; says `sentence`.
        StateError: it cannot be told now.
    """
    if await shared.count(f"rate:{key}", MINUTE_S) > most:
        raise TooOften(sentence, MINUTE_S)


class Pace:
    """How often a principal may ask of the admin API and the console, together.

    Args:
        most: requests a minute; 0: as many as they like.
    """

    def __init__(self, shared: Shared, most: int) -> None:
        self._shared = shared
        self._most = most

    async def check(self, who: Principal) -> None:
        """Counts a request. While nothing can be shared everybody passes: a stop must reach its talent.

        Raises:
            TooOften: they have to wait.
        """
        if not self._most:
            return
        try:
            await check_rate(
                self._shared,
                f"principal:{who.id}",
                self._most,
                f"you have asked more than {self._most} times in a minute: wait until it is over",
            )
        except StateError as error:
            log.info("a manager's requests are not counted: %s", error)
