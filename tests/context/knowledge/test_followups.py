"""Questions that lean on earlier ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.followups import Leaning, lean, named_first, standing
from gemelo.models.vocabulary import Language, Passage, Source

EN, ES = Language("en"), Language("es")


@pytest.mark.parametrize(
    ("question", "leaning"),
    [
        ("and why?", Leaning.WHOLE),
        ("When was that?", Leaning.WHOLE),
        ("who invented it?", Leaning.WHOLE),
        ("How long?", Leaning.WHOLE),
        ("who against?", Leaning.WHOLE),
        ("in which year?", Leaning.WHOLE),
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
        ("¿en qué año?", Leaning.WHOLE),
        ("¿en qué clubes jugó él?", Leaning.SOME),
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


WATER = Passage("a#1", "Drink water in small sips.", Source("a", "Water"), 9.0)
BEER = Passage("a#2", "Beer makes you slower the next day.", Source("a", "Drinks"), 8.0)


def test_what_a_question_adds_comes_first() -> None:
    """What answered the one before it fits the two together best, and does not hold what is new."""
    assert named_first("and beers?", (WATER, BEER), EN) == (BEER, WATER)
    assert named_first("and why?", (WATER, BEER), EN) == (WATER, BEER)


@given(st.text(), st.sampled_from([EN, ES, Language("fr")]))
def test_whatever_it_adds_no_passage_is_lost(question: str, language: Language) -> None:
    """They are put into another order at most."""
    assert set(named_first(question, (WATER, BEER), language)) == {WATER, BEER}


@given(st.lists(st.text()), st.sampled_from([EN, ES, Language("fr")]))
def test_any_talk_can_be_looked_through(before: list[str], language: Language) -> None:
    """What it is about was said in it, or nothing was."""
    assert standing(before, language) in (*before, "")
