"""Which sentences of what was found answer."""

from __future__ import annotations

import pytest

from gemelo.context.knowledge import index
from gemelo.context.knowledge.choose import Worth, coverage, findings
from gemelo.context.knowledge.crossing import asked_of
from gemelo.context.knowledge.passages import cut_markdown
from gemelo.context.knowledge.score import search
from gemelo.context.knowledge.seam import Document
from gemelo.models.vocabulary import Language, Passage
from tests.hashing import HashingEmbedder

EN = Language("en")
EMBEDDER = HashingEmbedder()


def found(question: str, text: str) -> tuple[Passage, ...]:
    shelf = index.build([Document("a.md", "", cut_markdown(text))], EMBEDDER)[EN]
    asked = asked_of(question, EN, EN, EMBEDDER)
    return findings(asked, search(asked, [shelf], 5), shelf).passages


def best(passage: Passage) -> str:
    return passage.sentences[passage.best[0]]


@pytest.mark.parametrize(
    "pointer",
    [
        "For more information on the formatter, see its documentation.",
        "See the documentation of the formatter.",
        "Refer to the formatter documentation.",
    ],
)
def test_where_to_read_more_is_no_answer(pointer: str) -> None:
    """Neither among the sentences of a passage nor as a passage of its own."""
    says = "The formatter gives every file of a project the same style."
    (passage,) = found("what is the formatter for", f"# Tools\n\n{says} {pointer}")
    assert best(passage) == says
    first, *_ = found("more on the formatter", f"# One\n\n{pointer}\n\n# Two\n\n{says}")
    assert best(first) == says


def test_the_answer_of_a_question_within_a_text_is_what_follows_it() -> None:
    """Whoever asks the same is told that, however little of the question it says again."""
    text = "It was a long year. Why did we lose the final in Oslo? Because nobody ran. We came home late."
    (passage,) = found("why did you lose the final in Oslo?", text)
    assert best(passage) == "Because nobody ran."


def test_of_two_questions_the_second_is_answered() -> None:
    """What follows a question is no answer where it asks, too."""
    (passage,) = found("who won in Oslo?", "Who won in Oslo? Was it us? Our rivals did. Then it rained.")
    assert best(passage) != "Was it us?"


def test_a_name_in_a_program_holds_its_parts() -> None:
    """Who asks for sessions means "Http2Session", too; other joined words stay one."""
    text = "The Http2Session is over. The preface of the book stands at the end."
    shelf = index.build([Document("a.md", "", cut_markdown(text))], EMBEDDER)[EN]
    worth = Worth.of(asked_of("session", EN, EN, EMBEDDER), shelf.lexical.units)
    assert coverage(worth, ["The Http2Session is over.", "An Obsession is over."], EN) == [1.0, 0.0]
