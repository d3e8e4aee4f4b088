"""Fans who behave oddly, and the others, who must not notice."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from tests.client import HERE, Fan, admit, opened, talking
from tests.end_to_end.kept import turns
from tests.server import Server

BYTES_A_MS = 48
QUESTION = "What is the offside rule?"


@pytest.fixture
async def neighbour(server: Server) -> AsyncIterator[Fan]:
    async with talking(server, language="en", voice=True) as fan:
        yield fan


async def is_undisturbed(neighbour: Fan) -> None:
    """A spoken reply comes as it should: word after word, each with its audio."""
    await neighbour.send("send-text", {"content": QUESTION})
    turn = (await neighbour.got("bot-tts-text", 6))["data"]["turn"]
    words = [frame["data"] for frame in neighbour.of("bot-tts-text", turn=turn)]
    starts = [word["from_ms"] for word in words]
    assert starts == sorted(starts)
    assert neighbour.audio[turn] / BYTES_A_MS > starts[-1]
    assert neighbour.text(turn).startswith("I am the virtual twin")
    await neighbour.tell("interrupt")
    await neighbour.got("bot-stopped-speaking", turn=turn)


async def test_a_socket_that_never_reads_is_dropped(server: Server, neighbour: Fan) -> None:
    """A fan who only sends is let go when answers have nowhere to go; the slot comes free."""
    token = (await admit(server, "demo-portal", language="en")).json()["token"]
    deaf = socket.create_connection(("127.0.0.1", server.port))
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_sendall(deaf, _handshake(server, token))
        assert b" 101 " in await loop.sock_recv(deaf, 1000)
        await loop.sock_sendall(deaf, _masked(b'{"type": "client-ready", "data": {"voice": false}}'))
        talking_over = asyncio.create_task(_until_dropped(deaf))
        await is_undisturbed(neighbour)
        async with asyncio.timeout(60):
            await talking_over
    finally:
        deaf.close()


async def _until_dropped(deaf: socket.socket) -> None:
    """Sends messages that are each answered by an error, and reads none of them."""
    message = _masked(b'{"type": "client-message", "id": "%s", "data": {"t": "interrupt"}}' % (b"x" * 64))
    while True:
        try:
            await asyncio.get_running_loop().sock_sendall(deaf, message * 100)
        except ConnectionError:
            return


def _handshake(server: Server, token: str) -> bytes:
    lines = (
        f"GET /v1/talk?token={token} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Origin: {HERE}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    return "\r\n".join((*lines, "", "")).encode()


def _masked(text: bytes) -> bytes:
    """A text frame of a client, its mask all zeros (RFC 6455, 5.2)."""
    return b"\x81" + bytes([0x80 | 126]) + len(text).to_bytes(2) + bytes(4) + text


async def test_a_fan_who_vanishes_in_mid_reply_leaves_a_cut_turn(server: Server, neighbour: Fan) -> None:
    """What the vanished fan had heard is what is kept of the reply."""
    async with talking(server, language="en", voice=True) as fan:
        await fan.send("send-text", {"content": QUESTION})
        turn = (await fan.got("bot-tts-text", 4))["data"]["turn"]
        fan.socket.transport.abort()
        await fan.closed()
    await is_undisturbed(neighbour)
    async with talking(server, language="en", resume=fan.ready["resume"]) as again:
        assert again.ready["session"] == fan.ready["session"]
    [kept] = await turns(server.data, fan.ready["session"])
    assert kept["id"] == turn
    assert kept["status"] == "cut"
    assert kept["heard"]
    assert kept["reply"].startswith(kept["heard"])
    assert len(kept["heard"]) < len(kept["reply"])


@pytest.mark.parametrize("language", ["en", "es"])
async def test_audio_at_the_wrong_rate_is_bounded_and_survived(
    server: Server, neighbour: Fan, language: str
) -> None:
    """48 kHz sent as 16 kHz, and much faster: what is too much is dropped and said, the talk goes on."""
    async with talking(server, language=language) as fan:
        await fan.tell("mic", on=True)
        for _ in range(60):
            await fan.raw(bytes(32_000))
        assert (await fan.error("too_many"))["data"]["fatal"] is False
        await is_undisturbed(neighbour)
        reply = await fan.ask(QUESTION)
        assert reply.status == "done"


async def test_a_fan_on_a_new_socket_takes_the_session_along(server: Server) -> None:
    """A session taken up again while its old socket is open moves: the old one closes with 4409."""
    async with talking(server, language="en") as before:
        await before.ask("Who are you?", "m1")
        async with talking(server, language="en", resume=before.ready["resume"]) as after:
            assert await before.closed() == 4409
            assert after.ready["session"] == before.ready["session"]
            again = await after.ask("Who are you?", "m1")
            assert again.text == before.text(before.of("bot-llm-started")[0]["data"]["turn"])
            await after.ask("And what do you do?", "m2")
        kept = await turns(server.data, before.ready["session"])
        assert [turn["client_id"] for turn in kept] == ["m1", "m2"]


async def test_a_message_sent_twice_is_answered_once(server: Server) -> None:
    """The same id again, at once: the reply under way is neither cut nor doubled."""
    async with talking(server, language="en") as fan:
        for _ in range(3):
            await fan.send("send-text", {"content": "Who are you?"}, "m1")
        reply = await fan.reply(1)
        assert reply.status == "done"
    [kept] = await turns(server.data, fan.ready["session"])
    assert kept["status"] == "done"


async def test_a_binary_greeting_is_refused(server: Server) -> None:
    """Before `client-ready` nothing else is read: the socket is told so and closed."""
    token = (await admit(server, "demo-portal")).json()["token"]
    async with opened(server, token) as fan:
        await fan.raw(bytes(640))
        assert (await fan.error("bad_message"))["data"]["fatal"] is True
        assert await fan.closed() == 4400
