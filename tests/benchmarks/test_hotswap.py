"""How soon a change reaches live sessions, with few of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import cast

import pytest
from websockets.asyncio.client import ClientConnection

from gemelo.benchmarks.hotswap import Fans, run
from gemelo.benchmarks.rows import Bench
from tests.benchmarks.house import QuietHouse
from tests.redis_server import MISSING, PROGRAM
from tests.server import MODELS

POLICY = '{"type":"server-message","data":{"t":"policy","d":{}}}'


@dataclass(eq=False)
class Page:
    """A socket whose frames the test puts in."""

    frames: asyncio.Queue[str | bytes] = field(default_factory=asyncio.Queue[str | bytes])

    def __aiter__(self) -> AsyncIterator[str | bytes]:
        return self

    async def __anext__(self) -> str | bytes:
        return await self.frames.get()


async def test_every_session_counts_once() -> None:
    """Other frames are not taken for it, a second one changes nothing, and who was told first waited less."""
    pages = [Page(), Page()]
    fans = Fans([cast(ClientConnection, page) for page in pages])
    listening = [asyncio.create_task(fans.listen(one)) for one in fans.sockets]
    fans.await_frame("policy")
    since = perf_counter()
    pages[0].frames.put_nowait(POLICY)
    await asyncio.sleep(0.01)
    for frame in (b"sound", '{"data":{"t":"timeline"}}', POLICY, POLICY):
        pages[1].frames.put_nowait(frame)
    early, late = await fans.waits_ms(since)
    assert 0 < early < late
    fans.await_frame("policy")
    assert not fans.heard
    for task in listening:
        task.cancel()


@pytest.mark.slow
@pytest.mark.timeout(600)  # three servers start, one after the other
async def test_a_short_run_measures_both_houses(demo_data: Path) -> None:
    """Every session of two processes, and of one, is told of each publish and each stop."""
    if PROGRAM is None:
        pytest.skip(MISSING)
    said: list[str] = []

    async def house() -> QuietHouse:
        return QuietHouse()

    bench = Bench(house, None, said.append, False, "", MODELS, demo_data)
    rows = {(row.profile, row.metric): row for row in await run(bench, sessions=4, counts=(2, 1))}
    for profile in ("two processes", "one process"):
        assert (rows[profile, "swap"].n, rows[profile, "end"].n, rows[profile, "write"].n) == (8, 4, 2)
