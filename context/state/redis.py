"""Shared state of several processes, on Redis. What it forgets, Redis forgets by its own expiry.

A hint goes to this process at once and to the others by publish/subscribe, which keeps nothing: who was
cut off asks for a comparison when it listens again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import uuid
from collections.abc import AsyncGenerator, Awaitable
from contextlib import suppress
from typing import Any, TypeVar, cast

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from gemelo.context.state.memory import Told
from gemelo.models.errors import StateError

log = logging.getLogger(__name__)

T = TypeVar("T")

_PREFIX = "gemelo:"
_KEPT = _PREFIX + "kept:"
_CHANNEL = _PREFIX + "changed"
_PATIENCE_S = 1.0
"""For one answer of Redis: a fan waits for it."""
_AT_MOST_S = 3.0
"""For all of it, connecting again included: the client gives up first, and closes what it gives up."""
_AGAIN_S = 0.5
"""Between two tries to listen."""
_ALIVE_S = 2.0
"""A connection that says nothing for so long is asked whether it lives."""


class RedisState:
    """`Shared` on a Redis server. Built by `open`; `close` when done."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._me = uuid.uuid4().hex
        self._told = Told()
        self._hearing: asyncio.Task[None] | None = None
        self._connecting = asyncio.Lock()

    @classmethod
    async def open(cls, url: str) -> RedisState:
        """Begins to listen; a server that is not there yet is tried again and again.

        Raises:
            StateError: this is no URL of a Redis server.
        """
        try:
            redis = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
                url,
                socket_timeout=_PATIENCE_S,
                socket_connect_timeout=_PATIENCE_S,
                retry=Retry(NoBackoff(), 1),
                protocol=2,
            )
        except ValueError:
            raise StateError("REDIS_URL is no address: write one like redis://127.0.0.1:6379/0") from None
        state = cls(redis)
        state._hearing = asyncio.create_task(state._hear())
        return state

    async def first(self, key: str, for_s: int) -> bool:
        taken: Any = await _asked(self._redis.set(_PREFIX + key, 1, nx=True, ex=for_s))
        return bool(taken)

    async def count(self, key: str, for_s: int, by: int = 1) -> int:
        both = self._redis.pipeline(transaction=True)
        both.set(_PREFIX + key, 0, nx=True, ex=for_s)
        both.incrby(_PREFIX + key, by)
        _, number = await _asked(both.execute())
        return int(number)

    async def keep(self, key: str, value: str, for_s: int) -> None:
        await _asked(self._redis.set(_KEPT + key, value, ex=for_s))

    async def kept(self, key: str) -> str:
        value: Any = await _asked(self._redis.get(_KEPT + key))
        return value.decode() if value else ""

    async def tell(self, hint: frozenset[str]) -> None:
        self._told.tell(hint)
        message = json.dumps({"from": self._me, "changed": sorted(hint)})
        try:
            await _asked(self._redis.publish(_CHANNEL, message))  # pyright: ignore[reportUnknownMemberType]
        except StateError as error:
            log.warning("other servers were not told of a change: %s", error)

    def listen(self) -> AsyncGenerator[frozenset[str] | None]:
        return self._told.listen()

    async def ping(self) -> None:
        await _asked(self._redis.ping())  # pyright: ignore[reportUnknownMemberType]

    async def close(self) -> None:
        if self._hearing:
            async with self._connecting:  # cut off there, the client would leave a socket open
                self._hearing.cancel()
            with suppress(asyncio.CancelledError):
                await self._hearing
        await self._redis.aclose()
        await asyncio.sleep(0)  # what was given up is closed by the loop's next turn

    async def _hear(self) -> None:
        """Listens for as long as the house stands, whatever becomes of the connection."""
        lost = False
        while True:
            try:
                async with self._redis.pubsub() as channel:  # pyright: ignore[reportUnknownMemberType]
                    async with self._connecting:
                        await channel.subscribe(_CHANNEL)  # pyright: ignore[reportUnknownMemberType]
                    async for message in _messages(channel):
                        if message is None and lost:
                            log.warning("hints come again")
                        lost = False
                        self._pass_on(message)
            except (RedisError, OSError) as error:
                if not lost:
                    log.warning("no hints come: %s: changes are seen when versions are compared", _why(error))
                lost = True
            await asyncio.sleep(_AGAIN_S)

    def _pass_on(self, message: str | None) -> None:
        if message is None:
            self._told.tell(None)
            return
        try:
            said = json.loads(message)
            hint = frozenset(str(name) for name in said["changed"])
            if said["from"] != self._me:
                self._told.tell(hint)
        except (ValueError, KeyError, TypeError):
            log.warning("a hint was no hint: somebody else writes to %s", _CHANNEL)


async def _messages(channel: PubSub) -> AsyncGenerator[str | None]:
    """What is published; None once the server has confirmed that it is listened to."""
    while True:
        got = cast(Any, await channel.get_message(timeout=_ALIVE_S))  # pyright: ignore[reportUnknownMemberType]
        if got is None:
            await channel.ping()  # pyright: ignore[reportUnknownMemberType]
        elif got["type"] == "subscribe":
            yield None
        elif got["type"] == "message":
            yield got["data"].decode("utf-8", "replace")


async def _asked(answer: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(_AT_MOST_S):
            return await answer
    except (RedisError, OSError, TimeoutError) as error:
        raise StateError(f"the shared state does not answer: {_why(error)}") from None


def _why(error: Exception) -> str:
    """By its type: messages hold addresses, which may hold a password."""
    return type(error).__name__
