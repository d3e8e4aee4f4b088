"""The benchmark of whole books, on one of two sentences."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from gemelo.benchmarks import books
from gemelo.benchmarks.books import LANGUAGES, Quiz, mark, quizzes
from gemelo.benchmarks.rows import Bench, House
from gemelo.context.knowledge import index
from gemelo.context.knowledge.passages import cut_plain
from gemelo.context.knowledge.seam import Document
from gemelo.context.knowledge.twin import Library, TwinKnowledge
from gemelo.models.errors import UnknownDeployment
from tests.hashing import HashingEmbedder

EN = LANGUAGES[0]
TEXT = "The keeper of the lighthouse painted the stairs in 1902. Nobody has painted them since."


@pytest.fixture
def knowledge(tmp_path: Path) -> TwinKnowledge:
    library = Library(tmp_path, HashingEmbedder())
    built = index.build([Document("a.txt", "", cut_plain(TEXT))], library.embedder)
    index.save(built, library.folder("opticks"), library.embedder.name)
    return TwinKnowledge(library, "opticks")


def test_every_question_is_asked_in_both_languages() -> None:
    """Of the same book, for the same answer; half of each book's are kept for reporting."""
    english, spanish = (list(quizzes(language)) for language in LANGUAGES)
    assert [(one.book, one.answers, one.odd) for one in english] == [
        (one.book, one.answers, one.odd) for one in spanish
    ]
    assert len({one.book for one in english}) >= 3
    assert sum(one.odd for one in english if one.answers) >= 12


@pytest.mark.parametrize(
    ("question", "answers", "right", "declined"),
    [
        ("who painted the stairs of the lighthouse?", ("nobody", "the keeper"), True, False),
        ("who painted the stairs of the lighthouse?", ("the cook",), False, False),
        ("what do penguins eat?", (), True, True),
        ("who painted the stairs of the lighthouse?", (), False, False),
        ("what do penguins eat?", ("fish",), False, True),
    ],
)
async def test_a_reply_is_marked(
    knowledge: TwinKnowledge, question: str, answers: tuple[str, ...], right: bool, declined: bool
) -> None:
    """By what it holds; what the book does not say has to be declined."""
    marked = await mark(Quiz("opticks", question, answers, odd=True), EN, knowledge)
    assert (marked.right, marked.declined) == (right, declined)


def bench(known: dict[str, TwinKnowledge], told: list[str]) -> Bench:
    async def place(key: str) -> SimpleNamespace:
        if key not in known:
            raise UnknownDeployment("no such place")
        return SimpleNamespace(stage=SimpleNamespace(knowledge=known[key]))

    async def house() -> House:
        return cast(House, SimpleNamespace(place=place))

    return Bench(house, None, told.append)


async def test_books_that_nobody_has_learned_are_left_out(knowledge: TwinKnowledge) -> None:
    """And told; a shelf without any book is an error that says what to do."""
    told: list[str] = []
    rows = await books.run(bench({"opticks": knowledge}, told))
    assert {row.profile for row in rows} == {"", "opticks"}
    assert any("http2" in line for line in told)
    with pytest.raises(UnknownDeployment, match="gemelo learn"):
        await books.run(bench({}, told))
