"""The texts that a fan types in a room: streams, each read to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from livekit import rtc

from gemelo.engine.chores import Chores
from gemelo.models.errors import BadMessage, UsageError
from gemelo.models.text import MAX_CHARS
from gemelo.pipelines.line import Bucket
from gemelo.pipelines.rtvi import MAX_ID
from gemelo.pipelines.talk import TooMany

MESSAGES_A_SECOND = 5
MAX_OPEN = 4
"""Streams under way: each costs a look at every event of the process."""
READ_S = 10.0
"""A text that has not ended by then is left."""


class Inbox:
    """Reads the streams of one fan.

    Args:
        bucket: what one fan may send; see `MESSAGES_A_SECOND`.
        take: is given each text, and the id of its stream. It may raise `UsageError`.
        refuse: is told what is wrong with one, and its id.
    """

    def __init__(
        self,
        bucket: Bucket,
        take: Callable[[str, str], None],
        refuse: Callable[[UsageError, str], None],
    ) -> None:
        self._bucket = bucket
        self._take = take
        self._refuse = refuse
        self._open: set[rtc.TextStreamReader] = set()
        self._is_closed = False
        self._chores = Chores()

    def add(self, reader: rtc.TextStreamReader) -> None:
        """Begins to read one, or answers why not."""
        wrong = ""
        if not self._bucket.take():
            wrong = f"at most {MESSAGES_A_SECOND} messages in one second: send this one again later"
        elif len(self._open) >= MAX_OPEN:
            wrong = f"at most {MAX_OPEN} messages at once: end one of them first"
        if wrong or self._is_closed:
            reader.close()
        if wrong:
            self._refuse(TooMany(wrong), reader.info.stream_id)
        elif not self._is_closed:
            self._open.add(reader)
            self._chores.spawn(self._read(reader))

    async def close(self) -> None:
        """Leaves what has not ended."""
        self._is_closed = True
        for reader in self._open:
            reader.close()
        await self._chores.drain()

    async def _read(self, reader: rtc.TextStreamReader) -> None:
        """Takes one typed message, or answers what is wrong with it."""
        text, id = "", reader.info.stream_id
        try:
            async with asyncio.timeout(READ_S):
                async for piece in reader:
                    text += piece
                    if len(text) > MAX_CHARS:
                        break
            if not self._is_closed:
                self._take(text, id)
        except UsageError as error:
            self._refuse(error, id[:MAX_ID])
        except TimeoutError:
            self._refuse(BadMessage(f"a message ends within {READ_S:.0f} s of its beginning"), id[:MAX_ID])
        except ConnectionError:
            return  # it was never sent to its end
        finally:
            self._open.discard(reader)
            reader.close()
