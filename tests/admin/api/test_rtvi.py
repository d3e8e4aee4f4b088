"""Tests for `/start` and `/rtvi` on a real server: who is let in, and how what is wrong is said."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from gemelo.pipelines import pipecat_frames as frames
from tests.client import HERE, PATIENCE_S
from tests.server import Server


async def start(server: Server, origin: str | None = HERE, **body: Any) -> httpx.Response:
    headers = {"origin": origin} if origin else {}
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_S, trust_env=False) as client:
        return await client.post("/start", json=body, headers=headers)


async def received(socket: ClientConnection) -> dict[str, Any]:
    frame = await socket.recv()
    assert isinstance(frame, bytes)
    return json.loads(str(frames.read(frame)))


async def test_the_start_is_all_that_the_client_takes(server: Server) -> None:
    """It refuses connection parameters that it does not know."""
    answer = await start(server, deployment="demo-portal")
    assert answer.status_code == 200
    assert set(answer.json()) == {"wsUrl", "token"}
    assert answer.headers["access-control-allow-origin"] == HERE


@pytest.mark.parametrize(
    ("origin", "deployment", "status"), [(HERE, "no-such", 404), ("https://evil.example", "demo-portal", 403)]
)
async def test_who_may_not_come_in_is_told_why(
    server: Server, origin: str, deployment: str, status: int
) -> None:
    """As `info`, where the client looks for it."""
    answer = await start(server, origin, deployment=deployment)
    assert answer.status_code == status
    assert answer.json()["info"] == answer.json()["error"]["message"]


async def test_a_forged_token_is_told_and_hung_up_on(server: Server) -> None:
    """In a frame that the client can read."""
    async with connect(f"{server.url.replace('http', 'ws')}/rtvi?token=forged", proxy=None) as socket:
        assert (await received(socket))["data"]["code"] == "token_refused"
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


async def test_nonsense_is_refused_and_the_talk_goes_on(server: Server) -> None:
    """Text, half a frame, another rate; then the message is answered."""
    where = (await start(server, deployment="demo-portal")).json()
    async with connect(f"{where['wsUrl']}?token={where['token']}", proxy=None) as socket:
        await socket.send(frames.message('{"type": "client-ready", "id": "a1", "data": {"voice": false}}'))
        ready = await received(socket)
        assert (ready["type"], ready["id"]) == ("bot-ready", "a1")
        for nonsense in ("{}", b"\x12\x7f", frames.audio(b"\0\0", 8_000), frames.message("no JSON")):
            await socket.send(nonsense)
            assert (await received(socket))["type"] == "error"
        await socket.send(frames.message('{"type": "send-text", "id": "a2", "data": {"content": "Hello?"}}'))
        while (message := await received(socket))["type"] != "bot-llm-stopped":
            assert message["type"] != "error"
