"""One typed turn of a session as text, for protocols that ask once and read the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from gemelo.engine.events import Event, Notice, ReplyEnded, ReplyText, TurnTimed
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import StoreError, UnknownDeployment
from gemelo.pipelines.meters import Meters


class Chat:
    """A session's next turn; an `Outlet`. `close` it in any case.

    Attributes:
        session: its id.
        policy: hash of the rules that it runs under.
    """

    def __init__(self, fan: Fan, stage: Stage, meters: Meters) -> None:
        self.session = fan.session
        self.policy = stage.context.hash
        self._deployment = stage.context.deployment
        self._meters = meters
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._session = Session(fan, stage, self, spoken=False, warm=False)

    def send(self, event: Event) -> None:
        if isinstance(event, TurnTimed):
            self._meters.turn(self._deployment, event.timeline, event.drafting)
        self._events.put_nowait(event)

    async def reply(self, text: str) -> AsyncGenerator[str]:
        """The reply to what a fan wrote, piece by piece as it may leave.

        Raises:
            BadText: there is nothing to read in it, or too much.
            StoreError: the turn could not be stored, so it was not answered.
            UnknownDeployment: the house ended the session before anything was said.
        """
        is_said = False
        self._session.say(text)
        while (event := await self._events.get()) and not isinstance(event, ReplyEnded):
            if isinstance(event, ReplyText):
                is_said = True
                yield event.text
            elif isinstance(event, Notice) and not is_said:
                raise StoreError(event.text) if event.code == "store" else UnknownDeployment(event.text)

    def restage(self, stage: Stage) -> None:
        """See `Session.restage`."""
        self._session.restage(stage)

    async def finish(self, reason: str, *, cut: bool) -> None:
        """See `Session.finish`."""
        await self._session.finish(reason, cut=cut)
        self._events.put_nowait(None)

    async def leave(self) -> None:
        """The server is going down: lets the reply under way finish."""
        await self._session.drain()

    async def hang_up(self, code: int) -> None:
        """Ends the reply where it is."""
        self._events.put_nowait(None)

    async def close(self) -> None:
        """Ends the turn, and stores what was said."""
        await self._session.close()
