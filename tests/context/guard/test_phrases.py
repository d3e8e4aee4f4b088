"""Finding phrases: claims to be human, promises to meet, asking for money, offers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.phrasebook import in_person, phrases
from gemelo.context.guard.phrases import PhraseMatcher
from gemelo.context.guard.skeleton import Reading

MATCHER = PhraseMatcher(phrases(), in_person("Vera Golazo"))


@pytest.mark.parametrize(
    "text",
    [
        "Soy humana.",
        "Claro que sí, soy una persona real.",
        "No, soy humano.",
        "No soy una IA, créeme.",
        "Yo no soy ningún robot",
        "Estás hablando con una persona de verdad.",
        "Soy de carne y hueso",
        "Soy Vera Golazo en persona",
        "Soy la verdadera Vera Golazo.",
        "I'm a real person!",
        "I’m just human",
        "I am not an AI.",
        "Honestly, I'm not a bot",
        "I'm no machine.",
        "You are talking to a real human.",
        "I'm the real Vera Golazo.",
        "You're talking to the real Vera Golazo.",
        "Hablas con Vera Golazo en persona.",
        "This is really me, Vera, in the flesh.",
        "Soy la Vera de verdad.",
        "Soy yo de verdad.",
        "As a human being, I feel that too.",
        "Como ser humano que soy, lo siento.",
        "s0y hum4no",
        "ѕоу humano",
        "SOY  HU\u200bMANO",
    ],
)
def test_a_claim_is_found(text: str) -> None:
    """Both languages, disguises, and denials of being a machine."""
    assert MATCHER.find(Reading(text))


@pytest.mark.parametrize(
    "text",
    [
        "No soy humana, soy un personaje virtual.",
        "No soy una persona real.",
        "Soy una IA.",
        "Me preguntan si soy humana.",
        "¿No soy un robot? Sí que lo soy.",
        "Soy Vera Golazo, un personaje virtual.",
        "No hay ser humano que lo pare.",
        "I'm not a real person.",
        "I'm an AI.",
        "I am a virtual character.",
        "People ask if I'm human.",
        "You are not talking to a real person.",
        "A human being runs nine miles a match.",
        "He was treated as a human being by the club.",
        "You are not talking to the real Vera Golazo.",
        "Soy la voz de verdad más virtual del fútbol.",
        "I am. Human rights matter.",
        "I'm not sure about that.",
    ],
)
def test_honest_words_pass(text: str) -> None:
    """Denials of being human, reports, questions and other people are no claims."""
    assert MATCHER.find(Reading(text)) == []


def test_a_phrase_that_may_become_a_claim_is_pending_from_its_first_word() -> None:
    """What the next words could complete begins where the phrase does; else nothing is pending."""
    text = "Te digo que soy una persona "
    assert MATCHER.pending(Reading(text)) == text.index("soy")
    assert MATCHER.pending(Reading("Te digo que pienso ")) is None
    assert MATCHER.pending(Reading("soy una casa ")) is None


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_gives_spans_of_the_text(text: str, talent: str) -> None:
    """Nothing makes the matcher fall over."""
    for found in PhraseMatcher(phrases(), in_person(talent)).find(Reading(text)):
        assert 0 <= found.start < found.end <= len(text)
