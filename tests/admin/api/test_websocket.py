"""The short way for audio, on uvicorn's own WebSocket."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from gemelo.admin.api.serve import bind
from gemelo.admin.api.websocket import DirectWebSocket
from gemelo.pipelines.direct import DIRECT


class Application:
    """Takes sound the short way, but refuses what begins with "?"; keeps what came which way."""

    def __init__(self) -> None:
        self.short: list[bytes] = []
        self.long: list[Any] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        direct = scope["extensions"][DIRECT]["socket"]
        await receive()
        await send({"type": "websocket.accept"})
        direct.hand_over(self._take)
        assert direct.send_now("ready")
        assert direct.send_now(b"sound")
        while (message := await receive())["type"] == "websocket.receive":
            self.long.append(message.get("text") or message.get("bytes"))
        assert not direct.send_now("too late")

    def _take(self, pcm: bytes) -> bool:
        if pcm.startswith(b"?"):
            return False
        self.short.append(pcm)
        return True


async def test_frames_take_the_short_way_and_the_rest_the_long_one() -> None:
    """Binary frames arrive as they come; text, and a frame that is refused, come by ASGI, all of it once."""
    application = Application()
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application, ws=DirectWebSocket, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    async with connect(f"ws://127.0.0.1:{listener.getsockname()[1]}") as socket:
        assert [await socket.recv(), await socket.recv()] == ["ready", b"sound"]
        for frame in (b"one", "text", b"two", b"?three", b"four"):
            await socket.send(frame)
    server.should_exit = True
    await serving
    listener.close()
    assert application.short == [b"one", b"two", b"four"]
    assert application.long == ["text", b"?three"]
