"""What a twin has learned, as its managers see it: looked through, and forgotten."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Awaitable, Callable

from gemelo.admin.services.checking import MAX_NAME, findable, permit, reason_of
from gemelo.admin.services.desk import Books, Desk, Kept, Page
from gemelo.context.knowledge.seam import Documents, Title
from gemelo.context.knowledge.uploads import MAX_BYTES, Upload
from gemelo.context.persona.kept import Subset
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import Twin
from gemelo.models.errors import Unknown, UsageError


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

    async def page(self, who: Principal, twin: str, after: str = "", limit: int = 50) -> Page[Title]:
        """A twin's documents, by path, without their text."""
        await self._desk.read(who, lambda books: books.get(Twin, findable(twin)))
        found = await self._documents.titles(twin, after, limit + 1)
        return Page(found[:limit], found[limit - 1].path if len(found) > limit else "")

    async def send(
        self, who: Principal, id: str, twin: str, path: str, content: str, why: str, now: int
    ) -> Upload:
        """Takes a file in, to be learned in the background; returns what waits.

        Args:
            path: the name that it is learned under; what it was learned from before is replaced.
            content: its bytes in base64.
            now: ms since 1970 UTC.

        Raises:
            NotAllowed, UsageError.
        """
        kept = (await self._desk.read(who, lambda books: books.get(Twin, findable(twin)))).noun
        permit(who, Action.EDIT, talent=kept.talent)
        await self._refuse_shared(who, twin)
        upload = Upload(id, kept.id, _path_of(path), _content_of(content), now)
        await self._desk.write(who, reason_of(why), lambda books: books.add(upload, "send"))
        return upload

    async def sent(self, who: Principal, twin: str, after: str = "", limit: int = 50) -> Page[Kept[Upload]]:
        """What was sent to a twin, by id, and what became of it."""

        async def look(books: Books) -> Page[Kept[Upload]]:
            await books.get(Twin, findable(twin))
            return await books.page(Upload, after=after, limit=limit, twin=twin)

        return await self._desk.read(who, look)

    async def look_up(self, who: Principal, twin: str, id: str) -> Upload:
        """What became of a file that was sent to a twin."""
        found = (await self._desk.read(who, lambda books: books.get(Upload, findable(id)))).noun
        if found.twin != twin:
            raise Unknown("nothing of this id was sent to this twin")
        return found

    async def forget(self, who: Principal, twin: str, path: str, why: str) -> Title:
        """Takes a document from a twin: from the next turn on nothing is answered from it.

        Raises:
            NotAllowed, UsageError, EmbedderError.
        """
        kept = (await self._desk.read(who, lambda books: books.get(Twin, findable(twin)))).noun
        permit(who, Action.EDIT, talent=kept.talent)
        await self._refuse_shared(who, twin)
        document = await self._documents.title(twin, path)
        if document is None:
            raise Unknown("this twin has learned no such document")

        async def note(books: Books) -> None:
            await books.note("forget", kept, {"document": [path, None]})

        await self._desk.write(who, reason_of(why), note)  # first: what is gone is never without a line
        await self._forget(twin, path)
        return document

    async def _refuse_shared(self, who: Principal, twin: str) -> None:
        """Raises `UsageError` where a twin shares another one's documents and has none of its own."""
        found = await self._desk.read(who, lambda books: books.page(Subset, limit=1, twin=twin))
        if found.items:
            source = found.items[0].noun.source
            raise UsageError(f"this twin shares the documents of {source}: send or forget them there")


def _path_of(text: str) -> str:
    path = text.strip()
    if not path or len(path) > MAX_NAME or not path.isprintable():
        raise UsageError(f"a document's path has 1 to {MAX_NAME} letters and no line break, like es/rules.md")
    return path


def _content_of(text: str) -> str:
    try:
        size = len(b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise UsageError("content is the file's bytes in base64") from None
    if not 0 < size <= MAX_BYTES:
        raise UsageError(f"a file that is sent has 1 to {MAX_BYTES} bytes; gemelo learn takes larger ones")
    return text
