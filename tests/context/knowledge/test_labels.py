"""Telling where a model's sentences come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.labels import Grounds
from gemelo.models.vocabulary import Label, Language, Passage, Source

EN, ES = Language("en"), Language("es")
CLUB = Source("club.md", "Club › Who founded the club?")
PASSAGE = Passage(
    "club",
    "Two sisters, Ana and Marta Ruiz, founded the club in 1934. They ran it for thirty years. "
    "Bilbao never beat Torena on the old ground, and Torena beat Ibaia 3 to 1 in the final.",
    CLUB,
)
SHOES = Source("Pisada", "Pisada")
CLAIM = Passage("claim", "Pisada shoes are made of cork in Elche.", SHOES, label=Label.SPONSORED)
SPANISH = Passage("es", "La casa vieja tiene tres ventanas y una puerta verde.", Source("casa.md", "La casa"))


def label(sentence: str, *passages: Passage, language: Language = EN) -> Label:
    return Grounds(passages or (PASSAGE,)).label(sentence, language)[0]


@pytest.mark.parametrize(
    "sentence",
    [
        "They ran it for thirty years.",
        "they ran it, for thirty years!",
        "Ana and Marta Ruiz founded the club in 1934.",
    ],
)
def test_a_quotation_is_verbatim(sentence: str) -> None:
    """Case and punctuation make no other words of it, and it names its passage."""
    assert Grounds((PASSAGE,)).label(sentence, EN) == (Label.VERBATIM, CLUB)


@pytest.mark.parametrize(
    "sentence",
    [
        "The club was founded by two sisters in 1934.",
        "In 1934 the sisters Ana and Marta Ruiz founded the club.",
        "The two sisters ran the club for 30 years.",
    ],
)
def test_the_same_in_other_words_is_a_paraphrase(sentence: str) -> None:
    """Its words, numbers and names are there, in one passage."""
    assert Grounds((PASSAGE,)).label(sentence, EN) == (Label.PARAPHRASE, CLUB)


@pytest.mark.parametrize(
    "sentence",
    [
        "The club was founded by two sisters in 1935.",
        "The two sisters ran the club for forty years.",
        "In 1934 the sisters Ana and Lucía Ruiz founded the club.",
        "Kortaza founded the club with two sisters in 1934.",
        "The two sisters never ran the club for thirty years.",
        "Ibaia beat Torena 3 to 1 in the final.",
        "Two sisters closed the club after a fire in the kitchen.",
        "What a lovely question!",
        "Yes!",
        "",
    ],
)
def test_what_nothing_says_is_none(sentence: str) -> None:
    """Another number or name, a denial, names that changed places, an invention, mere talk: no source."""
    assert Grounds((PASSAGE,)).label(sentence, EN) == (Label.NONE, None)


def test_what_is_cut_out_of_its_denial_is_none() -> None:
    """Words that stand in a passage do not say there what they say alone."""
    assert label("Bilbao beat Torena on the old ground.") is Label.NONE


@pytest.mark.parametrize(
    "sentence", ["Pisada shoes are made of cork in Elche.", "Pisada makes cork shoes in Elche."]
)
def test_a_claim_is_sponsored(sentence: str) -> None:
    """Quoted or worded anew, what a campaign approved is the sponsor's."""
    assert Grounds((PASSAGE, CLAIM)).label(sentence, EN) == (Label.SPONSORED, SHOES)


def test_a_made_up_claim_is_not_sponsored() -> None:
    """A sentence that names the sponsor's product and says what nobody approved has no source."""
    assert label("Pisada shoes make you run twice as fast.", CLAIM) is Label.NONE


def test_a_passage_in_another_language_can_be_worded_anew() -> None:
    """What is said in English of a Spanish passage is found there."""
    assert label("The house has three windows.", SPANISH) is Label.PARAPHRASE
    assert label("The house has five windows.", SPANISH) is Label.NONE


def test_without_passages_nothing_has_a_source() -> None:
    """A model that had nothing to read has nothing to cite."""
    assert Grounds(()).label("The club was founded in 1934.", EN) == (Label.NONE, None)


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from([EN, ES, Language("und")]))
def test_any_text_gets_a_label(sentence: str, passage: str, language: Language) -> None:
    """Whatever a model writes and a document holds, and a sentence without words has no source."""
    said, source = Grounds((Passage("p", passage, CLUB),)).label(sentence, language)
    assert (said is Label.NONE) == (source is None)


def test_figures_of_any_length_are_read() -> None:
    """A figure too long to count is no number."""
    assert label("9" * 5000, Passage("p", "7" * 5000, CLUB)) is Label.NONE
