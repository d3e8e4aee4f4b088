"""The clock of an event loop: real in service, virtual in tests (`tests/virtual.py`)."""

from __future__ import annotations

import asyncio


class LoopClock:
    """`Clock` that reads the time of the loop it was made on, so a virtual loop makes virtual time.

    Asking for the running loop each time would be a system call each time (until Python 3.12).
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def now(self) -> float:
        return self._loop.time()
