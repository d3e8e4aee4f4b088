"""Twins for the pipelines of one process: each is let in as any fan is, and held to the same rules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.seating import Seating
from gemelo.admin.services.entrance import Caller
from gemelo.admin.services.entrance import territory as country
from gemelo.admin.services.reception import Reception
from gemelo.models.errors import GemeloError
from gemelo.pipelines.pipecat.processor import Twin
from gemelo.pipelines.pipecat.table import Step
from gemelo.pipelines.pipecat.talk import PipelineTalk

HERE = "127.0.0.1"
"""A pipeline is a program on this machine."""
LEAVE_S = 5.0
"""How long a talk that is over may take to store and tell the rest."""


class Twins:
    """Where pipelines get their twins. `admin.wiring.pipecat.open_twins` makes one."""

    def __init__(self, reception: Reception, seating: Seating, meters: PrometheusMeters) -> None:
        self._reception = reception
        self._seating = seating
        self._meters = meters
        self._talks = 0
        self._left = asyncio.Event()

    def twin(
        self,
        deployment: str,
        *,
        language: str | None = None,
        resume: str | None = None,
        fan: str | None = None,
        territory: str = "",
        voice: bool = True,
    ) -> Twin:
        """A processor for one fan's pipeline; its session is opened when the pipeline starts.

        Args:
            deployment: its key.
            language: of the fan; None: the deployment's first.
            resume: of an earlier session (`Opened.resume`) that is to go on.
            fan: the badge of a fan who agreed to be known again.
            territory: where the fan is (ISO 3166), as you know it.
            voice: whether the twin speaks, or only writes.
        """
        caller = Caller(None, HERE, country(territory))
        admit = partial(self._reception.admit, deployment, caller, language, resume, None, fan)

        @asynccontextmanager
        async def door(
            carry: Callable[[Step], Awaitable[None]],
        ) -> AsyncGenerator[tuple[PipelineTalk, asyncio.Event]]:
            self._talks += 1
            try:
                async with self._seating.seated(
                    admit(),
                    lambda seat: PipelineTalk(
                        seat.fan, seat.stage, self._meters, carry, resume=seat.resume, spoken=voice
                    ),
                ) as (talk, seat):
                    yield talk, seat.slot.moved
            except GemeloError as error:
                self._meters.refused.labels(error.code).inc()
                raise
            finally:
                self._talks -= 1
                if not self._talks:
                    self._left.set()

        return Twin(door, name=f"Twin of {deployment}")

    async def close(self, drain_s: float) -> None:
        """Lets no more in, lets replies under way finish, then ends every session."""
        await self._seating.drain(drain_s)
        self._left.clear()
        if self._talks:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._left.wait(), LEAVE_S)

    def metrics(self) -> bytes:
        """What is counted, in Prometheus's exposition format."""
        return self._meters.render()
