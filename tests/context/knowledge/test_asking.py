"""What a message asks, apart from how it asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.asking import pith, readings, spelled_out
from gemelo.context.knowledge.words import words
from gemelo.models.vocabulary import Language

ES, EN = Language("es"), Language("en")


@pytest.mark.parametrize(
    ("said", "language", "asked"),
    [
        ("Cuéntame algo sobre la tormenta", ES, "la tormenta"),
        ("oye, ¿me explicas el telar?", ES, "el telar?"),
        ("Could you tell me about the loom?", EN, "the loom?"),
        ("What do you think of silk", EN, "silk"),
    ],
)
def test_words_of_asking(said: str, language: Language, asked: str) -> None:
    """What calls the twin and asks to be told is left out of the search."""
    assert pith(said, language) == asked


@pytest.mark.parametrize(("said", "language"), [("hola", ES), ("háblame de ti", ES), ("tell me more", EN)])
def test_nothing_else_asked(said: str, language: Language) -> None:
    """A message that is all greeting or asking is searched as it stands."""
    assert pith(said, language) == said


def test_chat_spellings() -> None:
    """The short spellings of chats are written out, and no word that merely holds one is touched."""
    assert spelled_out("q es el quark xq si", ES) == "que es el quark por qué si"


def test_question_after_greeting() -> None:
    """Where a message asks something, that clause alone may stand for it: a greeting hides no question."""
    assert readings("Gracias, eres un sol. ¿Cómo quito una mancha?", ES) == ("¿Cómo quito una mancha?",)


def test_clauses_that_tell() -> None:
    """Where a message asks nothing, any of its clauses may be answered."""
    assert readings("Thanks a lot, you have been great", EN) == ("Thanks a lot,", "you have been great")


def test_request_beside_its_matter() -> None:
    """A clause that only asks to be told is no reading; the one that says about what is."""
    assert readings("La urdimbre, ¿me lo explicas?", ES) == ("La urdimbre,",)


@given(st.text(max_size=200), st.sampled_from([ES, EN, Language("und")]))
def test_any_text(text: str, language: Language) -> None:
    """Of any text that has words, something with words is left to be searched, and nothing is added."""
    left = pith(text, language)
    assert bool(words(left)) == bool(words(text))
    assert left in text
    assert all(words(part) for part in readings(text, language))


@pytest.mark.parametrize(
    ("message", "asked"),
    [("¿Cómo estás hoy?", "¿Cómo estás"), ("¿Qué es el VAR, por favor?", "¿Qué es el VAR"), ("hoy", "hoy")],
)
def test_what_only_closes_a_message_is_not_searched(message: str, asked: str) -> None:
    """ "today" and "please" at the end ask for nothing."""
    assert pith(message, Language("es")) == asked


@pytest.mark.parametrize(
    ("message", "meant", "language"),
    [
        ("¿Quién ganó el mundial del 86?", "¿Quién ganó el mundial del 1986?", ES),
        ("who won the 98 world cup", "who won the 1998 world cup", EN),
        ("the world cup of '06", "the world cup of 2006", EN),
        ("en el minuto 90 de la final", "en el minuto 90 de la final", ES),
        ("the final was 4-4", "the final was 4-4", EN),
    ],
)
def test_short_years(message: str, meant: str, language: Language) -> None:
    """Two digits beside a cup or a final are a year; a minute or a score is none."""
    assert spelled_out(message, language) == meant


def test_two_questions_in_one_breath() -> None:
    """Questions that "and" joins may each be answered."""
    assert readings("¿Cómo te llamas y qué haces?", ES) == ("¿Cómo te llamas", "qué haces?")
    assert readings("where do you live and who made you", EN) == ("where do you live", "who made you")
