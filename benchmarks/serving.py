"""A real server in a process of its own, on a folder of its own, and one fan's socket to it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from websockets.asyncio.client import ClientConnection, connect

from gemelo.models.errors import ServiceError

DEPLOYMENT = "demo-portal"
_LISTENS = re.compile(r"http://127\.0\.0\.1:(\d+)")
_START_S = 60.0
_STOP_S = 30.0


class ServerFailed(ServiceError):
    """The server under test did not come up."""

    code = "server_failed"


@asynccontextmanager
async def serving() -> AsyncGenerator[tuple[int, int]]:
    """Installs the demo in a temporary folder and serves it; gives the process id and the port.

    Raises:
        ServerFailed: it did not start; its own words say why.
    """
    with tempfile.TemporaryDirectory(prefix="gemelo-bench-") as folder:
        await _ready(["demo"], folder)
        process = await _start(["serve", "--port", "0"], folder)
        try:
            port = await asyncio.wait_for(_port(process), _START_S)
            draining = asyncio.create_task(_drain(process))
            yield process.pid, port
            draining.cancel()
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), _STOP_S)


@asynccontextmanager
async def socket(port: int, *, voice: bool, language: str = "en") -> AsyncGenerator[ClientConnection]:
    """Opens a session on the demo and says `client-ready`."""
    token = await asyncio.to_thread(_token, port, language)
    url = f"ws://127.0.0.1:{port}/v1/talk?token={token}"
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


def _token(port: int, language: str) -> str:
    body = json.dumps({"deployment": DEPLOYMENT, "language": language}).encode()
    address = f"http://127.0.0.1:{port}/v1/sessions"
    request = Request(address, body, {"content-type": "application/json"})
    with urlopen(request, timeout=10) as answer:  # noqa: S310
        return json.load(answer)["token"]


async def _start(arguments: list[str], folder: str) -> asyncio.subprocess.Process:
    program = str(Path(sys.executable).with_name("gemelo"))
    environment = {**os.environ, "GEMELO_DATA_DIR": folder}
    return await asyncio.create_subprocess_exec(
        program, *arguments, env=environment, stderr=asyncio.subprocess.PIPE
    )


async def _ready(arguments: list[str], folder: str) -> None:
    process = await _start(arguments, folder)
    _, said = await process.communicate()
    if process.returncode:
        raise ServerFailed(f"gemelo {arguments[0]} failed: {said.decode(errors='replace').strip()}")


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
