"""What twins of whole books answer: who, when, where and why, in both languages.

The books are not ours and do not ship; each is learned by who measures, as a twin of its name:

    gemelo learn --twin http2 --create /usr/share/doc/nodejs/api/http2.md
    gemelo bench books
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from gemelo.benchmarks.questions import shipped
from gemelo.benchmarks.rows import Bench, Row, share
from gemelo.context.knowledge.seam import Knowledge
from gemelo.models.adapters.verbatim import VerbatimMind
from gemelo.models.errors import UnknownDeployment
from gemelo.models.vocabulary import Language, Prompt

SETTINGS = {
    "right": "the reply holds what a person who read the book was looking for",
    "odd": "lines that nobody looked at while anything was mended for them; even: those that were",
    "books": "http2 (Node's manual), tom-sawyer (Twain), opticks (Newton), rust-book; all in English",
}
LANGUAGES = (Language("en"), Language("es"))
_DECLINED = "-"


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question about a book; `answers` are texts of which the reply must hold one, none: to be declined."""

    book: str
    question: str
    answers: tuple[str, ...]
    odd: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of a question."""

    quiz: Quiz
    right: bool
    declined: bool


async def run(bench: Bench) -> list[Row]:
    """Some seconds; books that nobody has learned are left out, and told.

    Raises:
        UnknownDeployment: none of them was learned.
    """
    house = await bench.house()
    knowing: dict[str, Knowledge] = {}
    for book in dict.fromkeys(quiz.book for quiz in quizzes(LANGUAGES[0])):
        try:
            knowing[book] = (await house.place(book)).stage.knowledge
        except UnknownDeployment:
            bench.report(f"books: nobody has learned {book} as a twin of this name")
    if not knowing:
        raise UnknownDeployment("no book was learned: gemelo learn --twin http2 --create PATH, for one")
    rows: list[Row] = []
    for language in LANGUAGES:
        asked = [quiz for quiz in quizzes(language) if quiz.book in knowing]
        marked = [await mark(quiz, language, knowing[quiz.book]) for quiz in asked]
        for half in ("odd", "even"):
            rows += _rows([one for one in marked if one.quiz.odd is (half == "odd")], half, language)
    return rows


def quizzes(language: Language) -> Iterator[Quiz]:
    """The questions of one language; every second one of a book is odd."""
    for book, own in groupby(shipped("books", language), key=lambda row: row[0]):
        for number, (_, question, answers) in enumerate(own):
            held = () if answers == _DECLINED else tuple(answers.split("|"))
            yield Quiz(book, question, held, odd=number % 2 == 0)


async def mark(quiz: Quiz, language: Language, knowledge: Knowledge) -> Marked:
    """Asks one question of the verbatim mind."""
    found = await knowledge.search(quiz.question, language)
    prompt = Prompt("", (), found, quiz.question, language)
    said = "".join([written.text async for written in VerbatimMind().reply(prompt)]).casefold()
    held = any(answer.casefold() in said for answer in quiz.answers)
    return Marked(quiz, found.declined if not quiz.answers else held, found.declined)


def _rows(marked: list[Marked], half: str, language: Language) -> Iterator[Row]:
    for book in dict.fromkeys(one.quiz.book for one in marked):
        yield share(f"right {half}", language, [one.right for one in marked if one.quiz.book == book], book)
    there = [one for one in marked if one.quiz.answers]
    yield share(f"answered rightly {half}", language, [one.right for one in there])
    yield share(f"wrongly declined {half}", language, [one.declined for one in there])
    yield share(f"off topic declined {half}", language, [one.right for one in marked if not one.quiz.answers])
