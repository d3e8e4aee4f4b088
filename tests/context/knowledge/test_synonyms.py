"""Tests of the words that search takes for one, and of what the encoder is given."""

from __future__ import annotations

import pytest

from gemelo.context.knowledge.language import in_english
from gemelo.context.knowledge.synonyms import SYNONYMS
from gemelo.context.knowledge.words import fold, stems
from gemelo.models.vocabulary import Language

ES, EN = Language("es"), Language("en")


def test_spanish_is_read_in_english() -> None:
    """The encoder gets English words for Spanish ones."""
    assert in_english("¿Por qué lloran los hinchas?", ES) == "why cry the fan"


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("¿Por qué se cambia de campo?", "why do they change ends"),
        ("si se rompe", "if break"),
        ("no se puede jugar", "cannot play"),
        ("¿Qué pasa si llueve?", "what happens if rain"),
    ],
)
def test_a_common_word_is_read_by_those_beside_it(asked: str, read: str) -> None:
    """ "Si se" is no knowing where a verb follows, and "qué pasa" no greeting where a question goes on."""
    assert in_english(asked, ES) == read


def test_english_is_left_alone() -> None:
    """Only Spanish is read through the dictionary, even where a word exists in both."""
    assert in_english("come on, son", EN) == "come on, son"


def test_a_text_without_words_stays() -> None:
    """The encoder never gets an empty text for one that has signs."""
    assert in_english("¿...?", ES) == "¿...?"


@pytest.mark.parametrize(
    ("one", "other"), [("pelota", "balones"), ("arqueros", "portero"), ("cancha", "campo"), ("salió", "sale")]
)
def test_regional_words_are_one(one: str, other: str) -> None:
    """What is called differently across the Spanish-speaking world has one stem."""
    assert stems([fold(one)], ES) == stems([fold(other)], ES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("portero", "portería"),
        ("estadio", "estado"),
        ("miedo", "medir"),
        ("pared", "parar"),
        ("entrenador", "entrenar"),
        ("puestos", "poste"),
        ("soldados", "sueldo"),
        ("peso", "pies"),
        ("jugador", "fútbol"),
    ],
)
def test_different_things_stay_apart(one: str, other: str) -> None:
    """Words that only look alike keep stems of their own."""
    assert stems([fold(one)], ES) != stems([fold(other)], ES)


@pytest.mark.parametrize(("grammar", "word"), [("para", "parar"), ("como", "comer"), ("son", "sonar")])
def test_words_of_grammar_are_no_forms_of_a_verb(grammar: str, word: str) -> None:
    """Every passage has them, and would have the verb."""
    assert stems([grammar], ES) != stems([word], ES)


@pytest.mark.parametrize(("one", "other"), [("eres", "sos"), ("puedes", "podes"), ("tienes", "tenes")])
def test_words_of_grammar_differ_by_region_too(one: str, other: str) -> None:
    """ "¿Quién sos?" has no other words to be found by."""
    assert stems([one], ES) == stems([other], ES)


@pytest.mark.parametrize("language", [ES, EN])
def test_each_word_is_listed_once(language: Language) -> None:
    """No word is one with two others that are not one, and all are folded as they are looked up."""
    listed = [word for line in SYNONYMS[language] for word in line.split()]
    assert len(listed) == len(set(listed))
    assert listed == [fold(word) for word in listed]
