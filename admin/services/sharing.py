"""Several twins of one talent, each on its own part of the documents that one of them has learned.

    the source learns or forgets ──follow──▶ every twin that shares ──sync──▶ its own documents, its own index

A twin that shares has the documents that its subset holds, and no others: what it may not say cannot be
found in its index.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gemelo.admin.services.checking import findable, permit
from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.house import House
from gemelo.admin.services.learn import forget, reindex
from gemelo.admin.services.personas import Personas, personas_at
from gemelo.context.knowledge.seam import Documents
from gemelo.context.persona.kept import Subset, shared
from gemelo.context.tenancy.people import THE_HOUSE, Action, Principal
from gemelo.context.twins import Twin
from gemelo.models.errors import UsageError
from gemelo.models.seams import Embedder

MAX_PATTERNS = 50
MAX_PATTERN = 200


@dataclass(frozen=True, slots=True)
class Synced:
    """What became of a twin's documents."""

    twin: str
    taken: tuple[str, ...]
    gone: tuple[str, ...]
    kept: int


class Pending(Protocol):
    """Documents that wait to be learned; see `context.store.uploads`."""

    async def withdraw(self, twin: str, path: str) -> int: ...


class Sharing:
    """What twins share. Every method may raise `Unknown`, `StoreError` and `EmbedderError`.

    Args:
        folder: of a twin's index (`Library.folder`).
    """

    def __init__(
        self,
        desk: Desk,
        documents: Documents,
        embedder: Embedder,
        folder: Callable[[str], Path],
        personas: Personas,
        pending: Pending,
    ) -> None:
        self._desk = desk
        self._documents = documents
        self._embedder = embedder
        self._folder = folder
        self._personas = personas
        self._pending = pending

    async def share(self, who: Principal, subset: Subset, why: str) -> Synced:
        """Gives a twin part of another one's documents, now and whenever that one learns or forgets.

        Raises:
            UsageError: they are of two talents, or one and the same; the source shares itself; the twin has
                documents of its own; or a pattern is none.
            NotAllowed.
        """
        _check(subset)
        theirs = shared(subset, await self._documents.all(subset.source))
        own = {document.path for document in await self._documents.all(subset.twin)}

        async def work(books: Books) -> None:
            twin = (await books.get(Twin, findable(subset.twin))).noun
            source = (await books.get(Twin, findable(subset.source))).noun
            permit(who, Action.EDIT, talent=twin.talent)
            if twin.talent != source.talent or twin.id == source.id:
                raise UsageError("a twin shares documents with another twin of the same talent")
            if (await books.page(Subset, limit=1, twin=source.id)).items:
                raise UsageError(f"{source.id} shares documents itself: name the twin that learned them")
            known = (await books.page(Subset, limit=1, twin=twin.id)).items
            if not known and (mine := own - theirs.keys()):
                raise UsageError(
                    f"{twin.id} has documents of its own, like {min(mine)[:80]!r}: forget them first"
                )
            await (books.replace(subset) if known else books.add(subset))

        await self._desk.write(who, why, work)
        return await self._sync(subset)

    async def of(self, twin: str) -> Subset | None:
        """What a twin shares; None where it has documents of its own."""
        found = await self._desk.read(THE_HOUSE, lambda books: books.page(Subset, limit=1, twin=twin))
        return found.items[0].noun if found.items else None

    async def follow(self, source: str) -> tuple[Synced, ...]:
        """Brings every twin that shares of a source up to date."""
        every = await self._desk.read(THE_HOUSE, lambda books: books.all(Subset, source=source))
        return tuple([await self._sync(subset) for subset in every])

    async def forget(self, twin: str, path: str) -> bool:
        """Takes a document for good from a twin, from who shares it, and from their personas' texts.

        A newer one of that name that waits to be learned is not learned any more.

        Raises:
            UsageError: the twin shares it: it would come back.
        """
        if subset := await self.of(twin):
            raise UsageError(f"{twin} shares the documents of {subset.source}: forget it there")
        await self._pending.withdraw(twin, path)
        known = await forget(twin, path, self._documents, self._embedder, self._folder(twin))
        await self._personas.forget(THE_HOUSE, twin, path)
        await self.follow(twin)
        return known

    async def _sync(self, subset: Subset) -> Synced:
        """Gives a twin what it shares, once more where the source learned or forgot meanwhile."""
        taken, gone = set[str](), set[str]()
        while True:
            edition = await self._documents.edition(subset.source)
            wanted = shared(subset, await self._documents.all(subset.source))
            own = {document.path: document for document in await self._documents.all(subset.twin)}
            for path, document in wanted.items():
                if own.get(path) != document:
                    await self._documents.put(subset.twin, document)
                    taken.add(path)
            for path in own.keys() - wanted.keys():
                await self._documents.remove(subset.twin, path)
                await self._personas.forget(THE_HOUSE, subset.twin, path)
                gone.add(path)
            if await self._documents.edition(subset.source) == edition:
                break
        await reindex(subset.twin, self._documents, self._embedder, self._folder(subset.twin))
        if gone:
            await self._documents.scrub()
        return Synced(subset.twin, tuple(sorted(taken - gone)), tuple(sorted(gone)), len(wanted))


def sharing_at(house: House, desk: Desk | None = None) -> Sharing:
    """What twins share in a house."""
    embedder, folder = house.library.embedder, house.library.folder
    personas, _ = personas_at(house)
    return Sharing(desk or house.desk, house.documents, embedder, folder, personas, house.uploads)


def _check(subset: Subset) -> None:
    """Raises `UsageError` where a pattern or a language is none."""
    patterns: Sequence[str] = subset.only
    if len(patterns) > MAX_PATTERNS or any(not 0 < len(one) <= MAX_PATTERN for one in patterns):
        raise UsageError(
            f"a subset has at most {MAX_PATTERNS} patterns of {MAX_PATTERN} letters, like 'en/*'"
        )
    if not all(len(code) == 2 and code.isascii() and code.islower() for code in subset.languages):
        raise UsageError("a language is two small letters, like es")
