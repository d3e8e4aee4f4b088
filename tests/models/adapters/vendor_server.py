"""What the fake servers of vendors share: a real socket on loopback, and all that can go wrong with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

KEY = "sk-fake"


class Fault(Enum):
    """What goes wrong, each once: the next connection is served well."""

    UNAUTHORISED = "the handshake is answered 401"
    BUSY = "the handshake is answered 429, with retry-after"
    SLOW_START = "the handshake is answered late"
    DROP = "the connection is torn down in mid-stream"
    MALFORMED = "half a message comes in mid-stream"
    HALF_OPEN = "from mid-stream on nothing is read and nothing comes"
    GOING_AWAY = "the server closes the socket with 1001"
    FULL = "what was asked is done, and answered 503"


RETRY_AFTER_S = 7
SLOW_START_S = 0.3


@dataclass
class VendorServer:
    """One vendor on a free port of the loopback interface; `talk` is its own protocol.

    Attributes:
        faults: of the connections to come, in turn.
        queries: what each connection asked for in its address.
        keys: that clients showed.
    """

    faults: list[Fault] = field(default_factory=list[Fault])
    queries: list[dict[str, list[str]]] = field(default_factory=list[dict[str, list[str]]])
    paths: list[str] = field(default_factory=list[str])
    keys: list[str] = field(default_factory=list[str])
    url: str = ""
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _opened: int = 0
    _opening: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def talk(self, connection: ServerConnection, fault: Fault | None) -> None:
        """Serves one socket; meets `fault` half-way, by `suffer`."""
        raise NotImplementedError

    def key_of(self, headers: Mapping[str, str]) -> str:
        """The key that a client shows."""
        raise NotImplementedError

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        async with serve(
            self._serve, "127.0.0.1", 0, process_request=self._greet, close_timeout=0.1
        ) as server:
            host, port = next(iter(server.sockets)).getsockname()[:2]
            self.url = f"ws://{host}:{port}"
            try:
                yield
            finally:
                self._over.set()

    async def suffer(self, connection: ServerConnection, fault: Fault) -> None:
        """Meets a fault of mid-stream; does not return from a half-open socket."""
        match fault:
            case Fault.DROP:
                connection.transport.abort()
            case Fault.MALFORMED:
                await connection.send('{"type": "TurnI')
            case Fault.HALF_OPEN:
                connection.transport.pause_reading()  # pyright: ignore[reportAttributeAccessIssue]
                await self._over.wait()
                connection.transport.abort()
            case Fault.GOING_AWAY:
                await connection.close(1001)
            case _:
                pass

    async def _greet(self, connection: ServerConnection, request: Request) -> Response | None:
        self.paths.append(urlsplit(request.path).path)
        self.queries.append(parse_qs(urlsplit(request.path).query))
        self.keys.append(self.key_of(request.headers))
        fault = self.faults[0] if self.faults else None
        if fault is Fault.UNAUTHORISED or self.keys[-1] != KEY:
            self.faults[:1] = []
            return connection.respond(HTTPStatus.UNAUTHORIZED, "no\n")
        if fault is Fault.BUSY:
            self.faults.pop(0)
            refusal = connection.respond(HTTPStatus.TOO_MANY_REQUESTS, "later\n")
            refusal.headers["Retry-After"] = str(RETRY_AFTER_S)
            return refusal
        if fault is Fault.SLOW_START:
            self.faults.pop(0)
            await asyncio.sleep(SLOW_START_S)
        return None

    async def opened(self, count: int) -> None:
        """Waits until so many sockets have been opened since the beginning, and given time to be used."""
        async with self._opening:
            await self._opening.wait_for(lambda: self._opened >= count)
        await asyncio.sleep(0.05)

    async def _serve(self, connection: ServerConnection) -> None:
        fault = self.faults.pop(0) if self.faults else None
        async with self._opening:
            self._opened += 1
            self._opening.notify_all()
        with suppress(ConnectionClosed):
            await self.talk(connection, fault)


def validated(kind: type[BaseModel], message: dict[str, Any]) -> dict[str, Any]:
    """The message, if the SDK's own model of it knows every field and misses none."""
    unknown = list(_unknown(kind.model_validate(message), kind.__name__))
    assert not unknown, f"the SDK knows nothing of {unknown}"
    return message


def _unknown(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield from (f"{where}.{name}" for name in value.model_extra or ())
        for name in type(value).model_fields:
            yield from _unknown(getattr(value, name), f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for one in value:  # pyright: ignore[reportUnknownVariableType]
            yield from _unknown(one, where)
