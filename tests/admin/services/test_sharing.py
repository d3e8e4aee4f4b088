"""Several twins of one talent, each on its own part of the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.personas import Personas
from gemelo.admin.services.publishing import Publishing
from gemelo.admin.services.sharing import Sharing
from gemelo.context.knowledge.seam import Document
from gemelo.context.knowledge.twin import Library, TwinKnowledge
from gemelo.context.persona.kept import Subset
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.twins import Twin
from gemelo.models.adapters.verbatim import VerbatimMind
from gemelo.models.errors import NotAllowed, Unknown, UsageError
from gemelo.models.vocabulary import Language
from tests.admin.services.cast import MARTA, NINA, OTTO
from tests.admin.services.conftest import Calendar
from tests.admin.test_learn import MemoryDocuments
from tests.context.persona.corpora import DOCUMENTS, document
from tests.hashing import HashingEmbedder

SPANISH = Subset("trina--sales", "trina", ("es/*",))


class Shelf:
    """Documents, their indexes and who shares them."""

    def __init__(
        self,
        desk: Desk,
        compiler: Compiler,
        now: Calendar,
        root: Path,
        documents: MemoryDocuments | None = None,
    ) -> None:
        self.desk = desk
        self.documents = documents or MemoryDocuments()
        self.library = Library(root, HashingEmbedder())
        publishing = Publishing(desk, compiler, now)
        version = self.library.version
        self.personas = Personas(desk, publishing, self.documents, version, VerbatimMind(), now)
        embedder, folder = self.library.embedder, self.library.folder
        self.withdrawn: list[tuple[str, str]] = []
        self.sharing = Sharing(desk, self.documents, embedder, folder, self.personas, self)

    async def withdraw(self, twin: str, path: str) -> int:
        self.withdrawn.append((twin, path))
        return 0

    async def paths(self, twin: str) -> list[str]:
        return [one.path for one in await self.documents.all(twin)]

    async def best(self, twin: str, query: str) -> str:
        found = await TwinKnowledge(self.library, twin).search(query, Language("en"))
        return found.passages[0].source.document if found.passages else ""


@pytest.fixture
async def shelves(desk: Desk, compiler: Compiler, now: Calendar, tmp_path: Path) -> Shelf:
    async def work(books: Books) -> None:
        await books.add(Twin("trina--sales", "trina", "Sales"))
        await books.add(Twin("trina--fun", "trina", "Fun"))

    await desk.write(THE_HOUSE, "a second twin", work)
    made = Shelf(desk, compiler, now, tmp_path)
    for one in DOCUMENTS:
        await made.documents.put("trina", one)
    return made


async def test_each_twin_has_its_own_part_and_persona(shelves: Shelf) -> None:
    """What is not in its part is neither found nor part of how it talks."""
    synced = await shelves.sharing.share(MARTA, SPANISH, "for the shop")
    assert (synced.kept, synced.taken, synced.gone) == (1, ("es/correr.md",), ())
    await shelves.sharing.share(MARTA, Subset("trina--fun", "trina", languages=("en",)), "for fun")
    assert await shelves.paths("trina--sales") == ["es/correr.md"]
    assert await shelves.paths("trina--fun") == ["en/bread.md"]
    assert await shelves.best("trina--fun", "wholemeal flour") == "en/bread.md"
    assert await shelves.best("trina--sales", "wholemeal flour") in ("", "es/correr.md")
    sales = await shelves.personas.draft(MARTA, "trina--sales", "")
    fun = await shelves.personas.draft(MARTA, "trina--fun", "")
    assert "Hasta la próxima carrera." in sales
    assert "Hasta la próxima carrera." not in fun
    assert "bread" not in sales


async def test_who_shares_follows_what_the_source_learns_and_forgets(shelves: Shelf) -> None:
    """A document that is forgotten is gone for good, out of every persona's text too."""
    await shelves.sharing.share(MARTA, SPANISH, "")
    await shelves.personas.draft(MARTA, "trina--sales", "")
    await shelves.documents.put(
        "trina", document("es/nuevo.md", "# Nuevo\n\nHoy estrenamos una pista de tartán.")
    )
    await shelves.documents.put("trina", document("en/new.md", "# New\n\nThere is a new track today."))
    [synced] = await shelves.sharing.follow("trina")
    assert (synced.taken, synced.kept) == (("es/nuevo.md",), 2)
    assert await shelves.sharing.forget("trina", "es/correr.md")
    assert await shelves.paths("trina--sales") == ["es/nuevo.md"]
    assert "correr" not in (await shelves.personas.see(MARTA, "trina--sales")).noun.yaml


