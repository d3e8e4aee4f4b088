"""A real server in a process of its own, on a folder of its own, and one fan's socket to it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.request import Request, urlopen

from websockets.asyncio.client import ClientConnection, connect

from gemelo.models.errors import ServiceError

DEPLOYMENT = "demo-portal"
LOOPBACK = "127.0.0.1"
_LISTENS = re.compile(r"http://127\.0\.0\.1:(\d+)")
_OTHERS = ("DATABASE_", "REDIS_", "GEMELO_DATABASE_", "GEMELO_REDIS_")
_START_S = 180.0
_STOP_S = 30.0
_PAUSE_S = 0.06
"""Between turns: the last one's outcome is stored meanwhile, and the server allows 20 messages a second."""


class ServerFailed(ServiceError):
    """The server under test did not come up."""

    code = "server_failed"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs; `folder` holds its data."""

    process: asyncio.subprocess.Process
    folder: Path
    port: int

    @property
    def pid(self) -> int:
        return self.process.pid

    async def ask(self) -> str:
        """Sends an empty line and reads one: what the scripted server measures of itself."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        return (await self.process.stdout.readline()).decode()


@asynccontextmanager
async def serving(demo: Path | None = None) -> AsyncGenerator[tuple[int, int]]:
    """Installs the demo in a temporary folder (see `install`) and serves it; gives process id and port.

    Raises:
        ServerFailed: it did not start; its own words say why.
    """
    with tempfile.TemporaryDirectory(prefix="gemelo-bench-") as folder:
        await install(folder, demo)
        async with running([program(), "serve", "--port", "0"], folder) as server:
            yield server.pid, server.port


async def install(folder: str, demo: Path | None = None) -> None:
    """Puts the demo into an empty data folder: a copy of one that has it, or learned anew.

    Raises:
        ServerFailed: it could not be learned.
    """
    if demo:
        await asyncio.to_thread(shutil.copytree, demo, folder, dirs_exist_ok=True)
    else:
        await commanded([program(), "demo"], folder)


def program() -> str:
    """The `gemelo` beside the Python that runs."""
    return str(Path(sys.executable).with_name("gemelo"))


@asynccontextmanager
async def reached(target: str, demo: Path | None = None) -> AsyncGenerator[tuple[str, int]]:
    """The host and port of a target, "host:port", or of a server of one's own where none is named.

    Args:
        demo: see `install`.

    Raises:
        ServerFailed: it did not start.
    """
    if target:
        host, _, port = target.rpartition(":")
        yield host, int(port)
        return
    async with serving(demo) as (_, port):
        yield LOOPBACK, port


@asynccontextmanager
async def scripted(*arguments: str, demo: Path | None = None, **settings: str) -> AsyncGenerator[Server]:
    """Serves the demo on scripted services (`gemelo.admin.wiring.scripted`) in a folder of its own.

    Args:
        demo: a data folder to begin with a copy of; None: an empty one, where it learns the demo.

    Raises:
        ServerFailed: it did not start; its own words say why.
    """
    with tempfile.TemporaryDirectory(prefix="gemelo-bench-") as folder:
        if demo:
            await install(folder, demo)
        command = [sys.executable, "-m", "gemelo.admin.wiring.scripted", *arguments]
        async with running(command, folder, **settings) as server:
            yield server


@asynccontextmanager
async def running(command: Sequence[str], folder: str, **settings: str) -> AsyncGenerator[Server]:
    """A server on a data folder that is there, until the end.

    Raises:
        ServerFailed: it did not start; its own words say why.
    """
    process = await _start(command, folder, **settings)
    try:
        server = Server(process, Path(folder), await asyncio.wait_for(_port(process), _START_S))
        draining = asyncio.create_task(_drain(process))
        yield server
        draining.cancel()
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), _STOP_S)


@asynccontextmanager
async def socket(
    port: int, *, voice: bool, language: str = "en", host: str = LOOPBACK
) -> AsyncGenerator[ClientConnection]:
    """Opens a session on the demo and says `client-ready`.

    Raises:
        ServerFailed: nothing there knows the demo.
    """
    token = await asyncio.to_thread(admitted, port, language, host=host)
    url = f"ws://{host}:{port}/v1/talk?token={token}"
    async with connect(url, compression=None, max_size=None) as connection:
        await send(connection, "client-ready", {"version": "1", "voice": voice}, "ready")
        await message(connection, "bot-ready")
        yield connection


async def send(connection: ClientConnection, type: str, data: dict[str, Any], id: str) -> None:
    await connection.send(json.dumps({"label": "rtvi-ai", "type": type, "id": id, "data": data}))


async def message(connection: ClientConnection, type: str, t: str = "") -> dict[str, Any]:
    """Reads up to the next message of a type (of a `server-message`, with that `t`).

    Raises:
        ServerFailed: the server answered with an error instead.
    """
    while True:
        frame = await connection.recv()
        if isinstance(frame, bytes):
            continue
        found = json.loads(frame)
        if found["type"] == "error":
            raise ServerFailed(f"the server answered {found['data']['code']}")
        if found["type"] == type and (not t or found["data"]["t"] == t):
            return found


async def first_text_ms(connection: ClientConnection, text: str, id: str) -> float:
    """Asks a typed question; ms until the first text of its reply has come. Returns when the turn is over."""
    sent = perf_counter()
    await send(connection, "send-text", {"content": text}, id)
    await message(connection, "bot-llm-text")
    taken = 1000 * (perf_counter() - sent)
    await message(connection, "server-message", "timeline")
    await asyncio.sleep(_PAUSE_S)
    return taken


def admitted(port: int, language: str, resume: str = "", *, host: str = LOOPBACK) -> str:
    """The token of a new session on the demo, or of one that goes on. Blocks.

    Raises:
        ServerFailed: nothing there knows the demo, or it is full.
    """
    body = json.dumps({"deployment": DEPLOYMENT, "language": language, "resume": resume or None}).encode()
    address = f"http://{host}:{port}/v1/sessions"
    request = Request(address, body, {"content-type": "application/json"})
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.load(answer)["token"]
    except (OSError, ValueError, KeyError) as error:
        raise ServerFailed(f"no session was opened at {host}:{port}: {error}") from error


async def _start(command: Sequence[str], folder: str, **settings: str) -> asyncio.subprocess.Process:
    # nothing of what is measured may touch a database or a Redis that is somebody's
    own = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
    return await asyncio.create_subprocess_exec(
        *command,
        env={
            **own,
            "GEMELO_DATA_DIR": folder,
            "GEMELO_QUOTAS": "false",
            "GEMELO_ADMIN_RATE": "1000000",
            **settings,
        },
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def commanded(command: Sequence[str], folder: str) -> str:
    """Runs one command on a data folder to its end; returns what it printed.

    Raises:
        ServerFailed: it failed; its own words say why.
    """
    process = await _start(command, folder)
    printed, said = await process.communicate()
    if process.returncode:
        raise ServerFailed(f"{' '.join(command)} failed: {said.decode(errors='replace').strip()}")
    return printed.decode()


async def _port(process: asyncio.subprocess.Process) -> int:
    assert process.stderr is not None
    said = ""
    async for line in process.stderr:
        said += line.decode(errors="replace")
        if found := _LISTENS.search(said):
            return int(found[1])
    raise ServerFailed(f"the server did not start: {said.strip()}")


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    async for _ in process.stderr:
        pass
