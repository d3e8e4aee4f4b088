"""One typed turn of a session as text, for protocols that ask once and read the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace

from gemelo.context.records import ToolVerdict
from gemelo.engine.events import Event, Notice, ReplyEnded, ReplyText, ToolEnded, ToolStarted, TurnTimed
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import StoreError, UnknownDeployment
from gemelo.pipelines.client_tools import Call, ClientTools
from gemelo.pipelines.meters import Meters


class Chat:
    """A session's next turn; an `Outlet`. `close` it in any case.

    Where the mind wants functions that the client runs, the reply pauses: `calls` says which, and `go_on`
    takes what they came to.

    Attributes:
        session: its id.
        policy: hash of the rules that it runs under.
        calls: what the client is to run, as long as the reply waits for it.
        lost: set where it waits no more: a function took too long, or the session ended.
    """

    def __init__(self, fan: Fan, stage: Stage, meters: Meters) -> None:
        self.session = fan.session
        self.policy = stage.context.hash
        self.calls: tuple[Call, ...] = ()
        self.lost = asyncio.Event()
        self._deployment = stage.context.deployment
        self._meters = meters
        self._events: asyncio.Queue[Event | Call | None] = asyncio.Queue()
        self._tools = ClientTools(stage, self._events.put_nowait)
        self._one_call = False
        self._running = 0
        self._session = Session(fan, replace(stage, tools=self._tools), self, spoken=False, warm=False)

    def send(self, event: Event) -> None:
        if isinstance(event, TurnTimed):
            self._meters.turn(self._deployment, event.timeline, event.drafting)
        if isinstance(event, ToolEnded) and self.calls and not self._is_waiting(event.use.verdict):
            self.lost.set()
        self._events.put_nowait(event)

    def _is_waiting(self, ended: ToolVerdict) -> bool:
        """Whether all results may still come, now that some tool has ended."""
        return ended is not ToolVerdict.CANCELLED and all(
            self._tools.is_waiting(call.id) for call in self.calls
        )

    def offer(self, names: frozenset[str], *, one_call: bool) -> None:
        """The client would run these, several at once unless it is `one_call`."""
        self._tools.offered, self._one_call = names, one_call

    def reply(self, text: str) -> AsyncGenerator[str]:
        """The reply to what a fan wrote, piece by piece as it may leave, up to its end or to its `calls`.

        Raises:
            BadText: there is nothing to read in it, or too much.
            StoreError: the turn could not be stored, so it was not answered.
            UnknownDeployment: the house ended the session before anything was said.
        """
        self._session.say(text)
        return self._told(is_said=False)

    def go_on(self, results: Iterable[tuple[str, str]]) -> AsyncGenerator[str]:
        """What follows the `calls`, once they came to these (id, text)."""
        self.calls = ()
        for id, output in results:
            self._tools.answer(id, output)
        return self._told(is_said=True)

    async def _told(self, *, is_said: bool) -> AsyncGenerator[str]:
        asked: list[Call] = []
        while (event := await self._events.get()) and not isinstance(event, ReplyEnded):
            match event:
                case ReplyText():
                    is_said = True
                    yield event.text
                case Notice() if not is_said:
                    raise StoreError(event.text) if event.code == "store" else UnknownDeployment(event.text)
                case ToolStarted():
                    self._running += 1
                case ToolEnded():
                    self._running -= 1
                case Call():
                    asked.append(event)
                case _:
                    pass
            asked = [call for call in asked if self._tools.is_waiting(call.id)]
            is_all = self._events.empty() and len(asked) == self._running
            if asked and (self._one_call or is_all):
                self.calls = tuple(asked)
                return

    def restage(self, stage: Stage) -> None:
        """See `Session.restage`."""
        self._tools.use(stage)
        self._session.restage(replace(stage, tools=self._tools))

    async def finish(self, reason: str, *, cut: bool) -> None:
        """See `Session.finish`."""
        await self._session.finish(reason, cut=cut)
        self._events.put_nowait(None)

    async def leave(self) -> None:
        """The server is going down: lets the reply under way finish."""
        await self._session.drain()

    async def hang_up(self, code: int) -> None:
        """Ends the reply where it is."""
        self.lost.set()
        self._events.put_nowait(None)

    async def close(self) -> None:
        """Ends the turn, and stores what was said."""
        await self._session.close()
