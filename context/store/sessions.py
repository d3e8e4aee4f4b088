"""Sessions of fans. A row holds nothing that tells who the fan is."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.hooks.topics import Topic
from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.posting import post_of_session
from gemelo.context.store.schema import sessions, turns
from gemelo.context.twins import SessionRecord
from gemelo.models.vocabulary import Language


class SqlSessions:
    """Keeps sessions on a `Database`; `SqlRecords.finish` moves their `last_seen`."""

    def __init__(self, database: Database, now: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._now = now

    async def open(self, session: str, deployment: str, policy: str, language: Language) -> SessionRecord:
        """Stores a new session; a session must stand here before its first turn is committed.

        Raises:
            StoreError: the store cannot be written, the deployment is unknown or the id is taken.
        """
        now = self._now()
        record = SessionRecord(session, deployment, policy, language, created=now, last_seen=now)
        row = {column.name: getattr(record, column.name) for column in sessions.c}

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(insert(sessions), row)

        await self._database.write(work)
        return record

    async def get(self, session: str) -> SessionRecord | None:
        """Finds a session, e.g. to resume it.

        Raises:
            StoreError: the store cannot be read.
        """

        async def work(connection: AsyncConnection) -> SessionRecord | None:
            query = select(sessions).where(sessions.c.id == session)
            row = (await connection.execute(query)).mappings().one_or_none()
            return None if row is None else SessionRecord(**row)

        return await self._database.read(work)

    async def ended(self, session: str) -> None:
        """Tells whoever wants to hear it that a fan has left; one who comes back may leave again.

        Raises:
            StoreError: the store cannot be written.
        """
        now = self._now()
        talked = select(func.count()).where(turns.c.session == session)

        async def work(connection: AsyncConnection) -> None:
            if count := (await connection.execute(talked)).scalar_one():
                await post_of_session(connection, session, Topic.SESSION_ENDED, {"turns": count}, now)

        await self._database.write(work)
