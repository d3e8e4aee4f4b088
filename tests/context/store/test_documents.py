from __future__ import annotations

import pytest

from gemelo.context.knowledge.seam import Cut, Document, Title
from gemelo.context.store.database import Database
from gemelo.context.store.documents import SqlDocuments
from gemelo.context.twins import Twin
from gemelo.models.errors import StoreError
from gemelo.models.vocabulary import Language
from tests.rows import Rows

TACTICS = Document(
    "tactics.md",
    "ab" * 32,
    (
        Cut("Press high. Win it back.", ((0, 11), (12, 24)), ("Tactics", "Pressing"), Language("en")),
        Cut("Presiona arriba.", ((0, 16),), (), Language("es")),
    ),
    dated="2024-03",
)


@pytest.fixture
def documents(database: Database, twins: Rows) -> SqlDocuments:
    return SqlDocuments(database)


async def test_a_document_comes_back_as_it_was(documents: SqlDocuments) -> None:
    """All passages return in reading order, sentence spans and headings included."""
    await documents.put("host", TACTICS)
    assert await documents.all("host") == (TACTICS,)


async def test_a_document_without_passages_is_kept(documents: SqlDocuments) -> None:
    """An empty document is known by its hash, so that it is not learned twice."""
    empty = Document("empty.md", "00" * 32, ())
    await documents.put("host", empty)
    assert await documents.all("host") == (empty,)


async def test_a_document_learned_again_replaces_the_old_one(documents: SqlDocuments) -> None:
    """Nothing of the earlier version of a path remains."""
    await documents.put("host", TACTICS)
    shorter = Document(TACTICS.path, "cd" * 32, TACTICS.passages[:1])
    await documents.put("host", shorter)
    assert await documents.all("host") == (shorter,)


async def test_the_edition_changes_with_every_document(documents: SqlDocuments, twins: Rows) -> None:
    """What is learned, replaced or forgotten changes it, and nothing else does."""
    await twins.put_twin(Twin("guest", "leo", "Guest"))
    editions = [await documents.edition("host")]
    await documents.put("host", TACTICS)
    editions.append(await documents.edition("host"))
    await documents.put("host", Document(TACTICS.path, "cd" * 32, TACTICS.passages))
    editions.append(await documents.edition("host"))
    assert len(set(editions)) == 3
    await documents.put("guest", TACTICS)
    assert await documents.edition("host") == editions[2]
    await documents.remove("host", TACTICS.path)
    assert await documents.edition("host") == editions[0]


async def test_documents_are_ordered_by_path(documents: SqlDocuments) -> None:
    """The order does not depend on the order of learning."""
    for path in ("b.md", "a.md", "c.md"):
        await documents.put("host", Document(path, "", TACTICS.passages))
    assert [document.path for document in await documents.all("host")] == ["a.md", "b.md", "c.md"]


async def test_titles_are_looked_through_page_by_page(documents: SqlDocuments) -> None:
    """By path, each with how many passages it gave; nothing else of them is read."""
    for path in ("b.md", "a.md", "c.md"):
        await documents.put("host", Document(path, path, TACTICS.passages, note=f"of {path}"))
    first = await documents.titles("host", limit=2)
    assert first == (Title("a.md", "a.md", 2, "of a.md"), Title("b.md", "b.md", 2, "of b.md"))
    assert [one.path for one in await documents.titles("host", after="b.md")] == ["c.md"]
    assert await documents.title("host", "c.md") == Title("c.md", "c.md", 2, "of c.md")
    assert await documents.title("host", "d.md") is None
    await documents.put("host", TACTICS)
    assert await documents.title("host", TACTICS.path) == Title(TACTICS.path, "ab" * 32, 2, "", "2024-03")


@pytest.mark.parametrize("odd", ["\0", "\ud800"])
async def test_a_path_that_no_database_takes_is_nowhere(documents: SqlDocuments, odd: str) -> None:
    """It is told like any other that is not there."""
    await documents.put("host", TACTICS)
    assert await documents.titles("host", after=odd) == ()
    assert await documents.title("host", odd) is None


async def test_a_removed_document_is_gone(documents: SqlDocuments) -> None:
    """Removing says whether there was anything to remove."""
    await documents.put("host", TACTICS)
    assert await documents.remove("host", TACTICS.path)
    assert not await documents.remove("host", TACTICS.path)
    assert await documents.all("host") == ()


async def test_a_twin_sees_its_own_documents_only(documents: SqlDocuments, twins: Rows) -> None:
    """Two twins may hold different documents under one path."""
    await twins.put_twin(Twin("coach", "leo", "Leo teaches"))
    other = Document(TACTICS.path, "ef" * 32, ())
    await documents.put("host", TACTICS)
    await documents.put("coach", other)
    assert await documents.all("host") == (TACTICS,)
    assert await documents.all("coach") == (other,)


async def test_a_document_is_there_whole_or_not_at_all(documents: SqlDocuments) -> None:
    """Where one passage cannot be stored, the version before stays as it was."""
    await documents.put("host", TACTICS)
    broken = Document(
        TACTICS.path, "cd" * 32, (*TACTICS.passages, Cut("\ud800", ((0, 1),), (), Language("en")))
    )
    with pytest.raises(StoreError):
        await documents.put("host", broken)
    assert await documents.all("host") == (TACTICS,)
