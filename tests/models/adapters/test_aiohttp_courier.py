"""Posting over real sockets of this machine."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv6Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.hooks.webhook import new_secret, signed
from gemelo.context.store.clock import now_ms
from gemelo.models.adapters.aiohttp_courier import AiohttpCourier
from gemelo.models.addresses import is_public
from gemelo.models.errors import CourierError
from tests.receiver import receiving

SECRET = new_secret()


@asynccontextmanager
async def courier(**settings: Any) -> AsyncGenerator[AiohttpCourier]:
    made = AiohttpCourier(**settings)
    yield made
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
