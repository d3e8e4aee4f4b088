"""The clock of an event loop: real in service, virtual in tests (`tests/virtual.py`)."""

from __future__ import annotations

import asyncio


class LoopClock:
    """`Clock` that reads the running loop's own time, so a virtual loop makes virtual time."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()
