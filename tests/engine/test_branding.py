"""When a sponsor may be named: in turn, when asked for, and never after a crisis."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.policy.context import Context, PerLanguage
from gemelo.engine.branding import Branding, names
from gemelo.models.vocabulary import Exchange
from tests.fakes import EN, ES, context, sponsored

SCRIPT = "I am virtual. Please call 112."


def place(brand: str = "Brisalta", every_turns: int = 3) -> Context:
    crisis = PerLanguage(((EN, (SCRIPT,)), (ES, ("Soy virtual. Llama al 112.",))))
    there = sponsored(context())
    assert there.sponsor is not None
    return replace(there, sponsor=replace(there.sponsor, brand=brand, every_turns=every_turns), crisis=crisis)


@given(named_at=st.integers(1, 50), later=st.integers(1, 9), every=st.integers(1, 6))
def test_a_sponsor_is_named_no_more_often_than_it_may(named_at: int, later: int, every: int) -> None:
    """After it was named, as many turns must begin as the layer says."""
    branding = Branding(place(every_turns=every))
    assert branding.welcome("Who won?", named_at)
    branding.said("Brisalta is a drink.", named_at, crisis=False)
    assert branding.welcome("Who won?", named_at + later) is (later >= every)


def test_a_reply_without_the_sponsor_s_name_starts_no_wait() -> None:
    """Only a reply that names the sponsor counts."""
    branding = Branding(place())
    branding.said("It was a fine match.", 1, crisis=False)
    assert branding.welcome("Who won?", 2)


@pytest.mark.parametrize(
    "question", ["Who sponsors you?", "¿Quién te patrocina?", "Is this advertising?", "what is BRISALTA?"]
)
def test_who_asks_for_the_sponsor_is_told(question: str) -> None:
    """A question about the sponsor is answered however short ago it was named."""
    branding = Branding(place())
    branding.said("Brisalta is a drink.", 1, crisis=False)
    assert branding.welcome(question, 2)


@pytest.mark.parametrize("question", ["Who won?", "Who sponsors you?", "What is Brisalta?"])
def test_after_a_crisis_no_question_brings_the_sponsor_back(question: str) -> None:
    """The ban outlasts the wait and outranks the question."""
    branding = Branding(place())
    branding.said(SCRIPT, 1, crisis=True)
    branding.said("It was a fine match.", 2, crisis=False)
    assert not branding.welcome(question, 99)


def test_after_a_crisis_no_sponsored_passage_is_welcome_where_there_is_no_sponsor() -> None:
    """A place without a sponsor may know sponsored passages all the same."""
    branding = Branding(context())
    assert branding.welcome("Who won?", 1)
    branding.said(SCRIPT, 1, crisis=True)
    assert not branding.welcome("Who won?", 2)


@pytest.mark.parametrize("heard", [SCRIPT, "I am virtual. Please", "Soy virtual. Llama al 112."])
def test_a_session_taken_up_after_a_crisis_stays_without_brands(heard: str) -> None:
    """Also where the fan cut the help off, and in whichever language it came."""
    branding = Branding(place(), (Exchange("hi", heard), Exchange("and?", "Well.")))
    assert not branding.welcome("What is Brisalta?", 3)


def test_a_crisis_long_ago_still_bans() -> None:
    """A prompt's history is short, a session may be long."""
    assert not Branding(place(), (Exchange("and?", "Well."),), banned=True).welcome("Who won?", 40)


@pytest.mark.parametrize("heard", ["", "I am a virtual twin. Hello.", SCRIPT + " Bye."])
def test_any_other_past_bans_nothing(heard: str) -> None:
    """An unheard reply and ordinary ones are no crisis."""
    assert Branding(place(), (Exchange("hi", heard),)).welcome("Who won?", 2)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Sol is a drink.", True),
        ("un SOL, por favor", True),
        ("two Sols", True),
        ("(Sol)", True),
        ("a solo run", False),
        ("resolved", False),
        ("", False),
    ],
)
def test_a_brand_is_a_whole_word(text: str, named: bool) -> None:
    """A word that only begins like the brand neither names it nor asks for it."""
    sponsor = place("Sol").sponsor
    assert sponsor is not None
    assert names(sponsor, text) is named
