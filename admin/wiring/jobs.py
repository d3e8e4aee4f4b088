"""Background work beside a server: taskiq runs the rounds of `admin.services.jobs`, again and again.

    scheduler ── every few seconds ──▶ broker ──▶ deliver | expire | ...

The rows are the truth, and what taskiq carries is "have a look": a message lost, doubled or late costs
nothing but time. In process by default; with Redis each round is done by one of the servers (decision 008).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from taskiq import AsyncBroker, InMemoryBroker, TaskiqScheduler
from taskiq.api import run_receiver_task, run_scheduler_task
from taskiq.schedule_sources import LabelScheduleSource

from gemelo.admin.services.cloning import ROUND_S as CLONING_S
from gemelo.admin.services.house import House
from gemelo.admin.services.jobs import Postroom, expire, tidy
from gemelo.admin.services.lessons import ROUND_S, teach
from gemelo.admin.services.sharing import sharing_at
from gemelo.admin.wiring.settings import Settings
from gemelo.context.hooks.deliveries import Backlog
from gemelo.models.adapters.aiohttp_courier import AiohttpCourier
from gemelo.models.errors import GemeloError

log = logging.getLogger(__name__)

_STOP_S = 5.0
"""How long work under way may take to end when a server stops; then it is left to whoever comes next."""


class JobMeters(Protocol):
    """Counts rounds, and shows what is left to do."""

    def job(self, name: str, outcome: str) -> None: ...
    def backlog(self, backlog: Backlog) -> None: ...


@dataclass(frozen=True, slots=True)
class Job:
    """One round of something, every so often; `limit_s` ends a round that hangs."""

    name: str
    every_s: int
    limit_s: int
    round: Callable[[], Awaitable[object]]


def jobs_of(house: House, postroom: Postroom, meters: JobMeters) -> tuple[Job, ...]:
    """What a house has to do beside talking."""

    async def delivering() -> None:
        await postroom.round()
        meters.backlog(await house.outbox.backlog())

    async def expiring() -> None:
        await tidy(house.outbox, house.requests, house.wall())
        await expire(house.twins, house.fans, house.platform, house.wall())

    async def learning() -> None:
        await teach(house.uploads, house.school, house.library.folder, sharing_at(house).follow)

    return (
        Job("deliver", 2, 600, delivering),
        Job("clones", 10, CLONING_S, house.cloning.round),
        Job("learn", 2, ROUND_S, learning),
        Job("expire", 600, 3600, expiring),
    )


@asynccontextmanager
async def background(house: House, settings: Settings, meters: JobMeters) -> AsyncGenerator[None]:
    """Works beside whatever runs inside, for as long as that does."""
    redis = settings.redis_url.get_secret_value() if settings.redis_url else ""
    courier = AiohttpCourier(loopback=settings.webhooks_here)
    postroom = Postroom(house.outbox, courier, house.wall)
    try:
        async with working(jobs_of(house, postroom, meters), broker_for(redis), meters):
            yield
    finally:
        await postroom.close()
        await courier.close()


def broker_for(redis_url: str) -> AsyncBroker:
    """Where rounds wait for who does them: in this process, or on Redis for all servers."""
    if not redis_url:
        return InMemoryBroker()
    from gemelo.models.adapters.redis_broker import PatientBroker

    return PatientBroker(redis_url)


@asynccontextmanager
async def working(jobs: tuple[Job, ...], broker: AsyncBroker, meters: JobMeters) -> AsyncGenerator[None]:
    """Runs jobs on a broker."""
    for job in jobs:
        schedule = [{"interval": job.every_s}]
        broker.register_task(_once(job, meters), job.name, schedule=schedule, timeout=job.limit_s)
    scheduler = TaskiqScheduler(broker, [LabelScheduleSource(broker)])
    await broker.startup()
    tasks = [asyncio.create_task(run_scheduler_task(scheduler))]
    if not isinstance(broker, InMemoryBroker):
        tasks.append(asyncio.create_task(run_receiver_task(broker, max_async_tasks=len(jobs))))
    try:
        yield
    finally:
        await _end(tasks)
        if isinstance(broker, InMemoryBroker):
            await _end_rounds(broker)
        await broker.shutdown()


def _once(job: Job, meters: JobMeters) -> Callable[[], Coroutine[Any, Any, None]]:
    """A job's round as a task: one at a time in this process, and no failure of it goes further."""
    under_way = asyncio.Lock()

    async def run() -> None:
        if under_way.locked():
            return
        async with under_way:
            meters.job(job.name, await _outcome(job))

    return run


async def _outcome(job: Job) -> str:
    try:
        await job.round()
    except GemeloError as error:
        log.warning("%s: %s", job.name, error)
        return error.code
    except Exception as error:  # a fault in the program: the next round comes all the same
        log.error("%s failed: %s", job.name, type(error).__name__)
        return "internal"
    return "done"


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _end_rounds(broker: InMemoryBroker) -> None:
    try:
        async with asyncio.timeout(_STOP_S):
            await broker.wait_all()
    except TimeoutError:
        log.warning("background work was left unfinished")
