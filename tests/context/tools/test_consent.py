"""What is a yes, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.tools.consent import agrees, consented
from gemelo.models.vocabulary import Exchange

ASKED = "May Tess's team keep your contact to answer you?"


@pytest.mark.parametrize(
    "said",
    [
        *(
            "yes",
            "Yes, please.",
            "yeah sure",
            "OK",
            "okay!",
            "Sure.",
            "of course",
            "Go ahead, thanks",
            "I agree",
        ),
        *("sí", "Sí, claro", "si", "Si, gracias", "vale", "Claro que sí", "por supuesto", "De acuerdo."),
        *("pues sí", "uy sí, me encantaría", "adelante", "me parece bien", "Sí quiero", "está bien"),
    ],
)
def test_a_plain_yes_is_one(said: str) -> None:
    """In Spanish and English, with or without its accent."""
    assert agrees(said)


@pytest.mark.parametrize(
    "said",
    [
        *(
            "no",
            "No thanks",
            "yes, but not the phone",
            "I don't agree",
            "why?",
            "sure?",
            "",
            "maybe",
            "later",
        ),
        *(
            "claro que no",
            "ni hablar",
            "si me dices el precio",
            "sí, pero no mi número",
            "¿para qué?",
            "nunca",
        ),
        *(
            "Sí que llueve hoy en todas partes y ayer llovió todavía más que hoy",
            "silencio",
            "surely you jest",
        ),
        *("tell me more about the course", "cuéntame más", "my yes is for later", "yes if it is free"),
    ],
)
def test_what_is_no_plain_yes_is_none(said: str) -> None:
    """A no, a question, a condition, talk of something else."""
    assert not agrees(said)


def test_a_yes_counts_to_the_question_that_was_heard_whole() -> None:
    """Said right after it: whatever is said later takes the yes back, and it is asked once more."""
    before, after = Exchange("I want it", f"Gladly. {ASKED}"), Exchange("yes", "Kept.")
    assert consented(ASKED, (before,), "yes")
    assert not consented(ASKED, (before, after), "and when does it begin?")
    assert not consented(ASKED, (before, Exchange("yes", "Good.")), "actually no, forget it")
    assert not consented(ASKED, (before, Exchange("no", "Fine.")), "yes")
    assert not consented(ASKED, (before, Exchange("no", "Fine."), before), "no")
    assert not consented(ASKED, (before, Exchange("who are you?", "Tess.")), "yes")
    assert not consented(ASKED, (Exchange("I want it", "Gladly. May Tess's team keep"),), "yes")
    assert not consented(ASKED, (), "yes")


@given(st.lists(st.builds(Exchange, st.text(), st.text())), st.text())
def test_nobody_agrees_to_what_they_were_not_asked(talk: list[Exchange], said: str) -> None:
    """Whatever was said."""
    assert not consented(ASKED, talk, said)
