"""Tests for a worker's registration, at a server that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from livekit.protocol import agent

from gemelo.pipelines.livekit.registration import KeyRefused, Registration
from gemelo.pipelines.livekit.server import Server


class Empty:
    """A hall where nobody is."""

    load = 0.0

    def reserve(self, job: agent.Job) -> str:
        return ""

    def begin(self, job: str, ended: Callable[[str], None]) -> None:
        raise AssertionError("nothing was reserved")

    def forget(self, job: str) -> None:
        raise AssertionError("nothing was reserved")


class Gate:
    """Answers each connection in its turn: 200 registers whoever comes and hangs up, the last one stays."""

    def __init__(self, *answers: int) -> None:
        self._answers = list(answers)
        self.stays = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        status = self._answers.pop(0)
        if status != 200:
            return web.Response(status=status)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive_bytes()
        registered = agent.ServerMessage(register=agent.RegisterWorkerResponse(worker_id="W"))
        await socket.send_bytes(registered.SerializeToString())
        if not self._answers:
            self.stays.set()
            async for _ in socket:
                pass
        return socket


@asynccontextmanager
async def registering(gate: Gate) -> AsyncGenerator[asyncio.Task[None]]:
    """A worker that comes to a gate until it is turned away for good."""
    app = web.Application()
    app.router.add_get("/agent", gate.answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    server = Server(f"ws://{host}:{port}", "key", "a-secret-that-is-long-enough-to-sign-with")
    running = asyncio.create_task(Registration(server, "twins", Empty()).run())
    try:
        yield running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await runner.cleanup()


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_was_never_known_is_refused(status: int) -> None:
    """The program ends and says what to set."""
    async with registering(Gate(status)) as running:
        with pytest.raises(KeyRefused, match="LIVEKIT_API_KEY"):
            await running


@pytest.mark.parametrize("status", [401, 403])
async def test_who_was_registered_is_not_turned_away_for_good(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that refuses its key for a while costs no room: it tries again until it is registered."""
    gate = Gate(200, status, status, 200)
    async with registering(gate) as running:
        stays = asyncio.create_task(gate.stays.wait())
        await asyncio.wait([running, stays], return_when=asyncio.FIRST_COMPLETED)
        stays.cancel()
        assert not running.done()
    assert sum(str(status) in line for line in caplog.messages) == 2
