from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.completeness import Completeness, completeness
from gemelo.models.vocabulary import Language

EN, ES = Language("en"), Language("es")
LANGUAGES = st.sampled_from((EN, ES, Language("fr")))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tell me about the", EN),
        ("so you work on the", EN),
        ("I wanted to", EN),
        ("who is", EN),
        ("how old is", EN),
        ("what do you", EN),
        ("did you", EN),
        ("can you tell me how", EN),
        ("my favourite player is", EN),
        ("I like it because", EN),
        ("I was thinking, um", EN),
        ("we play on Sundays and,", EN),
        ("quiero saber si", ES),
        ("cuéntame la historia de tu", ES),
        ("me gusta pero", ES),
        ("qué", ES),
        ("cuál es", ES),
        ("mi jugador favorito es", ES),
        ("ayer te", ES),
        ("para jugar necesito", ES),
        ("pues eh", ES),
    ],
)
def test_an_open_clause_is_unfinished(text: str, language: Language) -> None:
    """Nobody stops after a word that wants another one."""
    assert completeness(text, language) is Completeness.UNFINISHED


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("yes", EN),
        ("No, thank you.", EN),
        ("I don’t know", EN),
        ("Is that true?", EN),
        ("sí", ES),
        ("Claro que sí.", ES),
        ("no lo sé", ES),
        ("¿De verdad?", ES),
    ],
)
def test_what_stands_alone_is_finished(text: str, language: Language) -> None:
    """A short answer, and what the recogniser took for a question, need no waiting."""
    assert completeness(text, language) is Completeness.FINISHED


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what is the weather like", EN),
        ("where do you come from", EN),
        ("can you turn the light on", EN),
        ("please come in", EN),
        ("I wonder what time it is", EN),
        ("I think that I can", EN),
        ("what do you want", EN),
        ("where did they go to yesterday", EN),
        ("what is the?", EN),
        ("qué hora es", ES),
        ("cuántos años tienes", ES),
        ("dime lo que quieres", ES),
        ("te vimos en el estadio", ES),
    ],
)
def test_whole_sentences_are_left_to_the_sound(text: str, language: Language) -> None:
    """Words that may be the last ones are no reason to wait, nor to be quick."""
    assert completeness(text, language) is Completeness.DOUBTFUL


@pytest.mark.parametrize(("text", "language"), [("ten clubs", EN), ("goals", EN), ("cancela todos", ES)])
def test_a_word_or_two_may_be_a_beginning(text: str, language: Language) -> None:
    """They are no answer that stands alone."""
    assert completeness(text, language) is Completeness.FRAGMENT


@given(st.text(), LANGUAGES)
def test_any_text_can_be_judged(text: str, language: Language) -> None:
    """Whatever a recogniser gives; without words, or in a language with no grammar here, there is doubt."""
    found = completeness(text, language)
    assert found in Completeness
    if language not in (EN, ES) or not any(c.isalnum() for c in text):
        assert found is Completeness.DOUBTFUL


@given(st.lists(st.sampled_from("the is what you to match I play no and".split()), min_size=1), st.booleans())
def test_case_and_full_stops_tell_nothing(words: list[str], loud: bool) -> None:
    """Recognisers differ in both."""
    text = " ".join(words)
    assert completeness(text.upper() if loud else text, EN) is completeness(f"{text.capitalize()}.", EN)
