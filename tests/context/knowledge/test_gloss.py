"""Tests of `gemelo.context.knowledge.gloss` and of the words that it takes for one."""

from __future__ import annotations

from collections import Counter

import pytest

from gemelo.context.knowledge.gloss import gloss
from gemelo.context.knowledge.spanish import GRAMMAR, PHRASES, WORDS
from gemelo.context.knowledge.words import fold, stems
from gemelo.models.vocabulary import Language

ES, EN = Language("es"), Language("en")


def test_spanish_is_read_in_english() -> None:
    """Words come one by one, phrases as one, inflected forms by their stem."""
    assert gloss("¿Por qué lloran los hinchas?", ES) == "¿ why cry the fan ?"
    assert gloss("el fuera de juego", ES) == "the offside"


def test_unknown_words_stay() -> None:
    """Names and rare words are left as they were written."""
    assert gloss("Anselmo Solheim", ES) == "Anselmo Solheim"


def test_english_is_left_alone() -> None:
    """Only Spanish is glossed, even where a word exists in both."""
    assert gloss("come on, son", EN) == "come on, son"


def test_eating_is_not_how() -> None:
    """The same letters mean to eat after "qué" and how elsewhere."""
    assert gloss("qué como", ES) == "what eat"
    assert gloss("cómo juego", ES) == "how play"


@pytest.mark.parametrize(
    ("one", "other"), [("pelota", "balones"), ("arqueros", "portero"), ("cancha", "campo"), ("salió", "sale")]
)
def test_regional_words_are_one(one: str, other: str) -> None:
    """What is called differently across the Spanish-speaking world has one stem."""
    assert stems([fold(one)], ES) == stems([fold(other)], ES)


@pytest.mark.parametrize(("one", "other"), [("portero", "portería"), ("estadio", "estado")])
def test_different_things_stay_apart(one: str, other: str) -> None:
    """Words that only look alike keep stems of their own."""
    assert stems([fold(one)], ES) != stems([fold(other)], ES)


def test_each_word_is_listed_once() -> None:
    """No word of the dictionary has two meanings, and all of it is folded as it is looked up."""
    listed = [word for line in WORDS.strip().splitlines() for word in line.partition(": ")[2].split()]
    listed += [word for line in GRAMMAR.values() for word in line.split()]
    assert [word for word, count in Counter(map(fold, listed)).items() if count > 1] == []
    assert [phrase for phrase in PHRASES if fold(phrase) != phrase] == []
