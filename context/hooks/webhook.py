"""Webhooks: who is told of what, and how a receiver knows that it was us; pure.

Signed as Standard Webhooks says (https://www.standardwebhooks.com): HMAC-SHA256 over "id.timestamp.body" with
the endpoint's own secret. A message keeps its id however often it is sent, so that a receiver takes it once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from gemelo.models.addresses import is_public
from gemelo.models.errors import BadWebhook

MAX_URL = 500
MAX_OF_TALENT = 10
"""Webhooks of one talent."""
MAX_TRIES = 12
"""About a day and a half, with the waits below."""
_SECRET = "whsec_"  # noqa: S105
_FIRST_WAIT_MS = 5_000
_LONGEST_WAIT_MS = 12 * 3_600_000
_GROWS = 3


@dataclass(frozen=True, slots=True)
class Webhook:
    """An endpoint of a talent's people. `topics` empty: all. Its secret is shown once, when it is made."""

    id: str
    talent: str
    url: str
    secret: str = field(repr=False)
    topics: tuple[str, ...] = ()
    paused: bool = False

    def hears(self, topic: str) -> bool:
        return not self.paused and (not self.topics or topic in self.topics)


@dataclass(frozen=True, slots=True)
class Message:
    """Something that happened, at `created` (ms since 1970 UTC). `payload` holds nothing that a fan said."""

    id: str
    topic: str
    talent: str
    payload: Mapping[str, Any]
    created: int

    def body(self) -> bytes:
        """The same bytes each time it is sent."""
        at = datetime.fromtimestamp(self.created / 1000, UTC).isoformat(timespec="milliseconds")
        document = {"type": self.topic, "timestamp": at, "talent": self.talent, "data": dict(self.payload)}
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def new_secret() -> str:
    """A secret of 256 random bits, as Standard Webhooks writes one."""
    return _SECRET + base64.b64encode(secrets.token_bytes(32)).decode()


def signed(secret: str, id: str, now: int, body: bytes) -> dict[str, str]:
    """The headers of one sending.

    Args:
        now: ms since 1970 UTC; a receiver refuses what was signed long ago.
    """
    at = str(now // 1000)
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": at,
        "webhook-signature": "v1," + base64.b64encode(_hmac(secret, id, at, body)).decode(),
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: int, within_s: int = 300) -> bool:
    """What a receiver does with what it gets. Header names in lower case; `now`: ms since 1970 UTC."""
    at = headers.get("webhook-timestamp", "")
    if not at.isascii() or not at.isdigit() or len(at) > 12 or abs(now // 1000 - int(at)) > within_s:
        return False
    mac = _hmac(secret, headers.get("webhook-id", ""), at, body)
    expected = b"v1," + base64.b64encode(mac)
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(signature.encode(), expected) for signature in given)


def _hmac(secret: str, id: str, at: str, body: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix(_SECRET))
    return hmac.new(key, b".".join((id.encode(), at.encode(), body)), hashlib.sha256).digest()


def wait_ms(tries: int) -> int | None:
    """How long after the `tries`th failed sending the next one follows; None: no more."""
    if tries >= MAX_TRIES:
        return None
    return min(_FIRST_WAIT_MS * _GROWS ** (tries - 1), _LONGEST_WAIT_MS)


def url_of(text: str, *, loopback: bool = False) -> str:
    """The address of an endpoint, as it is kept.

    Args:
        loopback: for tests and laptops: `http` and addresses of this machine may be used, too.

    Raises:
        BadWebhook: it is no address that may be posted to; says why.
    """
    if not 0 < len(text) <= MAX_URL or not text.isascii() or not text.isprintable() or " " in text:
        raise BadWebhook(f"the address of a webhook is a URL of at most {MAX_URL} plain characters")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise BadWebhook("this is no URL: write one like 'https://club.example/gemelo'") from None
    here = loopback and _is_loopback(parts)
    if parts.scheme != "https" and not (parts.scheme == "http" and here):
        raise BadWebhook("a webhook is posted to https alone")
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        raise BadWebhook("a webhook's URL names a host, and neither user, password nor fragment")
    try:
        literal = ip_address(parts.hostname)
    except ValueError:
        return text
    if not here and not is_public(literal):
        raise BadWebhook("a webhook is posted to public addresses alone")
    return text


def _is_loopback(parts: SplitResult) -> bool:
    try:
        return parts.hostname == "localhost" or ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False
