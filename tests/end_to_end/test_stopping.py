"""Servers that are stopped or killed: what fans said and heard is neither lost nor doubled."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.client import Fan, SocketClosed, admit, fetch, opened, talking
from tests.end_to_end.kept import turns
from tests.server import Server

QUESTION = "What is the offside rule?"
UNANSWERABLE = "zxqw"
"""Its answer is the shortest one."""
BYTES_A_MS = 48


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def gone(pid: int) -> None:
    """Waits until a process is no more."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, ended.set)
    try:
        async with asyncio.timeout(30):
            await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def stopped(server: Server) -> int:
    return await asyncio.to_thread(server.stop)


async def test_a_stopping_server_lets_replies_finish(demo_data: Path, tmp_path: Path) -> None:
    """Told to stop, with all its process group, it turns newcomers away, finishes what it says, and goes."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    copies = [Path(shutil.copytree(demo_data, tmp_path / number.name)) for number in numbers]
    await asyncio.gather(
        *(stops_politely(data, number) for data, number in zip(copies, numbers, strict=True))
    )


async def stops_politely(data: Path, number: signal.Signals) -> None:
    server = await asyncio.to_thread(Server(data).start)
    late = (await admit(server, "demo-portal")).json()["token"]
    async with talking(server, language="en") as fan:
        await fan.ask(UNANSWERABLE)
        await fan.tell("voice", on=True)
        await fan.send("send-text", {"content": UNANSWERABLE})
        turn = (await fan.got("bot-started-speaking"))["data"]["turn"]
        workers = children(server.process.pid)
        assert workers
        os.killpg(server.process.pid, number)
        while (await fetch(server, "/readyz")).status_code == 200:
            pass
        async with opened(server, late) as newcomer:
            assert await newcomer.closed() == 1001
            assert newcomer.frames[-1]["data"]["code"] == "draining"
        refused = await admit(server, "demo-portal")
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "draining")
        await fan.got("bot-stopped-speaking", turn=turn)
        assert await fan.closed() == 1001
        assert fan.of("bot-llm-stopped", turn=turn, status="done")
        last_word = fan.of("bot-tts-text", turn=turn)[-1]["data"]
        assert fan.audio[turn] >= (last_word["to_ms"] - 20) * BYTES_A_MS
    assert await stopped(server) == 0
    kept = (await turns(server.data, fan.ready["session"]))[-1]
    assert kept["status"] == "done"
    assert kept["heard"] == kept["reply"] == fan.text(turn)
    for pid in workers:
        await gone(pid)


async def test_a_killed_server_leaves_no_process_behind(own_demo: Path) -> None:
    """Its workers end by themselves, even in mid-sentence."""
    server = Server(own_demo).start()
    async with talking(server, language="en", voice=True) as fan:
        await fan.tell("mic", on=True)
        await fan.send("send-text", {"content": QUESTION})
        await fan.got("bot-tts-text", 2)
        workers = children(server.process.pid)
        assert len(workers) == 2
        server.stop(signal.SIGKILL)
        for pid in workers:
            await gone(pid)


class Chatterer:
    """A fan who keeps talking whatever happens to the server, as the widget does: resume, then send again."""

    def __init__(self, name: str, language: str, answered: asyncio.Queue[str]) -> None:
        self.language = language
        self.unsaid = {f"{name}-{number}": f"{QUESTION} ({number})" for number in range(12)}
        self.ids = list(self.unsaid)
        self.answered = answered
        self.replies: dict[str, str] = {}
        self.ready: dict[str, str] = {}

    async def talk(self, server: Server) -> None:
        """Says what is left to be said, until it is answered or the server dies."""
        resume = self.ready.get("resume")
        try:
            async with talking(server, language=self.language, resume=resume) as fan:
                if self.ready:
                    assert fan.ready["session"] == self.ready["session"]
                self.ready = fan.ready
                while self.unsaid:
                    await self._say_next(fan)
        except (OSError, ConnectionClosed, InvalidHandshake, httpx.TransportError, SocketClosed):
            await asyncio.to_thread(server.process.wait, 30)

    async def _say_next(self, fan: Fan) -> None:
        id, text = next(iter(self.unsaid.items()))
        reply = await fan.ask(text, id)
        assert fan.of("bot-llm-started")[-1]["id"] == id
        self.replies[id] = reply.text
        self.answered.put_nowait(id)
        del self.unsaid[id]


@pytest.mark.parametrize("seed", range(3))
async def test_a_kill_at_any_moment_loses_and_doubles_no_turn(own_demo: Path, seed: int) -> None:
    """Fans who resume by token and send again by id have each message answered and kept once."""
    chance = random.Random(seed)
    server = Server(own_demo)
    answered = asyncio.Queue[str]()
    fans = [Chatterer(f"fan{number}", chance.choice(["en", "es"]), answered) for number in range(3)]
    for _ in range(2):
        server.start()
        talks = [asyncio.create_task(fan.talk(server)) for fan in fans]
        for _ in range(chance.randrange(1, 15)):
            await answered.get()
        server.stop(signal.SIGKILL)
        await asyncio.gather(*talks)
    server.start()
    await asyncio.gather(*(fan.talk(server) for fan in fans))
    assert await stopped(server) == 0
    for fan in fans:
        kept = await turns(server.data, fan.ready["session"])
        assert [turn["client_id"] for turn in kept] == fan.ids
        assert not fan.unsaid
        for turn in kept:
            reply = fan.replies[turn["client_id"]]
            if turn["error"] == "process_died":  # killed between the last word and the book-keeping
                assert reply.startswith(turn["heard"])
            else:
                assert (turn["status"], turn["reply"], turn["heard"]) == ("done", reply, reply)
