"""A telephone call to the program of docs/pipecat.md: mu-law at 8 kHz, both ways, over a real socket."""

from __future__ import annotations

import json

import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection, serve

from tests.browser.speech import MIC_RATE, render
from tests.phone import RATE, STREAM, at_telephone, called, from_ulaw, to_ulaw
from tests.server import Server

QUESTION = "What is the offside rule?"
LATER = "No wait, please stop, I would like to ask you about something else entirely."


def test_mu_law_is_what_it_should_be() -> None:
    """Within half a step of what was said, at every level; silence is 0xff."""
    levels = np.arange(-32_000, 32_000, 7, dtype=np.int16)
    back = from_ulaw(to_ulaw(levels)).astype(int)
    assert np.all(np.abs(back - levels) <= 4 + np.abs(levels.astype(int)) / 16)
    assert to_ulaw(np.zeros(2, np.int16)) == b"\xff\xff"


@pytest.mark.parametrize(
    ("sent", "raised"),
    [
        ({"event": "clear", "streamSid": "another"}, AssertionError),
        ({"event": "media", "streamSid": STREAM, "media": {"payload": "?"}}, ValueError),
        (None, ConnectionError),
    ],
)
async def test_a_line_that_ends_is_told_at_once(sent: object, raised: type[Exception]) -> None:
    """Another call's messages, a payload that is none, a program that hangs up: no test waits longer."""

    async def program(socket: ServerConnection) -> None:
        await socket.recv()
        if sent:
            await socket.send(json.dumps(sent))
            await socket.wait_closed()

    async with serve(program, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with called(f"ws://127.0.0.1:{port}") as call:
            with pytest.raises(raised):
                await call.until(lambda _: False)


async def test_a_caller_is_answered_and_may_interrupt(pipelines: Server) -> None:
    """The question is heard and answered aloud; talking over the answer clears what the line holds of it."""
    url = pipelines.url.replace("http", "ws")
    async with called(f"{url}/phone") as call:
        call.say(at_telephone(render(QUESTION), MIC_RATE))
        await call.until(lambda call: call.loud > RATE // 4)  # the rest of the answer is for a slow ear
        assert not call.of("clear")
        call.say(at_telephone(render(LATER), MIC_RATE))
        await call.until(lambda call: call.of("clear"))
        await call.until(lambda call: call.hush > RATE // 4)
        loud = call.loud
        await call.until(lambda call: call.loud > loud + RATE // 4)
        await call.hang_up()


async def test_a_line_with_nonsense_on_it_goes_on(pipelines: Server) -> None:
    """No JSON, no payload, odd bytes, a digit: the caller is answered all the same."""
    url = pipelines.url.replace("http", "ws")
    async with called(f"{url}/phone") as call:
        await call.socket.send("{")
        await call.send("media", media={"payload": ""})
        await call.send("media", media={"payload": "/w=="})
        await call.send("dtmf", dtmf={"track": "inbound_track", "digit": "7"})
        await call.send("no such event")
        call.say(at_telephone(render(QUESTION), MIC_RATE))
        await call.until(lambda call: call.loud > RATE // 2)
        await call.hang_up()
