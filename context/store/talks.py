"""Reading what was said: sessions and turns of a place, and how much it was used."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Select,
    TableValuedAlias,
    and_,
    case,
    column,
    func,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.kept import Page, Told, Usage
from gemelo.context.records import TurnOutcome, TurnRecord, TurnStatus
from gemelo.context.store.database import Database
from gemelo.context.store.fence import fence
from gemelo.context.store.kinds import is_storable
from gemelo.context.store.schema import deployments, sessions, turns, twins
from gemelo.context.tenancy.people import Principal
from gemelo.context.twins import SessionRecord
from gemelo.models.errors import Unknown, UsageError
from gemelo.models.usage import Used

_RECORD = ("id", "session", "number", "fan", "language", "policy", "typed", "client_id")
_OUTCOME = ("status", "reply", "heard", "sentences", "receipt", "timeline", "declined", "error", "usage")
_AFTER = re.compile(r"(\d{1,16})-(.{1,100})")
_WHEN = type_coerce(turns.c.timeline, JSON)
_VOICED_MS = _WHEN["done"].as_float() - _WHEN["first_audio"].as_float()
"""From a reply's first sound to its last; of nothing where there was none."""
_ANSWERED = (TurnStatus.DONE, TurnStatus.CUT)


class SqlTalks:
    """`gemelo.admin.services.talks.Talks` on a `Database`.

    Args:
        fenced: False leaves the fence to the database, which tests do.
    """

    def __init__(self, database: Database, *, fenced: bool = True) -> None:
        self._database = database
        self._fenced = fenced

    async def sessions(
        self, who: Principal, deployment: str, *, after: str = "", limit: int = 50
    ) -> Page[SessionRecord]:
        """See `Talks.sessions`."""
        query = (
            self._sessions(who, deployment)
            .order_by(sessions.c.created.desc(), sessions.c.id.desc())
            .limit(limit + 1)
        )
        if after:
            found = _AFTER.fullmatch(after)
            if not found or not is_storable(after):
                raise UsageError("this is no place to go on from: take the one that the last page gave")
            created, id = int(found[1]), found[2]
            older = and_(sessions.c.created == created, sessions.c.id < id)
            query = query.where(or_(sessions.c.created < created, older))
        rows = [SessionRecord(**row) for row in await self._rows(query, who)]
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(tuple(rows[:limit]), f"{last.created}-{last.id}" if last else "")

    async def session(self, who: Principal, id: str) -> SessionRecord:
        """See `Talks.session`."""
        rows: list[Mapping[Any, Any]] = []
        if is_storable(id):
            query = select(sessions).where(sessions.c.id == id, *self._fence(sessions, who))
            rows = await self._rows(query, who)
        if not rows:
            raise Unknown(f"there is no session {id[:64]!r}")
        return SessionRecord(**rows[0])

    async def turn(self, who: Principal, id: str) -> Told:
        """See `Talks.turn`."""
        rows: list[Mapping[Any, Any]] = []
        if is_storable(id):
            rows = await self._rows(self._turns(who).where(turns.c.id == id), who)
        if not rows:
            raise Unknown(f"there is no turn {id[:64]!r}")
        return _told(rows[0])

    async def turns(self, who: Principal, session: str) -> tuple[Told, ...]:
        """See `Talks.turns`."""
        query = self._turns(who).where(turns.c.session == session).order_by(turns.c.number)
        return tuple(_told(row) for row in await self._rows(query, who))

    async def last(self, who: Principal, deployment: str, count: int) -> tuple[Told, ...]:
        """See `Talks.last`."""
        query = (
            self._turns(who)
            .where(turns.c.deployment == deployment, turns.c.status.in_(_ANSWERED))
            .order_by(turns.c.created.desc(), turns.c.id.desc())
            .limit(count)
        )
        return tuple(_told(row) for row in reversed(await self._rows(query, who)))

    async def usage(self, who: Principal, deployment: str, months: int, now: int) -> tuple[Usage, ...]:
        """See `Talks.usage`."""
        spans = list(_months(months, now))
        first = spans[-1][1]
        here = self._sessions(who, deployment).subquery()

        def month_of(created: Any) -> Any:
            return case(*(((created >= starts), name) for name, starts in spans))

        opened_in = month_of(here.c.created)
        opened = select(opened_in, func.count()).where(here.c.created >= first).group_by(opened_in)
        said_in = month_of(turns.c.created)
        said = (
            select(said_in, func.count(), func.sum(case((turns.c.typed, 0), else_=1)), func.sum(_VOICED_MS))
            .where(turns.c.deployment == deployment, turns.c.created >= first, *self._fence(turns, who))
            .group_by(said_in)
        )

        async def work(connection: AsyncConnection) -> tuple[Usage, ...]:
            line = _used(connection)
            service, *sums = _of_lines(line)
            took = (
                select(said_in, service, *sums)
                .select_from(turns.join(line, true()))
                .where(turns.c.deployment == deployment, turns.c.created >= first, *self._fence(turns, who))
                .group_by(said_in, service)
                .order_by(service)
            )
            services = defaultdict[str, list[Used]](list)
            for name, *used in await connection.execute(took):
                services[name].append(Used(*used))
            sessions_in = {row[0]: row[1] for row in await connection.execute(opened)}
            turns_in = {
                name: (count, spoken, round((voiced_ms or 0) / 1000, 1))
                for name, count, spoken, voiced_ms in await connection.execute(said)
            }
            return tuple(
                Usage(
                    name,
                    sessions_in.get(name, 0),
                    *turns_in.get(name, (0, 0, 0.0)),
                    services=tuple(services[name]),
                )
                for name, _ in spans
            )

        return await self._database.read(work, who)

    async def spent(self, talent: str, now: int) -> float:
        """See `Talks.spent`."""
        _, starts = next(_months(1, now))
        places = select(deployments.c.key).join(twins, twins.c.id == deployments.c.twin)

        async def work(connection: AsyncConnection) -> float:
            line = _used(connection)
            cost = (
                select(func.sum(line.c.value["micros"].as_float()))
                .select_from(turns.join(line, true()))
                .where(
                    turns.c.deployment.in_(places.where(twins.c.talent == talent)), turns.c.created >= starts
                )
            )
            return (await connection.execute(cost)).scalar() or 0.0

        return await self._database.read(work)

    def _sessions(self, who: Principal, deployment: str) -> Select[*tuple[Any, ...]]:
        return select(sessions).where(sessions.c.deployment == deployment, *self._fence(sessions, who))

    def _turns(self, who: Principal) -> Select[*tuple[Any, ...]]:
        return select(turns).where(*self._fence(turns, who))

    def _fence(self, table: Any, who: Principal) -> tuple[Any, ...]:
        return (fence(table, who),) if self._fenced else ()

    async def _rows(self, query: Select[*tuple[Any, ...]], who: Principal) -> list[Mapping[Any, Any]]:
        async def work(connection: AsyncConnection) -> list[Mapping[Any, Any]]:
            return list((await connection.execute(query)).mappings())

        return await self._database.read(work, who)


def _used(connection: AsyncConnection) -> TableValuedAlias:
    """The lines of `turns.usage`, one a row."""
    each = func.json_each if connection.dialect.name == "sqlite" else func.json_array_elements
    return each(turns.c.usage).table_valued(column("value", JSON), name="line")


def _of_lines(line: TableValuedAlias) -> Iterator[ColumnElement[Any]]:
    """The fields of `Used`, added up."""
    for field in fields(Used):
        value = line.c.value[field.name]
        yield value.as_string() if field.name == "service" else func.sum(value.as_float())


def _told(row: Mapping[Any, Any]) -> Told:
    outcome = {name: row[name] for name in _OUTCOME if row[name] is not None}
    return Told(TurnRecord(**{name: row[name] for name in _RECORD}), TurnOutcome(**outcome), row["created"])


def _months(count: int, now: int) -> Iterator[tuple[str, int]]:
    """Names and beginnings (ms since 1970 UTC) of the last months, the newest first."""
    instant = datetime.fromtimestamp(now / 1000, UTC)
    year, month = instant.year, instant.month
    for _ in range(count):
        starts = datetime(year, month, 1, tzinfo=UTC)
        yield f"{year:04}-{month:02}", int(starts.timestamp() * 1000)
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
