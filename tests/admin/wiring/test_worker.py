"""Tests for what ends a worker."""

from __future__ import annotations

import asyncio

import pytest

from gemelo.admin.wiring.worker import until
from tests.virtual import virtually


async def _after(seconds: float, error: Exception | None = None) -> None:
    await asyncio.sleep(seconds)
    if error:
        raise error


@pytest.mark.parametrize("which", [0, 1])
def test_a_worker_whose_work_fails_does_not_go_on_without_it(which: int) -> None:
    """Whatever part of it that is."""

    async def main() -> None:
        serving = asyncio.create_task(_after(60))
        ends = [(1.0, ValueError("a fault")) if part == which else (60.0, None) for part in (0, 1)]
        work = [asyncio.create_task(_after(*end)) for end in ends]
        await until(serving, work)

    with pytest.raises(ValueError, match="a fault"):
        virtually(main())


def test_a_worker_that_is_told_to_stop_stops() -> None:
    """Its work would go on for ever."""

    async def main() -> None:
        work = asyncio.create_task(_after(60))
        await until(asyncio.create_task(_after(1)), [work])
        assert not work.done()
        work.cancel()

    virtually(main())
