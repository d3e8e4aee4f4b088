"""A visit to a twin on somebody's behalf: a session of its own, stored like any fan's, and its account."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Protocol

from gemelo.admin.services.house import Place, Sessions
from gemelo.context.records import TurnOutcome, TurnRecord
from gemelo.engine.records import Records
from gemelo.engine.session import Fan
from gemelo.engine.stage import Stage
from gemelo.models.errors import ServiceError
from gemelo.models.vocabulary import Exchange, Language, TurnId


class Host(Protocol):
    """What a visit needs of the house."""

    @property
    def sessions(self) -> Sessions: ...

    async def place(self, key: str) -> Place:
        """Opens a deployment; see `House.place`."""
        ...


class Witness:
    """`Records` that remember what passed through them, in the order in which turns were committed."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self.turns: dict[TurnId, TurnRecord] = {}
        self.outcomes: dict[TurnId, TurnOutcome] = {}

    async def commit(self, turn: TurnRecord) -> bool:
        self.turns[turn.id] = turn
        return await self._records.commit(turn)

    async def heard(self, turn: TurnId, text: str) -> None:
        await self._records.heard(turn, text)

    async def finish(self, turn: TurnId, outcome: TurnOutcome) -> None:
        self.outcomes[turn] = outcome
        await self._records.finish(turn, outcome)

    async def reply_of(self, session: str, client_id: str) -> TurnOutcome | None:
        return await self._records.reply_of(session, client_id)

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        return await self._records.history(session, last)

    async def in_crisis(self, session: str) -> bool:
        return await self._records.in_crisis(session)

    async def last_number(self, session: str) -> int:
        return await self._records.last_number(session)


class NoRecords:
    """`Records` that keep nothing: what is tried is no fan's talk."""

    async def commit(self, turn: TurnRecord) -> bool:
        return True

    async def heard(self, turn: TurnId, text: str) -> None:
        return

    async def finish(self, turn: TurnId, outcome: TurnOutcome) -> None:
        return

    async def reply_of(self, session: str, client_id: str) -> TurnOutcome | None:
        return None

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        return ()

    async def in_crisis(self, session: str) -> bool:
        return False

    async def last_number(self, session: str) -> int:
        return 0


async def arrive(house: Host, stage: Stage, language: Language) -> Fan:
    """A new fan in a new session.

    Raises:
        StoreError: the session could not be stored.
    """
    fan = Fan(uuid.uuid4().hex, language)
    await house.sessions.open(fan.session, stage.context.deployment, stage.context.hash, language)
    return fan


async def warm(stage: Stage, language: Language, *, spoken: bool) -> None:
    """Loads and starts what a server has long had ready, so that a first turn is timed as any other.

    What fails here is left to the turn that needs it.
    """
    line = stage.context.disclosure(language)
    stage.guard.judge(line, language, "output")
    try:
        await stage.knowledge.search(line, language)
        await stage.mind.warm(stage.context.prefix, stage.context.talent, stage.tools.specs)
        if spoken:
            await (await stage.ears.open(language, lambda signal: None)).close()
            async with aclosing(stage.voice.speak(_once(line), language)) as speeches:
                await anext(speeches, None)
    except ServiceError:
        return


async def _once(text: str) -> AsyncIterator[str]:
    yield text
