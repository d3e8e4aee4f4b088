from __future__ import annotations

import asyncio

from gemelo.context.requests import Answered
from gemelo.context.store.database import Database
from gemelo.context.store.requests import KEPT_MS, SqlRequests


class Clock:
    now = 1_000

    def __call__(self) -> int:
        return self.now


async def test_the_first_claim_wins(database: Database) -> None:
    """Of many at once one runs; the others see that it was begun."""
    requests = SqlRequests(database)
    claims = await asyncio.gather(*(requests.claim("marta", "k", "hash") for _ in range(8)))
    assert sorted(map(str, claims)) == sorted(["None", *[str(Answered("hash"))] * 7])


async def test_an_answer_is_remembered(database: Database) -> None:
    """Who asks again gets what was answered, also from another process's view."""
    requests = SqlRequests(database)
    await requests.claim("marta", "k", "hash")
    await requests.finish("marta", "k", 201, "done")
    assert await SqlRequests(database).claim("marta", "k", "other") == Answered("hash", 201, "done")


async def test_keys_are_each_principals_own(database: Database) -> None:
    """Nobody meets what another principal asked."""
    requests = SqlRequests(database)
    await requests.claim("marta", "k", "hash")
    assert await requests.claim("bruno", "k", "hash") is None


async def test_a_released_claim_is_free_and_an_answer_stays(database: Database) -> None:
    """Only what was not answered is forgotten."""
    requests = SqlRequests(database)
    await requests.claim("marta", "k", "hash")
    await requests.release("marta", "k")
    assert await requests.claim("marta", "k", "hash") is None
    await requests.finish("marta", "k", 200, "done")
    await requests.release("marta", "k")
    assert await requests.claim("marta", "k", "hash") == Answered("hash", 200, "done")


async def test_requests_are_forgotten_after_a_day(database: Database) -> None:
    """The key may be used anew then."""
    clock = Clock()
    requests = SqlRequests(database, clock)
    await requests.claim("marta", "k", "hash")
    clock.now += KEPT_MS
    assert await requests.claim("marta", "k", "hash") == Answered("hash")
    clock.now += 1
    assert await requests.claim("marta", "k", "hash") is None


async def test_everybody_s_old_requests_are_pruned(database: Database) -> None:
    """Whether their principal ever asks again or not; what is younger than a day stays."""
    clock = Clock()
    requests = SqlRequests(database, clock)
    for who in ("marta", "bruno"):
        await requests.claim(who, "old", "hash")
    clock.now += KEPT_MS
    await requests.claim("nina", "young", "hash")
    assert await requests.prune() == 0
    clock.now += 1
    assert await requests.prune() == 2
    assert await requests.claim("nina", "young", "hash") == Answered("hash")
