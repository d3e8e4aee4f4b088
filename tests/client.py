"""A fan's client: speaks docs/protocol.md and shares no code with the server.

Everything that any server of a test run ever sent is kept in `EVERYTHING`, for the observer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.server import Server

HERE = "http://127.0.0.1:5000"
"""Origin of a page that the demo's deployments let in."""
PATIENCE_S = 60
"""After which a test gives up on a server; nothing is asserted about time."""

Data = dict[str, Any]


class SocketClosed(AssertionError):
    """A frame was waited for that can come no more."""


@dataclass(frozen=True)
class Received:
    """What a server sent about a deployment: a frame of a socket, an answer or a page."""

    deployment: str
    data: str | bytes


EVERYTHING: list[Received] = []


@dataclass(frozen=True)
class Reply:
    """One reply as the page saw it: its text and the `data` of its `bot-llm-stopped`."""

    turn: str
    text: str
    data: Data

    @property
    def status(self) -> str:
        return self.data["status"]


@dataclass
class Fan:
    """One open socket. `frames` and `audio` (bytes by turn) hold what has come so far."""

    socket: ClientConnection
    deployment: str
    frames: list[Data] = field(default_factory=list[Data])
    audio: dict[str, int] = field(default_factory=dict[str, int])
    ready: Data = field(default_factory=dict[str, Any])
    close_code: int | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _speaking: str = ""

    async def listen(self) -> None:
        """Takes in all that comes, until the socket closes."""
        try:
            async for received in self.socket:
                EVERYTHING.append(Received(self.deployment, received))
                self._take(received)
                async with self._news:
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        async with self._news:
            self.close_code = self.socket.close_code or 0
            self._news.notify_all()

    def _take(self, received: str | bytes) -> None:
        if isinstance(received, bytes):
            self.audio[self._speaking] = self.audio.get(self._speaking, 0) + len(received)
            return
        frame: Data = json.loads(received)
        self.frames.append(frame)
        if frame["type"] == "bot-started-speaking":
            self._speaking = frame["data"]["turn"]

    async def send(self, type: str, data: Data | None = None, id: str | None = None) -> None:
        message: Data = {"label": "rtvi-ai", "type": type, "data": data}
        await self.raw(json.dumps(message | ({"id": id} if id else {})))

    async def tell(self, t: str, id: str | None = None, **d: Any) -> None:
        await self.send("client-message", {"t": t, "d": d}, id)

    async def raw(self, frame: str | bytes) -> None:
        await self.socket.send(frame)

    async def until(self, enough: Callable[[list[Data]], bool]) -> None:
        """Waits until the frames are enough."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            while not enough(self.frames):
                if self.close_code is not None:
                    raise SocketClosed(f"the socket closed ({self.close_code}) after {self.frames[-3:]}")
                await self._news.wait()

    async def got(self, type: str, count: int = 1, **wanted: Any) -> Data:
        """Waits for the `count`th frame of a type whose data hold `wanted`."""
        await self.until(lambda _: len(self.of(type, **wanted)) >= count)
        return self.of(type, **wanted)[count - 1]

    def of(self, type: str, **wanted: Any) -> list[Data]:
        """The frames of a type whose data hold `wanted`."""
        found = (frame for frame in self.frames if frame["type"] == type)
        return [frame for frame in found if wanted.items() <= frame.get("data", {}).items()]

    async def error(self, code: str, count: int = 1) -> Data:
        return await self.got("error", count, code=code)

    async def ask(self, text: str, id: str | None = None) -> Reply:
        """Types a message and waits for its written reply."""
        before = len(self.of("bot-llm-started"))
        await self.send("send-text", {"content": text}, id)
        return await self.reply(before + 1)

    @property
    def turns(self) -> list[str]:
        """The turns that were answered on this socket, in order."""
        return [frame["data"]["turn"] for frame in self.of("bot-llm-started")]

    async def reply(self, number: int) -> Reply:
        """Waits until the `number`th reply on this socket is written to its end."""
        turn = (await self.got("bot-llm-started", number))["data"]["turn"]
        stopped = await self.got("bot-llm-stopped", turn=turn)
        return Reply(turn, self.text(turn), stopped["data"])

    def text(self, turn: str) -> str:
        """What has been written of a reply."""
        return "".join(frame["data"]["text"] for frame in self.of("bot-llm-text", turn=turn))

    async def closed(self) -> int:
        """Waits for the end of the socket and returns its close code."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            while self.close_code is None:
                await self._news.wait()
        return self.close_code


async def admit(server: Server, deployment: str, origin: str | None = HERE, **more: Any) -> httpx.Response:
    """Asks for a session."""
    headers = {"origin": origin} if origin is not None else {}
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_S, trust_env=False) as client:
        answer = await client.post("/v1/sessions", json={"deployment": deployment, **more}, headers=headers)
    EVERYTHING.append(Received(deployment, answer.text))
    return answer


async def fetch(server: Server, path: str, deployment: str = "") -> httpx.Response:
    """Gets a page or another resource."""
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE_S, trust_env=False) as client:
        answer = await client.get(path)
    EVERYTHING.append(Received(deployment, answer.text))
    return answer


@asynccontextmanager
async def opened(server: Server, token: str, deployment: str = "", **options: Any) -> AsyncGenerator[Fan]:
    """Opens a socket with a token and says nothing on it."""
    options = {"origin": HERE, "proxy": None, "close_timeout": 2, "max_size": None} | options
    async with connect(f"{server.talk_url}?token={token}", **options) as socket:
        fan = Fan(socket, deployment)
        listening = asyncio.create_task(fan.listen())
        try:
            yield fan
        finally:
            await socket.close()
            await listening


@asynccontextmanager
async def talking(
    server: Server, deployment: str = "demo-portal", *, voice: bool = False, **asked: Any
) -> AsyncGenerator[Fan]:
    """A fan whose session is ready. `asked` goes into the request (language, resume)."""
    answer = await admit(server, deployment, **asked)
    assert answer.status_code == 200, answer.text
    async with opened(server, answer.json()["token"], deployment) as fan:
        await fan.send("client-ready", {"version": "1", "about": {}, "voice": voice})
        fan.ready = (await fan.got("bot-ready"))["data"]
        yield fan
