"""Chats whose reply waits for functions of their client.

    calls ─▶ `keep` ─▶ [ the turn waits, its place is held ] ──results──▶ `take` ─▶ the reply goes on
                            └── too late, or the session is over ──▶ closed, the place given back

One request has ended with the calls, another brings what they came to. They wait in the
process that made the calls, as long as the engine lets a tool take.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from gemelo.admin.services.reception import Seat
from gemelo.pipelines.chat import Chat
from gemelo.pipelines.openai_chat import Asked, BadRequest

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Held:
    """A chat and its place.

    Attributes:
        stack: ends both.
        question: the name of the conversation that is being answered.
        told: what has been let out of the answer, all its parts, as the next request will hold them.
    """

    chat: Chat
    seat: Seat
    stack: AsyncExitStack
    question: str = ""
    told: str = ""
    watch: asyncio.Task[None] | None = None

    def tell(self, part: str) -> None:
        """Notes what the client was given of the answer."""
        self.told = "\n".join(filter(None, (self.told, part.strip())))


class Holding:
    """The chats of one process that wait, by the ids of their calls."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._watches: set[asyncio.Task[None]] = set()

    def keep(self, held: Held, question: str, left: Callable[[], Awaitable[None]]) -> None:
        """Keeps a chat until its results come; `left` is called where none came and it was closed."""
        held.question, held.stack = question, held.stack.pop_all()
        self._held |= {call.id: held for call in held.chat.calls}
        held.watch = asyncio.create_task(self._close(held, left))
        self._watches.add(held.watch)
        held.watch.add_done_callback(self._watches.discard)

    def take(self, asked: Asked, question: str) -> Held:
        """The chat that some results are for, which is not kept any more.

        Raises:
            BadRequest: nobody waits for them, or for more of them.
        """
        results = dict(asked.results)
        held = next((self._held[id] for id in results if id in self._held), None)
        if held is None or held.question != question or held.chat.lost.is_set():
            raise BadRequest(
                "nobody waits for what these calls came to: it is due within seconds, in the conversation and"
                " at the server that called; leave the calls out and ask again",
                "messages",
                "tool_call_not_found",
            )
        if wrong := results.keys() ^ {call.id for call in held.chat.calls}:
            raise BadRequest(f"each call has one result: look at {min(wrong)[:64]!r}", "messages")
        self._forget(held)
        if held.watch:
            held.watch.cancel()
        return held

    async def close(self) -> None:
        """Ends all chats that wait, and goes on when their turns have been stored."""
        for held in self._held.values():
            held.chat.lost.set()
        if self._watches:
            await asyncio.wait(self._watches)

    def _forget(self, held: Held) -> None:
        for call in held.chat.calls:
            del self._held[call.id]

    async def _close(self, held: Held, left: Callable[[], Awaitable[None]]) -> None:
        await held.chat.lost.wait()
        self._forget(held)
        try:
            await held.stack.aclose()
            await left()
        except Exception as error:
            log.error("a chat that waited for its client was not ended well: %s", type(error).__name__)
