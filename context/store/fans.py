"""What is kept of fans: the facts they agreed to, and all of it for who wants to see or erase it.

Every query names one deployment: what a fan told one place is never found from another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.memory.account import Account, Erased, Remembered, Spoken, Talk, Whose, kind_of, memory_id
from gemelo.context.memory.facts import Fact
from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.schema import leads, memories, sessions, turns
from gemelo.context.tools.errands import Lead
from gemelo.context.twins import SessionRecord


class SqlFans:
    """Keeps and gives up what fans leave on a `Database`. Every method may raise `StoreError`."""

    def __init__(self, database: Database, now: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._now = now

    async def agree(self, session: str, fan: str) -> bool:
        """Links a session to the fan who agreed to be known again at its deployment.

        The facts that are there already move to it: they last as long as its talk. False: there is no
        such session (any more).
        """
        here = select(sessions.c.deployment).where(sessions.c.id == session).scalar_subquery()
        link = update(sessions).where(sessions.c.id == session).values(fan=fan)
        renew = (
            update(memories)
            .where(memories.c.deployment == here, memories.c.fan == fan)
            .values(session=session)
        )

        async def work(connection: AsyncConnection) -> bool:
            if not (await connection.execute(link)).rowcount:
                return False
            await connection.execute(renew)
            return True

        return await self._database.write(work)

    async def part(self, session: str) -> None:
        """Takes the fan's name off a session: what is said in it from now on is nobody's."""
        unlink = update(sessions).where(sessions.c.id == session).values(fan="")

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(unlink)

        await self._database.write(work)

    async def keep(self, session: str, facts: Sequence[Fact]) -> int:
        """Keeps facts for the fan of a session, each in the place of what was known of its kind.

        Returns:
            How many were kept: none where the session's fan did not agree, or it was erased.
        """
        owner = select(sessions.c.deployment, sessions.c.fan).where(
            sessions.c.id == session, sessions.c.fan != ""
        )
        now = self._now()

        async def work(connection: AsyncConnection) -> int:
            row = (await connection.execute(owner)).one_or_none()
            if row is None:
                return 0
            deployment, fan = row
            for fact in facts:
                id = memory_id(deployment, fan, fact.kind)
                kept = {
                    "id": id, "deployment": deployment, "fan": fan, "session": session,
                    "text": fact.text, "language": fact.language, "created": now,
                }  # fmt: skip
                await connection.execute(delete(memories).where(memories.c.id == id))
                await connection.execute(insert(memories), kept)
            return len(facts)

        return await self._database.write(work)

    async def knows(self, deployments: Sequence[str], fan: str) -> bool:
        """Whether any session at these deployments is a fan's; what else is kept hangs on one."""
        theirs = select(sessions.c.id).where(
            sessions.c.deployment.in_(deployments), sessions.c.fan == fan, sessions.c.fan != ""
        )

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(theirs.limit(1))).first() is not None

        return await self._database.read(work)

    async def facts(self, deployment: str, fan: str) -> tuple[Remembered, ...]:
        """What is known of a fan here, the longest known first."""
        whose = Whose(deployment, fan)

        async def work(connection: AsyncConnection) -> tuple[Remembered, ...]:
            return await _facts(connection, whose)

        return await self._database.read(work)

    async def account(self, whose: Whose) -> Account:
        """Everything that is kept of a fan at one deployment."""
        theirs = select(sessions).where(_of(whose)).order_by(sessions.c.created, sessions.c.id)
        said = (
            select(*(turns.c[name] for name in ("session", "number", "fan", "heard", "language", "created")))
            .join(sessions, sessions.c.id == turns.c.session)
            .where(_of(whose))
            .order_by(turns.c.session, turns.c.number)
        )
        agreed = (
            select(leads)
            .join(sessions, sessions.c.id == leads.c.session)
            .where(_of(whose))
            .order_by(leads.c.created, leads.c.id)
        )

        async def work(connection: AsyncConnection) -> Account:
            talks: dict[str, list[Spoken]] = {}
            for row in (await connection.execute(said)).mappings():
                spoken = Spoken(row["number"], row["fan"], row["heard"], row["language"], row["created"])
                talks.setdefault(row["session"], []).append(spoken)
            left = [Lead(**row) for row in (await connection.execute(agreed)).mappings()]
            records = [SessionRecord(**row) for row in (await connection.execute(theirs)).mappings()]
            return Account(
                whose.deployment,
                await _facts(connection, whose),
                tuple(Talk(record, tuple(talks.get(record.id, ()))) for record in records),
                tuple(left),
            )

        return await self._database.read(work)

    async def erase(self, whose: Whose) -> Erased:
        """Deletes everything that is kept of a fan at one deployment, also from the files below.

        A session that is still talked in can store nothing more: its row is gone.
        """
        erased = await self._delete(_of(whose), _told_by(whose))
        await self._database.scrub()
        return erased

    async def expire(self, deployment: str, before: int, limit: int = 500) -> Erased:
        """Deletes sessions of a deployment last seen before an instant, with their turns and facts.

        At most `limit` of them, the oldest first: a turn that is to be stored waits no longer than that.
        """
        # none was seen before it was opened: that is in an index
        chosen = (
            select(sessions.c.id)
            .where(
                sessions.c.deployment == deployment,
                sessions.c.created < before,
                sessions.c.last_seen < before,
            )
            .order_by(sessions.c.last_seen)
            .limit(limit)
        )

        async def choose(connection: AsyncConnection) -> list[str]:
            return list((await connection.execute(chosen)).scalars())

        ids = await self._database.read(choose)
        if not ids:
            return Erased()
        old = and_(sessions.c.id.in_(ids), sessions.c.last_seen < before)
        theirs = memories.c.session.in_(select(sessions.c.id).where(old))
        erased = await self._delete(old, theirs)
        if erased.sessions:
            await self._database.scrub()
        return erased

    async def _delete(self, which: ColumnElement[bool], facts: ColumnElement[bool]) -> Erased:
        chosen = select(sessions.c.id).where(which)

        async def work(connection: AsyncConnection) -> Erased:
            known = (await connection.execute(delete(memories).where(facts))).rowcount
            said = (await connection.execute(delete(turns).where(turns.c.session.in_(chosen)))).rowcount
            left = (await connection.execute(delete(leads).where(leads.c.session.in_(chosen)))).rowcount
            ids = tuple((await connection.execute(chosen)).scalars())
            await connection.execute(delete(sessions).where(which))
            return Erased(ids, said, known, left)

        return await self._database.write(work)


def _of(whose: Whose) -> ColumnElement[bool]:
    """The sessions that are a fan's."""
    one = sessions.c.fan == whose.fan if whose.fan else sessions.c.id == whose.session
    return and_(sessions.c.deployment == whose.deployment, one)


def _told_by(whose: Whose) -> ColumnElement[bool]:
    one = memories.c.fan == whose.fan if whose.fan else memories.c.session == whose.session
    return and_(memories.c.deployment == whose.deployment, one)


async def _facts(connection: AsyncConnection, whose: Whose) -> tuple[Remembered, ...]:
    query = (
        select(*(memories.c[name] for name in ("id", "text", "language", "created")))
        .where(_told_by(whose))
        .order_by(memories.c.created, memories.c.id)
    )
    rows = (await connection.execute(query)).mappings()
    return tuple(Remembered(kind_of(row["id"]), row["text"], row["language"], row["created"]) for row in rows)
