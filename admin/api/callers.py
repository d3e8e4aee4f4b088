"""Who asks in OpenAI's protocols: by an API key, the page's origin, or from this machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256

from starlette.requests import HTTPConnection

from gemelo.admin.services.entrance import Caller, territory
from gemelo.admin.services.people import is_key
from gemelo.context.tenancy.people import Principal

Known = Callable[[str], Awaitable[Principal]]
"""Who holds an API key. Raises `TokenRefused`."""
_KEY_PROTOCOL = "openai-insecure-api-key."
"""Browsers can put no header on a socket: OpenAI's clients name the key as a subprotocol."""


class Callers:
    """Tells who asks.

    Args:
        known: who holds a key of the house's; what does not look like one is no key, and opens nothing.
        territory_header: in which a trusted proxy says where a fan is; empty: nobody says.
    """

    def __init__(self, known: Known, territory_header: str = "") -> None:
        self._known = known
        self._territory_header = territory_header

    async def of(self, connection: HTTPConnection) -> Caller:
        """Raises `TokenRefused`: the key is of this house's kind, and nobody's."""
        key = _key(connection)
        who = await self._known(key) if is_key(key) else None
        where = territory(connection.headers.get(self._territory_header or "-", ""))
        client = connection.client.host if connection.client else ""
        return Caller(connection.headers.get("origin"), client, where, who)

    @staticmethod
    def holder(connection: HTTPConnection) -> str:
        """A name for the key that a caller holds, whosever it is."""
        return sha256(_key(connection).encode()).hexdigest()


def _key(connection: HTTPConnection) -> str:
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return secret.strip()
    offered = connection.headers.get("sec-websocket-protocol", "").split(",")
    named = (one.strip() for one in offered)
    return next((one.removeprefix(_KEY_PROTOCOL) for one in named if one.startswith(_KEY_PROTOCOL)), "")
