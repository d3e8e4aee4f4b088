"""Shelves of many passages, whose vectors are kept as codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from gemelo.context.knowledge import index
from gemelo.context.knowledge.codes import Coded, Plain
from gemelo.context.knowledge.readings import HalfRead
from gemelo.context.knowledge.scope import Scope
from gemelo.context.knowledge.score import question, search
from gemelo.context.knowledge.seam import Cut, Document
from gemelo.context.knowledge.shelf import SMALL, Shelf
from gemelo.context.knowledge.twin import Library, TwinKnowledge, held
from gemelo.models.errors import EmbedderError
from gemelo.models.seams import Embedding
from gemelo.models.vocabulary import Language
from tests.hashing import HashingEmbedder

EN = Language("en")
MANY = SMALL + 200
_PLACES = ("spring", "harbour", "market", "garden", "station", "castle", "island", "mill")


class Counting(HashingEmbedder):
    """Notes what it reads, and fails after so many texts."""

    def __init__(self, most: int = 1 << 30) -> None:
        super().__init__()
        self.read: list[str] = []
        self.most = most

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        if len(self.read) > self.most:
            raise EmbedderError("down")
        self.read += texts
        return list(super().embed(texts))


def passage(number: int) -> Cut:
    place, year = _PLACES[number % len(_PLACES)], 1500 + number % 450
    first = f"Bridge x{number} near the {place} was painted in {year}."
    text = f"{first} It has {number % 97} arches of stone, and the toll is {number % 13} coins."
    return Cut(text, ((0, len(first)), (len(first) + 1, len(text))), ("Bridges",), EN)


def documents(count: int) -> list[Document]:
    whole = [passage(number) for number in range(count)]
    return [Document(f"d{at}.md", "0" * 64, tuple(whole[at : at + 50])) for at in range(0, count, 50)]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose twin "t" has learned many passages."""
    made = tmp_path_factory.mktemp("many")
    built = index.build(documents(MANY), HashingEmbedder(), folder=made, workers=2)
    index.save(built, Library(made, HashingEmbedder()).folder("t"), "hashing")
    return made


@pytest.fixture
def many(root: Path) -> Shelf:
    return Library(root, HashingEmbedder()).open("t")[1][EN]


def found(asked: str, shelf: Shelf, within: Scope | None = None) -> list[str]:
    prepared = question(asked, EN, EN, HashingEmbedder().embed([asked])[0])
    hits = search(prepared, [shelf], 5, [held(shelf, [within])] if within else None)
    return [hit.entry.id for hit in hits]


def id_of(number: int) -> str:
    return f"d{number // 50 * 50}.md#{number % 50 + 1}"


@pytest.mark.parametrize("number", [0, 777, MANY - 1])
def test_the_right_passage_of_many_is_first(many: Shelf, number: int) -> None:
    """Wherever it stands, though only a few are looked at closely."""
    assert isinstance(many.dense.units, Coded)
    assert found(f"when was bridge x{number} painted", many)[0] == id_of(number)


def test_the_encoder_finds_what_no_word_does(many: Shelf) -> None:
    """A passage is found by its vector alone: here that of a question in no known words."""
    wanted = passage(1234).text
    prepared = question("qqq", EN, EN, HashingEmbedder().embed([f"Bridges {wanted}"])[0])
    assert search(prepared, [many], 5)[0].entry.id == id_of(1234)


@pytest.mark.parametrize("source", ["d700.md", "d*"])
def test_a_scope_holds_among_many(many: Shelf, source: str) -> None:
    """Nothing else is found, and what is there is, in a narrow scope as in a wide one."""
    within = Scope(sources=(source,))
    assert found("when was bridge x703 painted", many, within)[0] == id_of(703)
    hits = found("when was bridge x10 painted", many, within)
    assert hits
    assert all(hit.startswith(source.rstrip("*")) for hit in hits)


async def test_claims_are_found_beside_many(root: Path) -> None:
    """A campaign's claims are searched as one with a large shelf, by the rarity of its words."""
    claims = {EN: ("Brisalta comes in two flavours, lemon and orange.",)}
    knowledge = TwinKnowledge(Library(root, HashingEmbedder()), "t", claims, "Brisalta")
    both = await knowledge.search("which flavours does Brisalta come in?", EN)
    assert both.passages[0].source.document == "Brisalta"
    bridge = await knowledge.search("when was bridge x42 painted", EN)
    assert bridge.passages[0].id == id_of(42)


def test_learning_more_reads_only_what_is_new(root: Path, many: Shelf) -> None:
    """Codes are taken over as they are; a passage that is gone is gone."""
    counting = Counting()
    more = [*documents(MANY)[1:], Document("z.md", "0" * 64, (passage(99_999),))]
    built = index.build(more, counting, {EN: many})[EN]
    assert all("Bridge x99999" in text for text in counting.read)
    np.testing.assert_array_equal(built.dense.units.rows[0:500], many.dense.units.rows[150:650])
    np.testing.assert_array_equal(
        built.dense.tokens.rows[0:900],
        many.dense.tokens.rows[int(many.dense.token_starts[150]) :][:900],
    )
    assert found("when was bridge x99999 painted", built)[0] == "z.md#1"
    assert id_of(7) not in found("when was bridge x7 painted", built)


def test_reading_many_goes_on_where_it_was_stopped(tmp_path: Path, many: Shelf) -> None:
    """What was coded before the encoder failed is not read again, and means the same."""
    half = HalfRead(tmp_path, "hashing")
    with pytest.raises(EmbedderError):
        index.build(documents(MANY), Counting(most=3_000), half=half)
    rest = Counting()
    built = index.build(documents(MANY), rest, half=half)[EN]
    assert len(rest.read) < 4 * MANY - 2_000
    for name in ("units", "tokens"):
        np.testing.assert_array_equal(getattr(built.dense, name).rows, getattr(many.dense, name).rows[:])


def test_a_shelf_that_grows_or_shrinks_changes_its_form(many: Shelf) -> None:
    """Few passages are kept as they are; codes, which are less than that, are then read again."""
    counting = Counting()
    few = index.build(documents(SMALL), counting, {EN: many})[EN]
    assert isinstance(few.dense.units, Plain)
    assert passage(5).text[: passage(5).spans[0][1]] in counting.read
    known = Counting()
    grown = index.build(documents(SMALL + 50), known, {EN: few})[EN]
    assert isinstance(grown.dense.units, Coded)
    assert passage(SMALL + 7).text[: passage(SMALL + 7).spans[0][1]] in known.read
    assert found("when was bridge x5 painted", grown)[0] == id_of(5)
