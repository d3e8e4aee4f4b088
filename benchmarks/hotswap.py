"""How soon a change reaches every live session: real servers, managers and fans on real sockets.

    manager ──PUT layer | POST stop──▶ server A ──hint (Redis)──▶ server B
    the clock starts                       │ policy | notice         │ policy | notice
                                           ▼                         ▼
                                      half the fans             the other half

The answer to a write waits for the sessions of its own server, so the clock starts with the request.
A session has taken a change up when its page is told so: the very next turn runs under the new rules. The
write goes to each server in turn. Without Redis one process serves everybody and tells itself.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from time import perf_counter
from typing import Any
from urllib.request import Request, urlopen

from websockets.asyncio.client import ClientConnection

from gemelo.benchmarks.rows import Bench, Row, times
from gemelo.benchmarks.scripted_turns import NAMES, invented_names
from gemelo.benchmarks.serving import (
    DEPLOYMENT,
    LOOPBACK,
    Server,
    ServerFailed,
    commanded,
    install,
    program,
    running,
)
from gemelo.benchmarks.serving import socket as talking

SESSIONS = 200
PUBLISHES, STOPS = 10, 5
FULL_PUBLISHES, FULL_STOPS = 40, 20
SETTINGS = {
    "sessions": SESSIONS,
    "swap": "from the request that writes to the frame that tells a fan's page of the new rules",
    "end": "from the request of the kill switch to the notice that ends a session",
    "write": "from the request to its answer",
    "layer": f"the demo's portal with {NAMES} names to avoid, one of them another each time",
    "two processes": "100 sessions on each, one data folder, hints over a redis-server on loopback",
    "one process": "200 sessions, no Redis",
}
_TALENT = "vera-golazo"
_PATIENCE_S = 30.0
_WARM = 2
"""Publishes that are not counted."""


@dataclass(eq=False)
class Fans:
    """Everybody who talks; `heard` holds when (s) each was told of what is awaited, once."""

    sockets: list[ClientConnection] = field(default_factory=list[ClientConnection])
    heard: dict[ClientConnection, float] = field(default_factory=dict[ClientConnection, float])
    awaited: str = ""
    all_heard: asyncio.Event = field(default_factory=asyncio.Event)

    def await_frame(self, t: str) -> None:
        """From now on the next `server-message` of this kind is noted."""
        self.heard.clear()
        self.all_heard.clear()
        self.awaited = f'"t":"{t}"'

    async def listen(self, connection: ClientConnection) -> None:
        """Takes what one fan's socket brings, until it closes."""
        async for frame in connection:
            if isinstance(frame, str) and self.awaited and self.awaited in frame:
                self.heard.setdefault(connection, perf_counter())
                if len(self.heard) == len(self.sockets):
                    self.all_heard.set()

    async def waits_ms(self, since: float) -> list[float]:
        """How long after `since` each was told (ms).

        Raises:
            ServerFailed: somebody was told nothing.
        """
        try:
            await asyncio.wait_for(self.all_heard.wait(), _PATIENCE_S)
        except TimeoutError:
            missing = len(self.sockets) - len(self.heard)
            raise ServerFailed(f"{missing} of {len(self.sockets)} sessions were not told") from None
        return [1000 * (at - since) for at in self.heard.values()]


