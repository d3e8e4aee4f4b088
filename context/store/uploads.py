"""Documents that were sent, handed out to be learned.

    waiting ──claim: all of one twin, a lease──▶ learned ──settle──▶ indexed | warned | error

A twin whose documents somebody has taken is left alone until they are settled or the lease is over, so that
they are learned in the order in which they were sent, and one index is built at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.knowledge.uploads import Upload, UploadState
from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.kinds import KINDS
from gemelo.context.store.schema import twins, uploads

_WITHDRAWN = "it was forgotten before it was learned: send it again if it is wanted after all"


class SqlUploads:
    """`gemelo.admin.services.lessons.Uploads` on a `Database`. Every method may raise `StoreError`."""

    def __init__(self, database: Database, now: Callable[[], int] = now_ms) -> None:
        self._database = database
        self._now = now

    async def claim(self, lease_ms: int, limit: int = 20) -> tuple[tuple[Upload, int], ...]:
        """See `Uploads.claim`."""
        now = self._now()
        waiting = uploads.c.state == UploadState.WAITING
        taken = select(uploads.c.twin).where(waiting, uploads.c.due > now)
        next_one = (
            select(uploads.c.twin)
            .where(waiting, uploads.c.twin.not_in(taken))
            .order_by(uploads.c.created, uploads.c.id)
            .limit(1)
        )

        async def work(connection: AsyncConnection) -> tuple[tuple[Upload, int], ...]:
            twin = (await connection.execute(next_one)).scalar()
            if twin is None:
                return ()
            # one at a time takes a twin's documents; who waited here looks again
            await connection.execute(select(twins.c.id).where(twins.c.id == twin).with_for_update())
            if (await connection.execute(taken.where(uploads.c.twin == twin))).first():
                return ()
            theirs = (
                select(uploads)
                .where(waiting, uploads.c.twin == twin)
                .order_by(uploads.c.created, uploads.c.id)
                .limit(limit)
            )
            rows = (await connection.execute(theirs)).mappings().all()
            claimed = tuple((_upload(row), row["tries"] + 1) for row in rows)
            for upload, tries in claimed:
                lease = update(uploads).where(uploads.c.id == upload.id)
                await connection.execute(lease.values(due=now + lease_ms, tries=tries))
            return claimed

        return await self._database.write(work)

    async def settle(self, upload: Upload, tries: int, again_in_ms: int | None = None) -> bool:
        """See `Uploads.settle`."""
        done = upload.state is not UploadState.WAITING
        values: dict[str, Any] = {"state": upload.state, "passages": upload.passages, "note": upload.note}
        values |= {"content": "", "revision": uploads.c.revision + 1} if done else {}
        values |= {} if again_in_ms is None else {"due": self._now() + again_in_ms}
        mine = update(uploads).where(
            uploads.c.id == upload.id, uploads.c.tries == tries, uploads.c.state == UploadState.WAITING
        )

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(mine.values(values))).rowcount == 1

        return await self._database.write(work)

    async def withdraw(self, twin: str, path: str) -> int:
        """See `Uploads.withdraw`."""
        theirs = update(uploads).where(
            uploads.c.twin == twin, uploads.c.path == path, uploads.c.state == UploadState.WAITING
        )
        values = {"state": UploadState.ERROR, "content": "", "note": _WITHDRAWN}

        async def work(connection: AsyncConnection) -> int:
            changed = theirs.values(**values, revision=uploads.c.revision + 1)
            return (await connection.execute(changed)).rowcount

        return await self._database.write(work)

    async def withdrawn(self, upload: Upload) -> bool:
        """See `Uploads.withdrawn`."""
        note = select(uploads.c.note).where(uploads.c.id == upload.id)

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(note)).scalar() == _WITHDRAWN

        return await self._database.read(work)


def _upload(row: Any) -> Upload:
    return KINDS[Upload].read(row)
