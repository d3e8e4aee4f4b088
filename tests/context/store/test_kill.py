"""A real `kill -9`, at random points of a process that takes turns."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path
from typing import Any

import pytest

from gemelo.context.records import TurnStatus
from gemelo.context.store.database import Database
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.turns import PROCESS_DIED, SqlRecords

CHILD = Path(__file__).with_name("killed.py")
REPLY = "Soy un gemelo virtual y hablo de fútbol"


async def talk_until_killed(path: Path, first: int, lines: int) -> list[str]:
    """Runs the child, kills it once it has said so many lines, and returns all that it said."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), str(path), str(first), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    said = [await child.stdout.readline() for _ in range(lines)]
    child.kill()
    said += (await child.stdout.read()).splitlines()
    assert await child.wait() == -9
    return [line.decode().rstrip("\n") for line in said]


@pytest.mark.parametrize("seed", range(4))
async def test_a_kill_loses_and_doubles_no_turn(
    database: Database, sessions: SqlSessions, path: Path, turn: Any, seed: int
) -> None:
    """Each turn said to be stored is there exactly once, also after its client sent it again."""
    chance = random.Random(seed)
    said: list[str] = []
    first = 0
    for _ in range(2):
        said += await talk_until_killed(path, first, chance.randint(1, 60))
        first = max(int(line.split()[1]) for line in said) + 1
    records = SqlRecords(database)
    await records.recover()
    committed = {int(line.split()[1]) for line in said if line.startswith("committed")}
    unsaid = set(range(1, first + 1)) - committed
    for number in sorted(committed | unsaid):
        stored = await records.commit(turn(f"again{number}", 1_000 + number, client_id=f"c{number}"))
        assert not (stored and number in committed)
    assert len(await records.history("s1", 1_000)) == len(committed | unsaid)
    finished = {int(line.split()[1]) for line in said if line.startswith("finished")}
    heard = {int(line.split()[1]): line.split(" ", 2)[2] for line in said if line.startswith("heard")}
    for number in committed:
        found = await records.reply_of("s1", f"c{number}")
        assert found is not None
        record, outcome = found
        assert record.id == f"t{number}"
        assert outcome.heard.startswith(heard.get(number, ""))
        assert REPLY.startswith(outcome.heard)
        if number in finished:
            assert (outcome.status, outcome.heard) == (TurnStatus.DONE, REPLY)
        elif outcome.status is not TurnStatus.DONE:
            assert (outcome.status, outcome.error) == (TurnStatus.FAILED, PROCESS_DIED)
