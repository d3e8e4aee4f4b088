"""Opening a house to the pipelines of a program of one's own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.seating import Seating
from gemelo.admin.api.twins import Twins
from gemelo.admin.services.reception import Reception
from gemelo.admin.services.watch import watching
from gemelo.admin.wiring import settle
from gemelo.admin.wiring.build import build, secret
from gemelo.admin.wiring.doors import open_places
from gemelo.admin.wiring.settings import Settings, read_settings


@asynccontextmanager
async def open_twins(settings: Settings | None = None) -> AsyncGenerator[Twins]:
    """A house for as long as the program runs; at the end replies under way may finish.

    Args:
        settings: those of the environment, as `gemelo serve` reads them, unless others are given.

    Raises:
        UsageError, ModelFileError, StoreError: it cannot be built; the sentence says what to do.
    """
    settings = settings or read_settings()
    house = await build(settings)
    try:
        await open_places(house)
        settle()
        reception = Reception(
            house, secret(settings), settings.slots, settings.token_s, quotas=settings.quotas
        )
        meters = PrometheusMeters()
        async with watching(house) as watch:
            twins = Twins(reception, Seating(reception, watch, meters), meters)
            try:
                yield twins
            finally:
                await twins.close(settings.drain_s)
    finally:
        await house.close()
