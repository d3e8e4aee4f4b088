"""The short way for what comes often, on uvicorn's own WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame, Opcode

from gemelo.admin.api.serve import bind
from gemelo.admin.api.websocket import DirectWebSocket, whole_binary
from gemelo.pipelines.direct import DIRECT


class Application:
    """Takes messages the short way, but refuses what begins with "?"; keeps what came, and which way."""

    def __init__(self) -> None:
        self.came: list[Any] = []
        self.short: list[Any] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        direct = scope["extensions"][DIRECT]["socket"]
        await receive()
        await send({"type": "websocket.accept"})
        direct.hand_over(self._take)
        assert direct.send_now("ready")
        assert direct.send_now(b"sound")
        while (message := await receive())["type"] == "websocket.receive":
            self.came.append(message.get("text") or message.get("bytes"))
        assert not direct.send_now("too late")

    def _take(self, data: str | bytes) -> bool:
        if data[:1] in ("?", b"?"):
            return False
        self.short.append(data)
        self.came.append(data)
        return True


@asynccontextmanager
async def connected(application: Application) -> AsyncGenerator[ClientConnection]:
    """A client of a server that runs the application; both are gone in the end."""
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application, ws=DirectWebSocket, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    async with connect(f"ws://127.0.0.1:{listener.getsockname()[1]}") as socket:
        assert [await socket.recv(), await socket.recv()] == ["ready", b"sound"]
        yield socket
    server.should_exit = True
    await serving
    listener.close()


async def come(*messages: str | bytes) -> Application:
    """What an application got of messages that a client sent one after the other."""
    application = Application()
    async with connected(application) as socket:
        for message in messages:
            await socket.send(message)
    return application


async def test_sound_and_text_take_the_short_way() -> None:
    """What the application takes reaches it as it comes, and not by ASGI too."""
    sent = (b"one", "two", b"three")
    application = await come(*sent)
    assert application.short == application.came == list(sent)


async def test_nothing_overtakes_what_goes_the_long_way() -> None:
    """A message that is refused comes by ASGI, once, and those behind it after it, whichever way."""
    sent = (b"one", "?two", b"three", b"?four", "five", "six")
    application = await come(*sent)
    assert application.came == list(sent)
    assert not {"?two", b"?four"} & set(application.short)


async def test_text_that_is_none_goes_the_long_way() -> None:
    """Bytes that are no UTF-8 never reach the application; the server hangs up."""
    application = Application()
    async with connected(application) as socket:
        await socket.send(b"\xff\xfe", text=True)
        await socket.wait_closed()
        assert socket.close_code == 1007
    assert application.came == []


@given(
    st.binary(max_size=70_000), st.sampled_from((Opcode.BINARY, Opcode.TEXT)), st.booleans(), st.booleans()
)
def test_only_one_whole_binary_frame_is_unmasked(
    payload: bytes, opcode: Opcode, fin: bool, mask: bool
) -> None:
    """Its payload comes out; of a frame that is anything else, cut or not alone, nothing does."""
    frame = Frame(opcode, payload, fin).serialize(mask=mask)
    is_one = opcode is Opcode.BINARY and fin and mask and len(payload) < 1 << 16
    assert whole_binary(frame) == (payload if is_one else None)
    assert whole_binary(frame[:-1]) is whole_binary(frame + b"x") is whole_binary(frame + frame) is None


async def test_a_frame_in_pieces_is_put_together() -> None:
    """Wherever the network cuts it, and with its neighbours in the same piece or not, sound arrives whole."""
    application = Application()
    frames = [Frame(Opcode.BINARY, bytes([number]) * 640).serialize(mask=True) for number in range(8)]
    async with connected(application) as socket:
        for number, frame in enumerate(frames):
            for piece in (frame[: number * 2], frame[number * 2 :]):
                socket.transport.write(piece)
                await asyncio.sleep(0.01)
        socket.transport.write(b"".join(frames))
    assert application.came == 2 * [bytes([number]) * 640 for number in range(8)]
