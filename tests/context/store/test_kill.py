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
from tests.databases import Address

CHILD = Path(__file__).with_name("killed.py")
REPLY = "Soy un gemelo virtual y hablo de fútbol"


async def talk_until_killed(address: Address, first: int, lines: int) -> list[str]:
    """Runs the child, kills it once it has said so many lines, and returns all that it said."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), address.url, str(first), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    said = [await child.stdout.readline() for _ in range(lines)]
    child.kill()
    said += (await child.stdout.read()).splitlines()
    assert await child.wait() == -9
    return [line.decode().rstrip("\n") for line in said]


@pytest.mark.parametrize("seed", range(4))
async def test_a_kill_loses_and_doubles_no_turn(
    database: Database, sessions: SqlSessions, address: Address, turn: Any, seed: int
) -> None:
    """Each turn said to be stored is there exactly once, also after its client sent it again.

    What was said to be heard or finished is there too; what was not finished may be answered anew.
    """
    chance = random.Random(seed)
    said: list[str] = []
    first = 0
    for _ in range(2):
        said += await talk_until_killed(address, first, chance.randint(1, 60))
        first = max(int(line.split()[1]) for line in said) + 1
    records = SqlRecords(database)
    await records.recover()
    committed = {int(line.split()[1]) for line in said if line.startswith("committed")}
    finished = {int(line.split()[1]) for line in said if line.startswith("finished")}
    heard = {int(line.split()[1]): line.split(" ", 2)[2] for line in said if line.startswith("heard")}
    for number in committed:
        outcome = await records.reply_of("s1", f"c{number}")
        assert outcome is not None
        assert outcome.heard.startswith(heard.get(number, ""))
        assert REPLY.startswith(outcome.heard)
        if number in finished:
            assert (outcome.status, outcome.heard) == (TurnStatus.DONE, REPLY)
        elif outcome.status is not TurnStatus.DONE:
            assert (outcome.status, outcome.error) == (TurnStatus.FAILED, PROCESS_DIED)
    for number in range(1, first + 1):
        answer_it = await records.commit(turn(f"again{number}", 1_000 + number, client_id=f"c{number}"))
        assert not (answer_it and number in finished)
        assert not await records.commit(turn(f"more{number}", 2_000 + number, client_id=f"c{number}"))
    assert len(await records.history("s1", 10_000)) == first
