"""Background work on its task library, in process and over a real Redis."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from taskiq import AsyncBroker, InMemoryBroker

from gemelo.admin.wiring.jobs import Job, broker_for, working
from gemelo.context.hooks.deliveries import Backlog
from gemelo.models.errors import StoreError
from tests.redis_server import MISSING, PROGRAM, RedisServer

PATIENCE_S = 60


@dataclass
class Tally:
    """`JobMeters` that wait for what they are told."""

    told: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    telling: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def job(self, name: str, outcome: str) -> None:
        self.told[name, outcome] += 1
        task = asyncio.create_task(self._tell())
        self.telling.add(task)
        task.add_done_callback(self.telling.discard)

    async def _tell(self) -> None:
        async with self.news:
            self.news.notify_all()

    async def until(self, enough: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self.news:
            await self.news.wait_for(enough)

    def backlog(self, backlog: Backlog) -> None: ...


async def nothing() -> None: ...


async def test_a_job_is_done_again_and_again() -> None:
    """Round after round, until what it runs beside is over."""
    tally = Tally()
    async with working((Job("look", 1, 5, nothing),), InMemoryBroker(), tally):
        await tally.until(lambda: tally.told["look", "done"] >= 2)
    done = tally.told["look", "done"]
    await asyncio.sleep(0)
    assert tally.told == {("look", "done"): done}


async def test_a_round_that_fails_is_counted_and_followed_by_another() -> None:
    """A store that is away, or a fault in the program, ends no work."""
    tally = Tally()
    failures: list[Exception] = [StoreError("away"), ZeroDivisionError()]

    async def failing() -> None:
        if failures:
            raise failures.pop(0)

    async with working((Job("look", 1, 5, failing),), InMemoryBroker(), tally):
        await tally.until(lambda: tally.told["look", "done"] >= 1)
    assert (tally.told["look", "store"], tally.told["look", "internal"]) == (1, 1)


async def test_a_round_under_way_is_not_begun_twice() -> None:
    """A slow one is waited for, and finished when the server stops."""
    tally, begun, goes_on = Tally(), Counter[str](), asyncio.Event()

    async def slow() -> None:
        begun["slow"] += 1
        await goes_on.wait()

    jobs = Job("slow", 1, 60, slow), Job("quick", 1, 60, nothing)
    async with working(jobs, InMemoryBroker(), tally):
        await tally.until(lambda: tally.told["quick", "done"] >= 3)
        assert begun["slow"] == 1
        goes_on.set()
    assert tally.told["slow", "done"] == begun["slow"]


@pytest.mark.skipif(PROGRAM is None, reason=MISSING)
async def test_servers_on_one_redis_share_the_rounds_and_survive_its_absence(tmp_path: Path) -> None:
    """Each round is done by one of them; Redis killed and started again costs rounds, no worker."""
    redis = RedisServer(tmp_path).start()
    tally = Tally()

    def broker() -> AsyncBroker:
        return broker_for(redis.url)

    def rounds() -> int:
        return tally.told["look", "done"]

    job = Job("look", 1, 5, nothing)
    async with working((job,), broker(), tally), working((job,), broker(), tally):
        await tally.until(lambda: rounds() >= 4)
        redis.kill()
        before = rounds()
        redis.start()
        await tally.until(lambda: rounds() >= before + 4)
    redis.kill()
    assert set(tally.told) == {("look", "done")}
