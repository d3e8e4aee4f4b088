"""Posting over real sockets of this machine."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.hooks.webhook import new_secret, signed, verify
from gemelo.context.store.clock import now_ms
from gemelo.models.adapters.aiohttp_courier import AiohttpCourier
from gemelo.models.addresses import is_public
from gemelo.models.errors import CourierError
from tests.receiver import receiving

SECRET = new_secret()


@asynccontextmanager
async def courier(**settings: Any) -> AsyncGenerator[AiohttpCourier]:
    made = AiohttpCourier(**settings)
    try:
        yield made
    finally:
        await made.close()


def headers(body: bytes = b"{}") -> dict[str, str]:
    return signed(SECRET, "m1", now_ms(), body)


async def test_a_signed_message_arrives() -> None:
    """The receiver believes it, and its status comes back."""
    async with receiving(SECRET, 202, 500) as receiver, courier(loopback=True) as post:
        assert await post.post(receiver.url, headers(b"x"), b"x") == 202
        assert await post.post(receiver.url, headers(b"x"), b"x") == 500
        assert (receiver.got, receiver.forged) == (["m1", "m1"], 0)


async def test_a_redirect_is_not_followed() -> None:
    """Its status is the answer: an endpoint cannot send us elsewhere."""
    async with receiving(SECRET, 307) as receiver, courier(loopback=True) as post:
        assert await post.post(receiver.url, headers(), b"{}") == 307
        assert receiver.got == ["m1"]


async def test_an_endpoint_that_never_answers_is_given_up() -> None:
    """The time for it is bounded."""
    async with receiving(SECRET, 0) as receiver, courier(loopback=True, timeout_s=0.3) as post:
        with pytest.raises(CourierError, match="did not answer in time"):
            await post.post(receiver.url, headers(), b"{}")
        assert receiver.hung.is_set()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1"])
async def test_this_machine_is_not_posted_to(host: str) -> None:
    """However its address is written, also where a name resolves to it; nothing of it arrives."""
    async with receiving(SECRET) as receiver, courier() as post:
        port = receiver.url.rstrip("/").rpartition(":")[2]
        with pytest.raises(CourierError, match=r"not public|not reached"):
            await post.post(f"http://{host}:{port}/", headers(), b"{}")
        assert receiver.got == []


async def test_a_name_that_resolves_to_a_private_address_is_told_from_one_that_fails() -> None:
    """Whoever set it up reads what is wrong."""
    async with courier() as post:
        with pytest.raises(CourierError, match="its address is not public"):
            await post.post("http://localhost:9/", headers(), b"{}")
    async with courier(loopback=True) as post:
        with pytest.raises(CourierError, match="was not reached"):
            await post.post("http://127.0.0.1:9/", headers(), b"{}")


async def test_a_private_network_is_never_posted_to() -> None:
    """Not even where loopback may be."""
    async with courier(loopback=True) as post:
        with pytest.raises(CourierError, match="its address is not public"):
            await post.post("http://10.0.0.1:9/", headers(), b"{}")


@given(st.ip_addresses(v=4))
def test_an_address_is_as_private_inside_another(address: IPv4Address) -> None:
    """Mapped, translated or tunnelled through IPv6 it is what it is."""
    number = int(address)
    for base in ("::ffff:0:0", "64:ff9b::"):
        assert is_public(IPv6Address(int(IPv6Address(base)) + number)) == is_public(address)
    assert is_public(IPv6Address((0x2002 << 112) + (number << 80))) == is_public(address)


@asynccontextmanager
async def answering(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncGenerator[str]:
    """A server on this machine; gives its address."""
    app = web.Application()
    app.router.add_post("/{tail:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/tool"
    finally:
        await runner.cleanup()


async def asked(answer: web.Response, most: int = 100, **settings: Any) -> bytes:
    async def give(request: web.Request) -> web.Response:
        return answer

    async with answering(give) as url, courier(loopback=True, **settings) as post:
        return await post.ask(url, headers(), b"{}", most)


async def test_an_answer_is_read_as_it_was_sent() -> None:
    """A call is posted with its signature, and the body of what is answered comes back."""

    async def believe(request: web.Request) -> web.Response:
        body = await request.read()
        known = {name.lower(): value for name, value in request.headers.items()}
        return web.json_response({"believed": verify(SECRET, known, body, now_ms()), "got": body.decode()})

    async with answering(believe) as url, courier(loopback=True) as post:
        assert await post.ask(url, headers(b"{}"), b"{}", 100) == b'{"believed": true, "got": "{}"}'


@pytest.mark.parametrize("status", [301, 307, 400, 404, 500])
async def test_anything_but_a_good_answer_is_an_error(status: int) -> None:
    """A redirect is one too; the error quotes nothing of the answer."""
    elsewhere = {"location": "http://127.0.0.1:9/"}
    with pytest.raises(CourierError, match=f"^the endpoint answered {status}$"):
        await asked(web.Response(status=status, text="secret", headers=elsewhere))


async def test_an_answer_has_so_many_bytes_and_no_more() -> None:
    """Up to the limit it is read; one byte more and it is given up, whether or not it said its length."""
    assert await asked(web.Response(body=b"a" * 100)) == b"a" * 100
    with pytest.raises(CourierError, match="more than 100 bytes"):
        await asked(web.Response(body=b"a" * 101))

    async def endless(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        with suppress(ConnectionError):
            while True:
                await stream.write(b"a" * 50)
        return stream

    async with answering(endless) as url, courier(loopback=True) as post:
        with pytest.raises(CourierError, match="more than 100 bytes"):
            await post.ask(url, headers(), b"{}", 100)


async def test_a_small_answer_does_not_grow() -> None:
    """What is compressed is not inflated: a bomb stays the few bytes that it is."""
    bomb = gzip.compress(b"a" * 1_000_000)
    assert await asked(web.Response(body=bomb, headers={"content-encoding": "gzip"}), 5_000) == bomb


async def test_a_server_that_never_finishes_its_answer_is_given_up() -> None:
    """The time is that of the whole answer."""

    async def stuck(request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse()
        await stream.prepare(request)
        await stream.write(b"{")
        await asyncio.sleep(3600)
        return stream

    async with answering(stuck) as url, courier(loopback=True, timeout_s=0.3) as post:
        with pytest.raises(CourierError, match="did not answer in time"):
            await post.ask(url, headers(), b"{}", 100)


async def test_this_machine_is_not_asked() -> None:
    """Neither by its address nor by a name that resolves to it."""
    async with courier() as post:
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(CourierError, match="its address is not public"):
                await post.ask(f"http://{host}:9/", headers(), b"{}", 100)


@asynccontextmanager
async def film(status: int = 200) -> AsyncGenerator[str]:
    """Where a film of 300 kB lies."""

    async def give(_request: web.Request) -> web.Response:
        return web.Response(body=bytes(300_000), status=status)

    app = web.Application()
    app.router.add_get("/film", give)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}/film"
    await runner.cleanup()


async def test_a_file_is_hashed_where_it_lies() -> None:
    """All of it, and no more than is allowed."""
    async with film() as url, courier(loopback=True) as files:
        assert await files.sha256(url, 300_000) == sha256(bytes(300_000)).hexdigest()
        with pytest.raises(CourierError, match="MB"):
            await files.sha256(url, 299_999)


async def test_a_file_that_cannot_be_had_is_told() -> None:
    """Not there, or at an address that is nobody's to ask."""
    async with film(404) as url, courier(loopback=True) as files, courier() as strict:
        with pytest.raises(CourierError, match="404"):
            await files.sha256(url, 300_000)
        with pytest.raises(CourierError, match="not public"):
            await strict.sha256(url, 300_000)
