"""taskiq over a Redis list that may be away for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator

from redis.asyncio import Redis
from redis.exceptions import RedisError
from taskiq import BrokerMessage
from taskiq_redis import ListQueueBroker

_AGAIN_S = 2.0
_ASK_S = 2
log = logging.getLogger(__name__)


class PatientBroker(ListQueueBroker):
    """A list that all servers of a house read, each message by one of them.

    While Redis does not answer nothing is sent or taken, and nothing fails: a message says only that it is
    time to look at rows, and the next one says so again. So none has to be acknowledged, either.
    """

    def __init__(self, url: str, queue: str = "gemelo:jobs") -> None:
        super().__init__(url, queue_name=queue)

    async def kick(self, message: BrokerMessage) -> None:
        try:
            await super().kick(message)
        except (RedisError, OSError) as error:
            log.info("%s was not sent: %s", message.task_name, type(error).__name__)

    async def listen(self) -> AsyncGenerator[bytes, None]:
        """As the library's own, which asks again without a pause while Redis is away."""
        while True:
            try:
                async with Redis(connection_pool=self.connection_pool) as redis:
                    taken = await redis.brpop([self.queue_name], timeout=_ASK_S)
            except (RedisError, OSError) as error:
                log.info("Redis does not answer: %s", type(error).__name__)
                await asyncio.sleep(_AGAIN_S)
            else:
                if taken:
                    yield taken[1]  # pyright: ignore[reportReturnType]  # bytes: nothing is decoded here
