"""Posting webhooks with aiohttp, to public addresses only.

What a name resolves to is looked at where the connection is made (`socket_factory` is called with the very
address): a name that resolves to a private one, today or at the second look, reaches nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector

from gemelo.models.addresses import is_public
from gemelo.models.errors import CourierError

TIMEOUT_S = 10.0
_CONNECT_S = 5.0
_Info = tuple[int, int, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` gives it."""


class _Private(OSError):
    """The address may not be posted to."""


class AiohttpCourier:
    """`Courier` over one pool of connections; made inside a running loop, closed with `close`.

    Args:
        loopback: whether this machine's own addresses may be posted to, for tests and laptops.
        timeout_s: from the first look at the name to the status.
    """

    def __init__(self, *, loopback: bool = False, timeout_s: float = TIMEOUT_S) -> None:
        def made(info: _Info) -> socket.socket:
            family, kind, protocol, _, address = info
            at = ip_address(str(address[0]).partition("%")[0])
            if not is_public(at) and not (loopback and at.is_loopback):
                raise _Private
            return socket.socket(family, kind, protocol)

        self._session = ClientSession(
            connector=TCPConnector(socket_factory=made, limit=20, limit_per_host=4, force_close=True),
            timeout=ClientTimeout(total=timeout_s, connect=_CONNECT_S),
            cookie_jar=DummyCookieJar(),
            trust_env=False,
        )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """See `Courier.post`. The answer's body is not read."""
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                return answer.status
        except TimeoutError:
            raise CourierError("the endpoint did not answer in time") from None
        except (ClientError, OSError, ValueError, asyncio.IncompleteReadError) as error:
            private = isinstance(error, _Private) or isinstance(getattr(error, "os_error", None), _Private)
            why = "may not be posted to: its address is not public" if private else "was not reached"
            raise CourierError(f"the endpoint {why}") from None

    async def close(self) -> None:
        """Closes what is open."""
        await self._session.close()
