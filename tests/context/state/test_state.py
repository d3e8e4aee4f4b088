"""What processes share: one suite for the state in memory and the one on a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import pytest
from redis.asyncio import Redis

from gemelo.admin.services.state import Hint, Shared
from gemelo.context.state.memory import MemoryState
from gemelo.context.state.redis import RedisState
from gemelo.models.errors import StateError
from tests.redis_server import RedisServer


@pytest.fixture(params=["memory", "redis"])
async def shared(request: pytest.FixtureRequest) -> AsyncIterator[Shared]:
    if request.param == "memory":
        yield MemoryState(asyncio.get_running_loop().time)
        return
    server: RedisServer = request.getfixturevalue("redis")
    state = await RedisState.open(server.url)
    yield state
    await state.close()


async def heard(hints: AsyncGenerator[Hint], wanted: Hint) -> None:
    """Waits for a hint."""
    async with asyncio.timeout(60):
        async for hint in hints:
            if hint == wanted:
                return


async def test_something_is_first_once(shared: Shared) -> None:
    """Of all who ask for one key, at once or later, one is told that they are the first."""
    asked = await asyncio.gather(*(shared.first("pass:a", 60) for _ in range(20)))
    assert sorted(asked) == [False] * 19 + [True]
    assert not await shared.first("pass:a", 60)
    assert await shared.first("pass:b", 60)


async def test_what_was_first_is_forgotten_after_its_time(shared: Shared) -> None:
    """A key is free again when its time is over, however often it was asked for."""
    assert await shared.first("pass:a", 1)
    assert not await shared.first("pass:a", 1)
    async with asyncio.timeout(60):
        while True:
            if await shared.first("pass:a", 1):
                break
            await asyncio.sleep(0.05)


async def test_counts_add_up(shared: Shared) -> None:
    """Nobody's count is lost, a count by nothing only looks, and keys do not mix."""
    await asyncio.gather(*(shared.count("quota:a", 60) for _ in range(20)))
    assert await shared.count("quota:a", 60, by=0) == 20
    assert await shared.count("quota:a", 60, by=5) == 25
    assert await shared.count("quota:b", 60) == 1


async def test_a_count_ends_so_long_after_it_was_begun(shared: Shared) -> None:
    """To count on does not put off the end: a limit a minute is no limit for ever."""
    await shared.count("rate:a", 1)
    async with asyncio.timeout(60):
        while True:
            if await shared.count("rate:a", 1) == 1:
                break
            await asyncio.sleep(0.05)


async def test_what_was_written_down_is_found_for_its_time(shared: Shared) -> None:
    """The last value under a key, until its time is over; nothing under another key."""
    await shared.keep("chat:a", "one", 60)
    await shared.keep("chat:a", "two", 1)
    assert await shared.kept("chat:b") == ""
    assert await shared.kept("chat:a") in ("two", "")
    async with asyncio.timeout(60):
        while True:
            if await shared.kept("chat:a") == "":
                break
            await asyncio.sleep(0.05)


async def test_who_listens_hears_what_is_told(shared: Shared) -> None:
    """Every listener begins with a comparison, then hears of each change."""
    async with aclosing(shared.listen()) as one, aclosing(shared.listen()) as other:
        assert await anext(one) is None
        assert await anext(other) is None
        await shared.tell(frozenset({"leo", "mía"}))
        await heard(one, frozenset({"leo", "mía"}))
        await heard(other, frozenset({"leo", "mía"}))


async def test_state_that_is_there_answers(shared: Shared) -> None:
    """A ping is quiet where all is well."""
    await shared.ping()


async def test_memory_forgets_what_is_over() -> None:
    """However many keys come, only those are kept whose time is not over."""
    now = [0.0]
    state = MemoryState(lambda: now[0])
    for second in range(1_000):
        now[0] = second
        assert await state.first(f"{second}", 60)
    assert len(state) == 60


async def test_processes_hear_of_each_other(redis: RedisServer) -> None:
    """What one process tells another hears, and the one itself hears it once."""
    one, other = await RedisState.open(redis.url), await RedisState.open(redis.url)
    async with aclosing(one.listen()) as mine, aclosing(other.listen()) as theirs:
        assert await anext(mine) is None
        assert await anext(theirs) is None
        await heard(mine, None)  # both are connected now
        await heard(theirs, None)
        await one.tell(frozenset({"leo"}))
        await heard(theirs, frozenset({"leo"}))
        await heard(mine, frozenset({"leo"}))
        await other.tell(frozenset({"mía"}))
        assert await anext(mine) == frozenset({"mía"})
    await one.close()
    await other.close()


async def test_a_server_that_dies_is_missed_and_found_again(
    redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """Without Redis nothing is promised and only StateError is raised; with it back, hints come again."""
    one, other = await RedisState.open(redis.url), await RedisState.open(redis.url)
    async with aclosing(other.listen()) as theirs:  # from before it is connected: that is told of
        assert await anext(theirs) is None
        await heard(theirs, None)
        assert await one.first("pass:a", 60)
        redis.kill()
        for asked in (one.ping(), one.first("pass:b", 60), one.count("quota:a", 60)):
            with pytest.raises(StateError):
                await asked
        await one.tell(frozenset({"leo"}))
        assert "other servers were not told" in caplog.text
        redis.start()
        await heard(theirs, None)  # compare: something was missed
        await one.tell(frozenset({"mía"}))
        await heard(theirs, frozenset({"mía"}))
        await one.ping()
        assert await one.first("pass:b", 60)
    await one.close()
    await other.close()


async def test_a_server_that_comes_late_is_found(redis: RedisServer) -> None:
    """A house opens although its Redis is not there yet."""
    redis.kill()
    state = await RedisState.open(redis.url)
    async with aclosing(state.listen()) as hints:
        assert await anext(hints) is None
        redis.start()
        await heard(hints, None)
    await state.close()


async def test_a_foreign_message_is_no_hint(redis: RedisServer) -> None:
    """What is no hint of this program is left aside, and the next hint is heard."""
    one, other = await RedisState.open(redis.url), await RedisState.open(redis.url)
    async with aclosing(other.listen()) as theirs:
        assert await anext(theirs) is None
        await heard(theirs, None)
        stranger = Redis.from_url(redis.url)  # pyright: ignore[reportUnknownMemberType]
        for rubbish in ("{}", "[]", "nonsense", '{"from": 1, "changed": 2}'):
            await stranger.publish("gemelo:changed", rubbish)  # pyright: ignore[reportUnknownMemberType]
        await stranger.aclose()
        await one.tell(frozenset({"leo"}))
        assert await anext(theirs) == frozenset({"leo"})
    await one.close()
    await other.close()


@pytest.mark.parametrize("url", ["", "nonsense", "http://127.0.0.1:6379"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    """The error says how one is written, and quotes none: it may hold a password."""
    with pytest.raises(StateError, match="redis://"):
        await RedisState.open(url)


async def test_memory_grows_with_keys_and_not_with_writes() -> None:
    """Who writes the same key for ever holds one place, and gives it back when its time is over."""
    now = 0.0
    state = MemoryState(lambda: now)
    for _ in range(100):
        await state.keep("chat:a", "hi", 60)
        now += 1.0
    assert await state.kept("chat:a") == "hi"
    assert len(state) == 1
    now += 60.0
    assert await state.kept("chat:a") == ""
    assert len(state) == 0
