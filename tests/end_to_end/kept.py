"""What a server has kept, read from its database by other means than its own."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def turns(data: Path, session: str) -> list[Row]:
    """The turns of a session in the order in which they were told."""
    with closing(sqlite3.connect(f"file:{data / 'gemelo.sqlite'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        found = database.execute("select * from turns where session = ? order by number", (session,))
        return [dict(row) for row in found]
