"""Delivers what is due, and is killed the moment the first endpoint has answered: for `test_jobs`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from gemelo.admin.services.jobs import Postroom
from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.outbox import SqlOutbox
from gemelo.context.store.sqlite import sqlite_url
from gemelo.models.adapters.aiohttp_courier import AiohttpCourier


class DyingCourier(AiohttpCourier):
    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        await super().post(url, headers, body)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


async def main() -> None:
    database = await Database.open(sqlite_url(Path(sys.argv[1])))
    postroom = Postroom(SqlOutbox(database), DyingCourier(loopback=True), now_ms)
    while await postroom.round():
        await postroom.settled()


asyncio.run(main())