async def test_nothing_of_a_forgotten_path_is_learned_later(shelves: Shelf) -> None:
    """Not either what was sent for it and waits."""
    await shelves.sharing.forget("trina", "es/correr.md")
    assert shelves.withdrawn == [("trina", "es/correr.md")]


class _Slow(MemoryDocuments):
    """Forgets a document of the source while the one who shares takes it."""

    async def put(self, twin: str, document: Document) -> None:
        await super().put(twin, document)
        if twin == "trina--sales":
            await self.remove("trina", document.path)


async def test_what_is_forgotten_while_it_is_shared_does_not_stay(
    desk: Desk, compiler: Compiler, now: Calendar, tmp_path: Path, shelves: Shelf
) -> None:
    """The one who shares looks at the source again."""
    slow = Shelf(desk, compiler, now, tmp_path, _Slow())
    await slow.documents.put("trina", document("es/nuevo.md", "# Nuevo\n\nHoy estrenamos una pista."))
    synced = await slow.sharing.share(MARTA, SPANISH, "")
    assert (synced.taken, synced.kept) == ((), 0)
    assert await slow.paths("trina--sales") == []


async def test_a_part_can_be_made_another_one(shelves: Shelf) -> None:
    """What no longer belongs to it goes."""
    await shelves.sharing.share(MARTA, SPANISH, "")
    synced = await shelves.sharing.share(MARTA, Subset("trina--sales", "trina", ("en/*",)), "")
    assert (synced.taken, synced.gone) == (("en/bread.md",), ("es/correr.md",))


@pytest.mark.parametrize(
    ("subset", "told"),
    [
        (Subset("trina", "trina"), "another twin of the same talent"),
        (Subset("oto", "trina"), "another twin of the same talent"),
        (Subset("trina--sales", "trina", ("x" * 201,)), "at most 50 patterns"),
        (Subset("trina--sales", "trina", ("",)), "at most 50 patterns"),
        (Subset("trina--sales", "trina", languages=("spanish",)), "two small letters"),
    ],
)
async def test_what_cannot_be_shared_is_refused(shelves: Shelf, subset: Subset, told: str) -> None:
    """With what would be right; nothing is copied."""
    with pytest.raises(UsageError, match=told):
        await shelves.sharing.share(THE_HOUSE, subset, "")
    assert await shelves.paths("trina--sales") == []


async def test_only_who_manages_the_talent_shares(shelves: Shelf) -> None:
    """To a stranger neither twin is there."""
    with pytest.raises(NotAllowed):
        await shelves.sharing.share(OTTO, SPANISH, "")
    with pytest.raises(Unknown):
        await shelves.sharing.share(NINA, SPANISH, "")


async def test_documents_of_ones_own_and_shared_ones_do_not_mix(shelves: Shelf) -> None:
    """A twin that shares forgets nothing by itself, and nobody shares of it; one with its own shares none."""
    await shelves.documents.put("trina--fun", document("jokes.md", "# Jokes\n\nA runner walks into a bar."))
    with pytest.raises(UsageError, match="documents of its own, like"):
        await shelves.sharing.share(MARTA, Subset("trina--fun", "trina"), "")
    await shelves.sharing.share(MARTA, SPANISH, "")
    with pytest.raises(UsageError, match="forget it there"):
        await shelves.sharing.forget("trina--sales", "es/correr.md")
    with pytest.raises(UsageError, match="shares documents itself"):
        await shelves.sharing.share(MARTA, Subset("trina--fun", "trina--sales"), "")
