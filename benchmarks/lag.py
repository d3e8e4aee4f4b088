"""How late an event loop runs what is due, in histograms that lose no tail (HdrHistogram).

Histograms count microseconds up to ten seconds at three digits.
"""

# hdrh has no annotations.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import asyncio
from typing import cast

from hdrh.histogram import HdrHistogram

PERIOD_S = 0.010
_LOWEST, _HIGHEST, _DIGITS = 1, 10_000_000, 3


class Times:
    """A distribution of times; takes and gives milliseconds."""

    def __init__(self, encoded: str = "") -> None:
        self._histogram = HdrHistogram(_LOWEST, _HIGHEST, _DIGITS)
        if encoded:
            self._histogram.decode_and_add(encoded)

    def add(self, ms: float) -> None:
        self._histogram.record_value(_micros(ms))

    def add_corrected(self, ms: float, every_ms: float) -> None:
        """Adds one of times taken `every_ms`, and those that could not be taken while it lasted."""
        self._histogram.record_corrected_value(_micros(ms), round(every_ms * 1000))

    def at(self, percentile: float) -> float:
        return self._histogram.get_value_at_percentile(percentile) / 1000

    def __len__(self) -> int:
        return self._histogram.get_total_count()

    def encode(self) -> str:
        """Text from which `Times` can be made again, in another process."""
        return cast(bytes, self._histogram.encode()).decode()


class Lag:
    """Measures the loop on which `run` is a task: how late a timer of every 10 ms fires.

    A loop that was stuck for 100 ms has been late for ten timers, not for one.
    """

    def __init__(self) -> None:
        self._times = Times()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + PERIOD_S
            await asyncio.sleep(PERIOD_S)
            self._times.add_corrected(1000 * (loop.time() - due), 1000 * PERIOD_S)

    def take(self) -> Times:
        """What was measured since the last call."""
        taken, self._times = self._times, Times()
        return taken


def _micros(ms: float) -> int:
    return min(max(round(ms * 1000), _LOWEST), _HIGHEST)
