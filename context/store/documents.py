"""Documents that twins have learned."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sqlalchemy import Delete, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.knowledge.seam import Cut, Document
from gemelo.context.store.database import Database
from gemelo.context.store.schema import documents, passages

_DOCUMENT = ("path", "sha256", "note", "recipe")
_PASSAGE = ("text", "spans", "headings", "language")


class SqlDocuments:
    """`gemelo.context.knowledge.seam.Documents` on a `Database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, twin: str, document: Document) -> None:
        """See `Documents.put`."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(_delete(twin, document.path))
            stored = await connection.execute(
                insert(documents)
                .values(twin=twin, **{name: getattr(document, name) for name in _DOCUMENT})
                .returning(documents.c.id)
            )
            key = stored.scalar_one()
            rows: list[dict[str, Any]] = [
                {"document": key, "number": number} | {name: getattr(cut, name) for name in _PASSAGE}
                for number, cut in enumerate(document.passages)
            ]
            if rows:
                await connection.execute(insert(passages), rows)

        await self._database.write(work)

    async def all(self, twin: str) -> tuple[Document, ...]:
        """See `Documents.all`."""
        query = (
            select(*(documents.c[name] for name in _DOCUMENT), passages)
            .outerjoin_from(documents, passages)
            .where(documents.c.twin == twin)
            .order_by(documents.c.path, passages.c.number)
        )

        async def work(connection: AsyncConnection) -> tuple[Document, ...]:
            rows = (await connection.execute(query)).mappings().all()
            return tuple(
                Document(
                    **dict(zip(_DOCUMENT, document, strict=True)),
                    passages=tuple(
                        Cut(**{name: row[name] for name in _PASSAGE})
                        for row in cuts
                        if row["number"] is not None
                    ),
                )
                for document, cuts in groupby(rows, lambda row: tuple(row[name] for name in _DOCUMENT))
            )

        return await self._database.read(work)

    async def remove(self, twin: str, path: str) -> bool:
        """See `Documents.remove`."""

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(_delete(twin, path))).rowcount == 1

        return await self._database.write(work)

    async def scrub(self) -> None:
        """See `Documents.scrub`."""
        await self._database.scrub()


def _delete(twin: str, path: str) -> Delete:
    return delete(documents).where(documents.c.twin == twin, documents.c.path == path)
