"""Signing webhooks, and where they may be posted."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.hooks.webhook import (
    MAX_TRIES,
    Message,
    Webhook,
    new_secret,
    signed,
    url_of,
    verify,
    wait_ms,
)
from gemelo.models.errors import BadWebhook

NOW = 1_614_265_330_000
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The specification's own example comes out to the letter."""
    headers = signed(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", NOW, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


@given(st.text(max_size=40), st.binary(max_size=200), st.integers(0, 10**13))
def test_what_was_signed_is_believed(id: str, body: bytes, now: int) -> None:
    """Any message checks out with the secret it was signed with, and with no other."""
    secret = new_secret()
    headers = signed(secret, id, now, body)
    assert verify(secret, headers, body, now)
    assert not verify(new_secret(), headers, body, now)
    assert not verify(secret, headers, body + b" ", now)
    assert not verify(secret, headers | {"webhook-id": id + "x"}, body, now)
    assert not verify(secret, headers, body, now + 301_000)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", ["", "x", "v1,", "-1", "9" * 20, "٣", "v1,ñ"])
def test_a_broken_header_is_not_believed(name: str, value: str) -> None:
    """Whatever stands in it, a check says no."""
    headers = signed(SECRET, "m1", NOW, b"{}")
    assert not verify(SECRET, headers | {name: value}, b"{}", NOW)


def test_a_message_has_the_same_bytes_each_time() -> None:
    """A receiver that was told before finds the same body, and the fields of Standard Webhooks."""
    message = Message("m1", "turn.flagged", "vera", {"b": 1, "a": "ñ"}, NOW)
    assert message.body() == message.body()
    assert json.loads(message.body()) == {
        "type": "turn.flagged",
        "timestamp": "2021-02-25T15:02:10.000+00:00",
        "talent": "vera",
        "data": {"a": "ñ", "b": 1},
    }


def test_an_endpoint_hears_its_topics() -> None:
    """None named means all; one that is paused hears nothing; its secret is not shown."""
    everything = Webhook("w", "vera", "https://club.example", SECRET)
    assert everything.hears("anything")
    assert not Webhook("w", "vera", "https://club.example", SECRET, ("a",)).hears("b")
    assert not Webhook("w", "vera", "https://club.example", SECRET, paused=True).hears("a")
    assert SECRET not in repr(everything)


def test_waits_grow_and_end() -> None:
    """Each is longer than the last, none than half a day, and all together take about two days."""
    waits = [wait_ms(tries) for tries in range(1, MAX_TRIES)]
    known = [wait for wait in waits if wait is not None]
    assert known == sorted(known)
    assert known[0] == 5_000
    assert max(known) <= 12 * 3_600_000
    assert 24 * 3_600_000 < sum(known) < 72 * 3_600_000
    assert wait_ms(MAX_TRIES) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://club.example/hook?x=1",
        "https://club.example:8443/",
        "https://8.8.8.8/",
        "https://[2606:4700::1]/",
    ],
)
def test_public_addresses_are_posted_to(url: str) -> None:
    """Names, and literal addresses of the open internet, over https."""
    assert url_of(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "", "club.example", "http://club.example", "ftp://club.example", "https://", "https:///x",
        "https://user@club.example", "https://user:pw@club.example", "https://club.example/#x",
        "https://127.0.0.1/", "https://10.0.0.1/", "https://192.168.1.1/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://[fd00::1]/",
        "https://0.0.0.0/", "https://224.0.0.1/", "https://100.64.0.1/", "https://club.example:99999/",
        "https://club .example", "https://clüb.example", "https://club.example/\n", "https://[", "x" * 501,
        "https://" + "a" * 500,
    ],
)  # fmt: skip
def test_nothing_else_is(url: str) -> None:
    """No other scheme, no credentials, no private address in any spelling."""
    with pytest.raises(BadWebhook):
        url_of(url)


def test_a_laptop_may_post_to_itself() -> None:
    """Only where the setting says so, and only to loopback."""
    for url in ("http://127.0.0.1:9000/x", "http://localhost:9000/", "https://[::1]/"):
        assert url_of(url, loopback=True) == url
    for url in ("http://10.0.0.1/", "http://club.example/"):
        with pytest.raises(BadWebhook):
            url_of(url, loopback=True)
