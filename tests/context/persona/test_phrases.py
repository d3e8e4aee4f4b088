"""Phrases that mark a text out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.persona.corpus import Said
from gemelo.context.persona.phrases import Phrase, counted, favourites, log_odds, subjects
from tests.context.persona.corpora import EN

OTHERS = [tuple("the match begins at eight and it rains a lot in the second half".split())] * 20
WORDS = st.sampled_from("ball goal pass keep run shot line".split())
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=6).map(tuple), min_size=1, max_size=30)


@given(TEXTS, TEXTS)
def test_what_is_typical_of_one_text_is_untypical_of_the_other(
    own: list[Phrase], other: list[Phrase]
) -> None:
    """The scores of two texts against each other differ in their sign alone."""
    first, second = counted(own, 2), counted(other, 2)
    there, back = log_odds(first, second), log_odds(second, first)
    for phrase in there.keys() & back.keys():
        assert there[phrase] == pytest.approx(-back[phrase])


@given(TEXTS)
def test_a_text_is_typical_of_nothing_against_itself(own: list[Phrase]) -> None:
    """No phrase scores above or below zero."""
    found = counted(own, 3)
    assert all(score == pytest.approx(0.0) for score in log_odds(found, found).values())


@given(TEXTS, WORDS)
def test_saying_a_word_more_often_never_makes_it_less_typical(own: list[Phrase], word: str) -> None:
    """All else as it was."""
    other = counted([("ball", "goal", word)], 1)
    once, more = counted([*own, (word,)], 1), counted([*own, (word,), (word,)], 1)
    assert log_odds(more, other)[word,] >= log_odds(once, other)[word,]


def _said(*texts: str) -> list[Said]:
    return [Said(text, EN, f"a.md#{number}") for number, text in enumerate(texts, 1)]


def test_a_turn_of_phrase_is_used_all_over() -> None:
    """One that stands in one part of the text alone is about something there."""
    filling = [f"Number {word} is a word like others here." for word in "one two six ten red".split()]
    all_over = _said(*(text for line in filling for text in (line, "That went well, mark my words on it.")))
    found = favourites(all_over, OTHERS, EN)
    assert any("mark my words" in one.text for one in found)
    assert all(one.count >= 3 and one.examples for one in found)
    in_one_place = _said(*["mark my words on it"] * 3, *(filling * 12))
    assert not any("mark my words" in one.text for one in favourites(in_one_place, OTHERS, EN))


def test_a_subject_is_a_name_or_a_thing_of_two_words() -> None:
    """As it is mostly written, from more than one passage."""
    texts = ["In June Lisbon is hot.", "We ran in Lisbon with a starting block.", "A starting block helps."]
    found = subjects(_said(*texts * 3), OTHERS, EN)
    assert {"Lisbon", "starting block"} <= {one.text for one in found}
    assert "helps" not in {one.text for one in found}
