"""Documents that twins have learned."""

from __future__ import annotations

from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import Delete, Select, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.knowledge.seam import Cut, Document, Title
from gemelo.context.store.database import Database
from gemelo.context.store.kinds import is_storable
from gemelo.context.store.schema import documents, passages

_DOCUMENT = ("path", "sha256", "note", "recipe", "dated")
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

    async def edition(self, twin: str) -> str:
        """See `Documents.edition`."""
        columns = [documents.c[name] for name in _DOCUMENT]
        query = select(*columns).where(documents.c.twin == twin).order_by(documents.c.path)

        async def work(connection: AsyncConnection) -> str:
            rows = (await connection.execute(query)).all()
            return sha256(repr([tuple(row) for row in rows]).encode("utf-8", "replace")).hexdigest()

        return await self._database.read(work)

    async def titles(self, twin: str, after: str = "", limit: int = 50) -> tuple[Title, ...]:
        """See `Documents.titles`. A text that no database takes comes after all others."""
        if not is_storable(after):
            return ()
        page = _titles(twin).where(documents.c.path > after).order_by(documents.c.path).limit(limit)
        return await self._read_titles(page)

    async def title(self, twin: str, path: str) -> Title | None:
        """See `Documents.title`."""
        if not is_storable(path):
            return None
        found = await self._read_titles(_titles(twin).where(documents.c.path == path))
        return found[0] if found else None

    async def _read_titles(self, query: Select[Any, Any, int, Any, Any]) -> tuple[Title, ...]:
        async def work(connection: AsyncConnection) -> tuple[Title, ...]:
            return tuple(Title(**row) for row in (await connection.execute(query)).mappings())

        return await self._database.read(work)

    async def remove(self, twin: str, path: str) -> bool:
        """See `Documents.remove`."""

        async def work(connection: AsyncConnection) -> bool:
            return (await connection.execute(_delete(twin, path))).rowcount == 1

        return await self._database.write(work)

    async def scrub(self) -> None:
        """See `Documents.scrub`."""
        await self._database.scrub()


def _titles(twin: str) -> Select[Any, Any, int, Any, Any]:
    given = (
        select(func.count())
        .where(passages.c.document == documents.c.id)
        .correlate(documents)
        .scalar_subquery()
        .label("passages")
    )
    shown = (documents.c.path, documents.c.sha256, given, documents.c.note, documents.c.dated)
    return select(*shown).where(documents.c.twin == twin)


def _delete(twin: str, path: str) -> Delete:
    return delete(documents).where(documents.c.twin == twin, documents.c.path == path)