@dataclass(frozen=True, slots=True)
class Manager:
    """Somebody with a key of the admin API."""

    key: str

    async def publish(self, port: int, number: int) -> tuple[float, float]:
        """Publishes the portal's layer with another name in it; when it was asked and answered (s)."""
        address = f"deployments/{DEPLOYMENT}/layer"
        version = (await self._ask(port, "GET", address))["version"]
        body = {"yaml": _layer(number), "reason": "a benchmark"}
        return await self._timed(port, "PUT", address, body, {"if-match": f'"{version}"'})

    async def stop(self, port: int) -> tuple[float, float]:
        """Pulls the kill switch; when it was asked and answered (s)."""
        return await self._timed(port, "POST", f"talents/{_TALENT}/stop", {"reason": "a benchmark"})

    async def start(self, port: int) -> None:
        await self._ask(port, "POST", f"talents/{_TALENT}/start", {"reason": "a benchmark"})

    async def _timed(self, *asked: Any) -> tuple[float, float]:
        begun = perf_counter()
        await self._ask(*asked)
        return begun, perf_counter()

    async def _ask(
        self,
        port: int,
        method: str,
        path: str,
        body: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        told = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        data = json.dumps(body).encode() if body else None
        request = Request(
            f"http://{LOOPBACK}:{port}/admin/v1/{path}", data, told | (headers or {}), method=method
        )

        def send() -> dict[str, Any]:
            with urlopen(request, timeout=_PATIENCE_S) as answer:  # noqa: S310
                return json.load(answer)

        try:
            return await asyncio.to_thread(send)
        except (OSError, ValueError) as error:
            raise ServerFailed(f"{method} {path} failed: {error}") from error


async def run(bench: Bench, sessions: int = SESSIONS, counts: tuple[int, int] | None = None) -> list[Row]:
    """Measures two processes over Redis, where a redis-server is installed, then one process.

    Args:
        counts: of publishes and of stops.

    Raises:
        ServerFailed: a server did not start, or left a session as it was.
    """
    counts = counts or ((FULL_PUBLISHES, FULL_STOPS) if bench.full else (PUBLISHES, STOPS))
    rows: list[Row] = []
    if redis := shutil.which("redis-server"):
        async with _redis(redis) as url:
            rows += await _profile(bench, "two processes", 2, sessions, counts, {"REDIS_URL": url})
    else:
        bench.report("hotswap: no redis-server is installed, so two processes are not measured")
    return rows + await _profile(bench, "one process", 1, sessions, counts, {})


async def _profile(
    bench: Bench,
    profile: str,
    processes: int,
    sessions: int,
    counts: tuple[int, int],
    settings: dict[str, str],
) -> list[Row]:
    bench.report(f"hotswap: {profile}, {sessions} sessions")
    slots = {"GEMELO_SLOTS": f"{sessions + 10}"}
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="gemelo-bench-"))
        await install(folder, bench.demo)
        made = await commanded(
            [program(), "key", "--principal", "bench", "--platform-admin", "Bench", "--json"], folder
        )
        servers = [
            await stack.enter_async_context(
                running([program(), "serve", "--port", "0"], folder, **slots, **settings)
            )
            for _ in range(processes)
        ]
        manager = Manager(json.loads(made)["secret"])
        swaps, writes = await _publishing(manager, servers, sessions, counts[0])
        ends = await _stopping(manager, servers, sessions, counts[1])
    return [
        times("swap", "", swaps, profile),
        times("end", "", ends, profile),
        times("write", "", writes, profile),
    ]


async def _publishing(
    manager: Manager, servers: Sequence[Server], sessions: int, publishes: int
) -> tuple[list[float], list[float]]:
    """How long sessions, and the managers who publish, wait (ms)."""
    swaps: list[float] = []
    writes: list[float] = []
    async with _fans(servers, sessions) as fans:
        for number in range(_WARM + publishes):
            fans.await_frame("policy")
            asked, answered = await manager.publish(servers[number % len(servers)].port, number)
            waited = await fans.waits_ms(asked)
            if number >= _WARM:
                swaps += waited
                writes.append(1000 * (answered - asked))
    return swaps, writes


async def _stopping(manager: Manager, servers: Sequence[Server], sessions: int, stops: int) -> list[float]:
    """How long sessions go on after a stop (ms)."""
    ends: list[float] = []
    for number in range(stops):
        port = servers[number % len(servers)].port
        async with _fans(servers, sessions) as fans:
            fans.await_frame("notice")
            asked, _ = await manager.stop(port)
            ends += await fans.waits_ms(asked)
        await manager.start(port)
    return ends


@asynccontextmanager
async def _fans(servers: Sequence[Server], count: int) -> AsyncGenerator[Fans]:
    """Opens so many sessions, spread over the servers, who listen until the end."""
    fans = Fans()
    async with AsyncExitStack() as stack:
        for number in range(count):
            port = servers[number % len(servers)].port
            fans.sockets.append(await stack.enter_async_context(talking(port, voice=False)))
        listening = [asyncio.create_task(fans.listen(one)) for one in fans.sockets]
        yield fans
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)


def _layer(number: int) -> str:
    portal = (files("gemelo.admin") / "demo" / "layers" / "portal.yaml").read_text("utf-8")
    names = [{"name": name} for name in [*invented_names(NAMES - 1), f"Kestrelon{number}"]]
    return f"{portal}\nnames_to_avoid: {json.dumps(names)}\n"


@asynccontextmanager
async def _redis(program: str) -> AsyncGenerator[str]:
    """A redis-server on a free port of this machine, which keeps nothing."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    arguments = ("--port", f"{port}", "--bind", LOOPBACK, "--save", "", "--appendonly", "no")
    process = await asyncio.create_subprocess_exec(program, *arguments, stdout=asyncio.subprocess.DEVNULL)
    try:
        yield f"redis://{LOOPBACK}:{port}/0"
    finally:
        process.terminate()
        await process.wait()
