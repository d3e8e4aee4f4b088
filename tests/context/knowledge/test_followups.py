"""Questions that lean on earlier ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.followups import Leaning, candidates, lean, standing, topic
from gemelo.models.vocabulary import Language

EN, ES = Language("en"), Language("es")


@pytest.mark.parametrize(
    ("question", "leaning"),
    [
        ("and why?", Leaning.WHOLE),
        ("When was that?", Leaning.WHOLE),
        ("who invented it?", Leaning.WHOLE),
        ("How long?", Leaning.WHOLE),
        ("and the goalkeeper?", Leaning.SOME),
        ("What about a playmaker?", Leaning.SOME),
        ("Who are you?", Leaning.NONE),
        ("What is the offside rule?", Leaning.NONE),
        ("How long does a football match last?", Leaning.NONE),
        ("", Leaning.NONE),
    ],
)
def test_an_english_question_leans_or_stands(question: str, leaning: Leaning) -> None:
    """By what it says of its own, and how it points or goes on."""
    assert lean(question, EN) is leaning


@pytest.mark.parametrize(
    ("question", "leaning"),
    [
        ("¿y por qué?", Leaning.WHOLE),
        ("¿y cuándo fue eso?", Leaning.WHOLE),
        ("¿quién lo inventó?", Leaning.WHOLE),
        ("¿cuánto tiempo?", Leaning.WHOLE),
        ("¿y el portero?", Leaning.SOME),
        ("¿Quién eres?", Leaning.NONE),
        ("¿Qué es el fuera de juego?", Leaning.NONE),
        ("¿Quién ganó la final del Mundial?", Leaning.NONE),
    ],
)
def test_a_spanish_question_leans_or_stands(question: str, leaning: Leaning) -> None:
    """By what it says of its own, and how it points or goes on."""
    assert lean(question, ES) is leaning


def test_talk_is_about_the_last_question_that_stands_on_its_own() -> None:
    """Courtesies and questions that lean are passed over."""
    before = (
        "What is a false nine?",
        "When was the Velmont club founded?",
        "Thanks!",
        "and who invented it?",
    )
    assert standing(before, EN) == "When was the Velmont club founded?"
    assert standing(("¿y por qué?", "vale, gracias"), ES) == ""


def test_a_topic_is_what_a_question_names() -> None:
    """Without the words that only ask."""
    assert topic("When was the Velmont club founded?", EN) == "Velmont club founded"


def test_what_leans_wholly_is_searched_for_with_its_topic_first() -> None:
    """What leans a little is first taken as it stands, and what does not lean is left alone."""
    assert candidates("¿y por qué?", "el club", Leaning.WHOLE) == ("el club ¿y por qué?", "¿y por qué?")
    assert candidates("¿y el portero?", "el club", Leaning.SOME)[0] == "¿y el portero?"
    assert candidates("¿Quién eres?", "el club", Leaning.NONE) == ("¿Quién eres?",)


@given(st.text(), st.text(), st.sampled_from(Leaning))
def test_a_question_is_always_searched_for(question: str, about: str, leaning: Leaning) -> None:
    """Whatever the talk is about."""
    assert question in candidates(question, about, leaning)


@given(st.lists(st.text()), st.sampled_from([EN, ES, Language("fr")]))
def test_any_talk_can_be_looked_through(before: list[str], language: Language) -> None:
    """What it is about was said in it, or nothing was."""
    assert standing(before, language) in (*before, "")
