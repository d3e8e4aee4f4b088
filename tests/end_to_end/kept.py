"""What a server has kept, read from its database by other means than its own."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.client import PATIENCE_S

Row = dict[str, Any]


async def turns(data: Path, session: str) -> list[Row]:
    """The turns of a session in the order in which they were told, once each of them is over.

    How a turn ended is stored after the fan's client was told.
    """
    async with asyncio.timeout(PATIENCE_S):
        while any(turn["status"] == "open" for turn in told(data, session)):  # noqa: ASYNC110 by another process
            await asyncio.sleep(0.02)
    return told(data, session)


def told(data: Path, session: str) -> list[Row]:
    """The turns of a session, over or not."""
    with closing(sqlite3.connect(f"file:{data / 'gemelo.sqlite'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        found = database.execute("select * from turns where session = ? order by number", (session,))
        return [dict(row) for row in found]
