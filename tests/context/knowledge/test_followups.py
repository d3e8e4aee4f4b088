"""Questions that lean on earlier ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.followups import Leaning, candidates, lean, topic
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


def test_a_topic_outlives_thanks() -> None:
    """Courtesies say nothing new, and questions that lean add to what they lean on."""
    before = ("When was the Velmont club founded?", "Thanks!", "and who invented it?")
    assert topic(before, EN) == "Velmont club founded invented"


def test_a_new_question_begins_a_new_topic() -> None:
    """What was talked of before it is over."""
    assert topic(("When was the club founded?", "What is a false nine?"), EN) == "false nine"


def test_what_leans_wholly_is_searched_for_with_its_topic_first() -> None:
    """What leans a little is first taken as it stands."""
    before = ("¿Cuándo se fundó el club?",)
    assert candidates("¿y por qué?", before, ES) == ("fundó club ¿y por qué?", "¿y por qué?")
    assert candidates("¿y el portero?", before, ES) == ("¿y el portero?", "fundó club ¿y el portero?")


@given(st.text(), st.lists(st.text()), st.sampled_from([EN, ES, Language("fr")]))
def test_a_question_is_always_searched_for_itself(
    question: str, before: list[str], language: Language
) -> None:
    """Whatever was said before, and in whatever language."""
    assert question in candidates(question, before, language)
