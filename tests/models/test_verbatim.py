"""The mind that only quotes."""

from __future__ import annotations

import pytest
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


async def test_it_says_so_where_it_has_to_repeat() -> None:
    """Where no other passage fits nearly as well, the answer is given again, and never in the same reply."""
    other = passage("The bakery opens at six.", score=2.0)
    first = passage(*SENTENCES[:2])
    said = " ".join(SENTENCES[:2])
    for lead in ("As I said: ", "I told you before: ", "Once more: "):
        written = await answered(first, other, last=said)
        assert [(piece.text, piece.label) for piece in written] == [
            (lead, Label.HOUSE),
            (SENTENCES[0], Label.VERBATIM),
        ]
        said += " " + "".join(piece.text for piece in written)


async def test_what_was_said_long_ago_is_not_said_again() -> None:
    """The whole talk counts, not the last reply alone."""
    other = passage("It began with two sisters.", score=4.9)
    history = tuple(Exchange("q", text) for text in ("Hi! " + SENTENCES[0], "The bakery opens at six."))
    prompt = Prompt("", history, Findings((passage(*SENTENCES[:2]), other), False), "?", Language("en"))
    assert [piece.text async for piece in VerbatimMind().reply(prompt)] == [other.text]


async def test_a_sentence_that_leans_on_the_one_before_is_said_with_it() -> None:
    """Who "they" are has to be said, unless it was: then the rest follows."""
    kept = passage(*SENTENCES, best=(2,))
    assert [piece.text for piece in await answered(kept)] == [
        "Two sisters founded it. ",
        "They ran it for years. ",
        "It is green.",
    ]
    assert (await answered(kept, last="Two sisters founded it."))[0].text == "They ran it for years. "


@pytest.mark.parametrize(
    ("language", "more"), [("en", "Tell me more!"), ("es", "¿y qué más?"), ("en", "go on")]
)
async def test_asked_for_more_it_goes_on(language: str, more: str) -> None:
    """A fan who wants the rest hears what follows; where there is none, that this was all."""

    async def told(last: str) -> str:
        found = Findings((passage(*SENTENCES[:3]),), False)
        prompt = Prompt("", (Exchange("q", last),), found, more, Language(language))
        return "".join([piece.text async for piece in VerbatimMind().reply(prompt)])

    assert await told(SENTENCES[0]) == " ".join(SENTENCES[1:3])
    ended = await told(" ".join(SENTENCES[:3]))
    assert ended
    assert not any(sentence in ended for sentence in SENTENCES)


async def test_an_offer_follows_the_line_that_declines() -> None:
    """What can be asked instead is said after the house's line, with its own label."""
    offer = Written("Ask about the club.", Label.PARAPHRASE, Source("club.md"))
    prompt = Prompt("", (), Findings(), "?", Language("en"), aside="I do not know.", offer=offer)
    assert [piece async for piece in VerbatimMind().reply(prompt)] == [
        Written("I do not know. ", Label.HOUSE),
        offer,
    ]


async def test_a_passage_without_sentences_is_said_whole() -> None:
    """A finder that cuts no sentences gets its text said."""
    bare = Passage("p", "Only text.", Source("a.md"))
    assert [piece.text for piece in await answered(bare)] == ["Only text."]
