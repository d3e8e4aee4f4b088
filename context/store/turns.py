"""Turns, kept so that the death of the process loses and doubles none.

commit ──▶ OPEN ── heard, heard, ... ──finish──▶ DONE | CUT | FAILED
             └──── the process died; recover ──▶ FAILED (process_died)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import Update, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.hooks.topics import Topic
from gemelo.context.records import Decision, TurnOutcome, TurnRecord, TurnStatus
from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.posting import post_of_session
from gemelo.context.store.schema import sessions, turns
from gemelo.models.errors import Forgotten, StoreError
from gemelo.models.vocabulary import Exchange, TurnId

PROCESS_DIED = "process_died"
"""Error code of a turn that was being answered when its process ended."""

_log = logging.getLogger(__name__)

_RECORD = ("id", "session", "number", "fan", "language", "policy", "typed", "client_id")
_OUTCOME = ("status", "reply", "heard", "sentences", "receipt", "timeline", "declined", "error", "usage")
_COMMITTED = (*_RECORD, "created")

_PLACE = func.coalesce(
    select(sessions.c.deployment).where(sessions.c.id == bindparam("session")).scalar_subquery(), ""
)
# One statement, so that a turn sent twice is refused without a look before it and without an error.
_COMMIT = {
    name: dialect.insert(turns)
    .values({name: bindparam(name) for name in _COMMITTED} | {"deployment": _PLACE})
    .on_conflict_do_nothing(index_elements=["session", "client_id"])
    .execution_options(preserve_rowcount=True)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_HEARD = (
    update(turns)
    .where(turns.c.id == bindparam("turn"), turns.c.status == TurnStatus.OPEN)
    .values(heard=bindparam("text"))
)
_FINISH = (
    update(turns)
    .where(turns.c.id == bindparam("turn"))
    .values({name: bindparam(f"new_{name}", type_=turns.c[name].type) for name in _OUTCOME})
)
_SEEN = (
    update(sessions)
    .where(sessions.c.id == select(turns.c.session).where(turns.c.id == bindparam("turn")).scalar_subquery())
    .values(last_seen=bindparam("now"))
)
_SESSION_OF = select(turns.c.session).where(turns.c.id == bindparam("turn"))
_RECOVER = (
    update(turns)
    .where(turns.c.status == TurnStatus.OPEN)
    .values(status=TurnStatus.FAILED, error=PROCESS_DIED)
)


class SqlRecords:
    """`gemelo.engine.records.Records` on a `Database`.

    What was heard is written at most every `heard_every_s`, of all turns together; what is pending
    is written when its turn finishes and on `close`.
    """

    def __init__(
        self, database: Database, now: Callable[[], int] = now_ms, heard_every_s: float = 0.25
    ) -> None:
        self._database = database
        self._now = now
        self._heard_every_s = heard_every_s
        self._heard: dict[TurnId, str] = {}
        self._flushing: asyncio.Task[None] | None = None
        self._in_order = asyncio.Lock()

    async def recover(self, older_than_s: float = 0) -> int:
        """Marks open turns as failed; what was heard of them stays.

        For the start of the one process that answers turns on this database, once it is sure to be
        the only one (its port is bound). Where there are several, others are answering: only turns that
        are older than any reply may last were left by a process that died.

        Returns:
            How many turns the last process left open.

        Raises:
            StoreError: the store cannot be written.
        """

        async def work(connection: AsyncConnection) -> int:
            left = _RECOVER
            if older_than_s:
                left = left.where(turns.c.created <= self._now() - round(older_than_s * 1000))
            return (await connection.execute(left)).rowcount

        return await self._database.write(work)

    async def commit(self, turn: TurnRecord) -> bool:
        """See `Records.commit`. Once it has returned True the turn survives a kill."""
        row = {name: getattr(turn, name) for name in _RECORD} | {"created": self._now()}

        async def work(connection: AsyncConnection) -> bool:
            if (await connection.execute(_COMMIT[connection.dialect.name], row)).rowcount == 1:
                return True
            return (await connection.execute(_reopen(row))).rowcount == 1

        try:
            return await self._database.write(work)
        except StoreError:
            if await self._is_gone(turn.session):
                raise Forgotten("this session was erased: nothing of it is kept any more") from None
            raise

    async def _is_gone(self, session: str) -> bool:
        known = select(sessions.c.id).where(sessions.c.id == session)

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(known)).first() is None

        return await self._database.read(work)

    async def heard(self, turn: TurnId, text: str) -> None:
        """See `Records.heard`. Returns at once; a failure is logged, for `finish` says it again."""
        self._heard[turn] = text
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush_now_and_then())

    async def finish(self, turn: TurnId, outcome: TurnOutcome) -> None:
        """See `Records.finish`. Saying it again replaces the outcome.

        Raises:
            StoreError: the store cannot be written, or the turn was never committed.
        """
        self._heard.pop(turn, None)
        row: dict[str, Any] = {f"new_{name}": getattr(outcome, name) for name in _OUTCOME}
        now = self._now()

        async def work(connection: AsyncConnection) -> int:
            await connection.execute(_SEEN, {"turn": turn, "now": now})
            found = (await connection.execute(_FINISH, row | {"turn": turn})).rowcount
            if found and outcome.receipt.flags:
                session = (await connection.execute(_SESSION_OF, {"turn": turn})).scalar_one()
                told = {"turn": turn, "flags": list(outcome.receipt.flags)}
                await post_of_session(connection, session, Topic.TURN_FLAGGED, told, now)
            return found

        if not await self._database.write(work):
            raise StoreError("a turn that was never committed cannot finish")

    async def history(self, session: str, last: int) -> tuple[Exchange, ...]:
        """See `Records.history`."""
        query = (
            select(turns.c.fan, turns.c.heard)
            .where(turns.c.session == session)
            .order_by(turns.c.number.desc())
            .limit(last)
        )

        async def work(connection: AsyncConnection) -> tuple[Exchange, ...]:
            rows = (await connection.execute(query)).all()
            return tuple(Exchange(fan, heard) for fan, heard in reversed(rows))

        return await self._database.read(work)

    async def reply_of(self, session: str, client_id: str) -> TurnOutcome | None:
        """See `Records.reply_of`."""
        query = select(*(turns.c[name] for name in _OUTCOME)).where(
            turns.c.session == session, turns.c.client_id == client_id, turns.c.status != TurnStatus.OPEN
        )

        async def work(connection: AsyncConnection) -> TurnOutcome | None:
            row = (await connection.execute(query)).mappings().one_or_none()
            if row is None:
                return None
            return TurnOutcome(**{name: value for name, value in row.items() if value is not None})

        return await self._database.read(work)

    async def in_crisis(self, session: str) -> bool:
        """See `Records.in_crisis`.

        Raises:
            StoreError: the store cannot be read.
        """
        query = select(turns.c.receipt).where(turns.c.session == session, turns.c.receipt.is_not(None))

        async def work(connection: AsyncConnection) -> bool:
            receipts = (await connection.execute(query)).scalars()
            return any(v.decision is Decision.CRISIS for receipt in receipts for v in receipt.verdicts)

        return await self._database.read(work)

    async def last_number(self, session: str) -> int:
        """Number of the newest turn of a session, to go on from when it is resumed; 0 for none.

        Raises:
            StoreError: the store cannot be read.
        """
        query = select(func.coalesce(func.max(turns.c.number), 0)).where(turns.c.session == session)

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(query)).scalar_one()

        return await self._database.read(work)

    async def flush(self) -> None:
        """Writes what was heard and is not yet written."""
        await asyncio.shield(asyncio.create_task(self._flush()))

    async def close(self) -> None:
        """Flushes and stops writing on its own."""
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        await self.flush()

    async def _flush(self) -> None:
        async with self._in_order:  # of two writes at once the older text could be kept last
            rows = [{"turn": turn, "text": text} for turn, text in self._heard.items()]
            self._heard.clear()

            async def work(connection: AsyncConnection) -> None:
                await connection.execute(_HEARD, rows)

            if not rows:
                return
            try:
                await self._database.write(work)
            except StoreError as error:
                _log.warning("what was heard of %d turns could not be stored: %s", len(rows), error)

    async def _flush_now_and_then(self) -> None:
        while self._heard:
            await self.flush()
            await asyncio.sleep(self._heard_every_s)
        self._flushing = None


def _reopen(row: dict[str, Any]) -> Update:
    """Puts a turn sent again in the place of the one that a dead process left unanswered."""
    place = ("session", "number", "client_id")
    fresh = {name: value for name, value in row.items() if name not in place}
    return (
        update(turns)
        .where(
            turns.c.session == row["session"],
            turns.c.client_id == row["client_id"],
            turns.c.status == TurnStatus.FAILED,
            turns.c.error == PROCESS_DIED,
        )
        .values(fresh | {"status": TurnStatus.OPEN, "error": "", "heard": ""})
    )
