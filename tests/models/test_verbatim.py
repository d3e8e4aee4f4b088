"""The mind that only quotes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.adapters.verbatim import MOST_SENTENCES, MOST_WORDS, VerbatimMind
from gemelo.models.vocabulary import (
    Exchange,
    Findings,
    Label,
    Language,
    Passage,
    Prompt,
    Source,
    Written,
)

SENTENCES = (
    "The club was founded in 1934.",
    "Two sisters founded it.",
    "They ran it for years.",
    "It is green.",
)


def passage(
    *sentences: str, best: tuple[int, ...] = (), score: float = 5.0, label: Label = Label.VERBATIM
) -> Passage:
    return Passage("p", " ".join(sentences), Source("club.md", "History"), score, label, sentences, best)


async def answered(*passages: Passage, declined: bool = False, last: str = "") -> list[Written]:
    history = (Exchange("before", last),) if last else ()
    prompt = Prompt(
        "", history, Findings(passages, declined), "?", Language("en"), aside="I do not know that."
    )
    return [written async for written in VerbatimMind().reply(prompt)]


async def test_the_best_sentence_and_what_follows_it() -> None:
    """The answer begins with the best sentence and goes on with those that continue it."""
    written = await answered(passage(*SENTENCES, best=(1, 3)))
    assert [piece.text for piece in written] == [
        "Two sisters founded it. ",
        "They ran it for years. ",
        "It is green.",
    ]


async def test_each_sentence_names_its_source() -> None:
    """Every piece has the label and the source of its passage."""
    written = await answered(passage(*SENTENCES, label=Label.SPONSORED))
    assert {(piece.label, piece.source) for piece in written} == {
        (Label.SPONSORED, Source("club.md", "History"))
    }


@given(
    st.lists(
        st.lists(st.sampled_from(["gol", "mano", "¡sí!"]), min_size=1, max_size=60).map(" ".join), min_size=1
    ),
    st.data(),
)
async def test_it_quotes_and_adds_nothing(sentences: list[str], data: st.DataObject) -> None:
    """What is said is a run of the passage's sentences, at most three and not much above the limit."""
    best = data.draw(st.integers(0, len(sentences) - 1))
    written = await answered(passage(*sentences, best=(best,)))
    said = "".join(piece.text for piece in written)
    assert said == " ".join(sentences[best : best + len(written)])
    assert len(written) <= MOST_SENTENCES
    assert len(written) == 1 or len(said.split()) <= MOST_WORDS


async def test_declined_is_the_houses_line() -> None:
    """Where nothing answers, the aside is said, as the house's own line."""
    written = await answered(passage(*SENTENCES), declined=True)
    assert written == [Written("I do not know that.", Label.HOUSE)]


async def test_it_does_not_repeat_itself() -> None:
    """Asked again, it takes another passage that fits nearly as well, disclosure before or not."""
    other = passage("It began with two sisters.", score=4.9)
    first = passage(*SENTENCES[:2])
    assert (await answered(first, other, last="Hi! " + " ".join(SENTENCES[:2])))[0].text == other.text


async def test_it_repeats_rather_than_say_something_else() -> None:
    """Where no other passage fits nearly as well, the same answer is given again."""
    other = passage("The bakery opens at six.", score=2.0)
    first = passage(*SENTENCES[:2])
    written = await answered(first, other, last=" ".join(SENTENCES[:2]))
    assert "".join(piece.text for piece in written) == " ".join(SENTENCES[:2])


async def test_a_passage_without_sentences_is_said_whole() -> None:
    """A finder that cuts no sentences gets its text said."""
    bare = Passage("p", "Only text.", Source("a.md"))
    assert [piece.text for piece in await answered(bare)] == ["Only text."]
