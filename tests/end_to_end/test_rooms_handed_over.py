"""A worker dies, or stops, in mid-call: another goes on in its rooms, with what was said before."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.kept import told
from tests.livekit_server import LiveKitServer, worker
from tests.redis_server import RedisServer
from tests.room import RoomFan, joined


class Pair:
    """Two workers of one house; only the first is there when a fan comes."""

    def __init__(self, livekit: LiveKitServer, data: Path, redis: RedisServer) -> None:
        self.first, self.second = (
            worker(livekit, data, REDIS_URL=redis.url, GEMELO_SECRET="one-house") for _ in range(2)
        )

    def stop(self) -> None:
        for one in (self.first, self.second):
            one.stop(signal.SIGKILL)


@pytest.fixture
def workers(livekit: LiveKitServer, own_demo: Path, redis: RedisServer) -> Iterator[Pair]:
    pair = Pair(livekit, own_demo, redis)
    pair.first.start()
    yield pair
    pair.stop()


async def ready_again(fan: RoomFan) -> str:
    """Waits for another twin, and returns the id of its session."""
    return (await fan.got("bot-ready", 2))["data"]["session"]


async def test_a_killed_workers_room_goes_on_with_its_history(
    livekit: LiveKitServer, workers: Pair, own_demo: Path
) -> None:
    """SIGKILL while the twin answers: a twin is there again, in the same session, with its history."""
    async with joined(livekit, "killed") as fan:
        session = (await fan.got("bot-ready"))["data"]["session"]
        assert "virtual twin" in await fan.ask("What is the offside rule?")
        await asyncio.to_thread(workers.second.start)
        await fan.room.local_participant.send_text("Why do fans sing?", topic="lk.chat")
        await fan.got("bot-llm-started", 2)
        workers.first.stop(signal.SIGKILL)
        assert await ready_again(fan) == session
        again = await fan.ask("Who are you?")
        assert len(fan.of("bot-llm-started")) == 3
        assert again
        kept = await asyncio.to_thread(numbers, own_demo, session)
        assert kept == [1, 2, 3]


async def test_a_stopped_workers_room_is_handed_over(livekit: LiveKitServer, workers: Pair) -> None:
    """SIGTERM: the reply is said to its end, and another worker goes on."""
    async with joined(livekit, "stopped") as fan:
        session = (await fan.got("bot-ready"))["data"]["session"]
        await asyncio.to_thread(workers.second.start)
        await fan.room.local_participant.send_text("What is the offside rule?", topic="lk.chat")
        await fan.got("bot-llm-started")
        stopping = asyncio.to_thread(workers.first.stop)
        status, again = await asyncio.gather(stopping, ready_again(fan))
        assert (status, again) == (0, session)
        assert (await fan.got("bot-llm-stopped"))["data"]["status"] == "done"
        assert "virtual twin" not in await fan.ask("Why do fans sing?")


def numbers(data: Path, session: str) -> list[int]:
    """Of the turns that are kept of a session."""
    return [turn["number"] for turn in told(data, session)]
