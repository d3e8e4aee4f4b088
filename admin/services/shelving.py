"""What a twin has learned, as its managers see it: looked through, and forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gemelo.admin.services.checking import findable, permit, reason_of
from gemelo.admin.services.desk import Books, Desk, Page
from gemelo.context.knowledge.seam import Document, Documents
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import Twin
from gemelo.models.errors import Unknown


class Shelving:
    """The documents of twins. Every method may raise `Unknown` and `StoreError`.

    Args:
        forget: takes a document (by twin and path) out of store, index and files.
    """

    def __init__(
        self, desk: Desk, documents: Documents, forget: Callable[[str, str], Awaitable[object]]
    ) -> None:
        self._desk = desk
        self._documents = documents
        self._forget = forget

    async def page(self, who: Principal, twin: str, after: str = "", limit: int = 50) -> Page[Document]:
        """A twin's documents, by path."""
        await self._desk.read(who, lambda books: books.get(Twin, findable(twin)))
        found = [one for one in await self._documents.all(twin) if one.path > after]
        return Page(tuple(found[:limit]), found[limit - 1].path if len(found) > limit else "")

    async def forget(self, who: Principal, twin: str, path: str, why: str) -> Document:
        """Takes a document from a twin: from the next turn on nothing is answered from it.

        Raises:
            NotAllowed, UsageError, EmbedderError.
        """
        kept = (await self._desk.read(who, lambda books: books.get(Twin, findable(twin)))).noun
        permit(who, Action.EDIT, talent=kept.talent)
        document = next((one for one in await self._documents.all(twin) if one.path == path), None)
        if document is None:
            raise Unknown("this twin has learned no such document")

        async def note(books: Books) -> None:
            await books.note("forget", kept, {"document": [path, None]})

        await self._desk.write(who, reason_of(why), note)  # first: what is gone is never without a line
        await self._forget(twin, path)
        return document
