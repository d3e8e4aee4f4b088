"""Distributions that lose no tail, and a loop's lag."""

from __future__ import annotations

import asyncio

import pytest

from gemelo.benchmarks.lag import Lag, Times
from tests.virtual import virtually


def test_times_survive_the_way_to_another_process() -> None:
    """Percentiles are the same to three digits after encoding."""
    times = Times()
    for ms in range(1, 1001):
        times.add(ms)
    read = Times(times.encode())
    assert len(read) == 1000
    assert read.at(50) == pytest.approx(500, rel=0.002)
    assert read.at(99) == pytest.approx(990, rel=0.002)


def test_a_stall_counts_as_all_that_it_delayed() -> None:
    """100 ms in which nothing due every 10 ms was done are ten late times, not one."""
    times = Times()
    times.add_corrected(100, 10)
    assert len(times) == 10
    assert times.at(50) == pytest.approx(50, rel=0.03)


def test_a_loop_that_is_free_is_not_late() -> None:
    """In virtual time every timer fires when it is due."""

    async def main() -> Times:
        lag = Lag()
        measuring = asyncio.create_task(lag.run())
        await asyncio.sleep(1.005)
        measuring.cancel()
        return lag.take()

    times = virtually(main())
    assert len(times) == 100
    assert times.at(100) < 0.01
