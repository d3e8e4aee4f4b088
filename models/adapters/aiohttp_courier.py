"""Posting webhooks and calls of tools with aiohttp, and hashing files, at public addresses only.

What a name resolves to is looked at where the connection is made (`socket_factory` is called with the very
address): a name that resolves to a private one, today or at the second look, reaches nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import AsyncGenerator, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from ipaddress import ip_address
from typing import Any

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult

from gemelo.models.addresses import is_public
from gemelo.models.errors import CourierError

TIMEOUT_S = 10.0
_CONNECT_S = 5.0
_FILE_S = 600.0
_LOOK_UPS = 64
"""Names that are looked up at the same time."""
_Info = tuple[int, int, int, str, tuple[Any, ...]]
"""As `socket.getaddrinfo` gives it."""


class _Private(OSError):
    """The address may not be posted to."""


class _Names(AbstractResolver):
    """Looks names up in threads of its own: a name server that hangs keeps nobody else's threads."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_LOOK_UPS, "webhook-names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        look_up = partial(socket.getaddrinfo, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up, host, port, family)
        flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(
                hostname=host, host=str(at[0]), port=int(at[1]), family=kind, proto=proto, flags=flags
            )
            for kind, _, proto, _, at in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class AiohttpCourier:
    """`Courier`, `Caller` and `Hasher`. Whoever posts bounds its connections; made inside a running loop,
    closed with `close`.

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

        self._names = _Names()
        self._session = ClientSession(
            connector=TCPConnector(socket_factory=made, resolver=self._names, limit=0, force_close=True),
            timeout=ClientTimeout(total=timeout_s, connect=_CONNECT_S),
            cookie_jar=DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
        )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """See `Courier.post`. The answer's body is not read."""
        async with self._posted(url, headers, body) as answer:
            return answer.status

    async def ask(self, url: str, headers: Mapping[str, str], body: bytes, most: int) -> bytes:
        """See `Caller.ask`. Bodies are taken as they are sent: what is compressed is not inflated."""
        said = b""
        async with self._posted(url, headers, body) as answer:
            if not 200 <= answer.status < 300:
                raise CourierError(f"the endpoint answered {answer.status}")
            async for piece in answer.content.iter_any():
                said += piece
                if len(said) > most:
                    raise CourierError(f"the endpoint answered more than {most} bytes")
        return said

    @asynccontextmanager
    async def _posted(
        self, url: str, headers: Mapping[str, str], body: bytes
    ) -> AsyncGenerator[ClientResponse]:
        with _told("endpoint"):
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                yield answer

    async def sha256(self, url: str, most: int) -> str:
        """See `Hasher.sha256`; follows nothing."""
        whole, size = hashlib.sha256(), 0
        timeout = ClientTimeout(total=_FILE_S, connect=_CONNECT_S, sock_read=TIMEOUT_S)
        with _told("file"):
            async with self._session.get(url, allow_redirects=False, timeout=timeout) as answer:
                if answer.status != 200:
                    raise CourierError(f"the file's server answered {answer.status}")
                async for piece in answer.content.iter_any():
                    size += len(piece)
                    if size > most:
                        raise CourierError(f"the file has more than {most // 1_000_000} MB")
                    whole.update(piece)
        return whole.hexdigest()

    async def close(self) -> None:
        """Closes what is open."""
        await self._session.close()
        await self._names.close()


@contextmanager
def _told(what: str) -> Generator[None]:
    """Says in our words why something was not reached."""
    try:
        yield
    except TimeoutError:
        raise CourierError(f"the {what} did not answer in time") from None
    except (ClientError, OSError, ValueError, asyncio.IncompleteReadError) as error:
        private = isinstance(error, _Private) or isinstance(getattr(error, "os_error", None), _Private)
        why = "may not be asked: its address is not public" if private else "was not reached"
        raise CourierError(f"the {what} {why}") from None
