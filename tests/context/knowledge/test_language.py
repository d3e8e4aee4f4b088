"""Telling Spanish from English in a few words."""

from __future__ import annotations

import pytest

from gemelo.context.knowledge.language import ENGLISH, SPANISH, UNDETERMINED, guess


@pytest.mark.parametrize("text", ["hola", "Buenas", "gracias", "¿y eso?", "quien eres", "cuentame un chiste"])
def test_short_spanish_is_told(text: str) -> None:
    """Greetings and questions without accents are Spanish."""
    assert guess(text) == SPANISH


@pytest.mark.parametrize("text", ["hi", "Hello there", "thanks!", "who are you", "tell me a joke", "ok bye"])
def test_short_english_is_told(text: str) -> None:
    """Greetings and questions are English."""
    assert guess(text) == ENGLISH


@pytest.mark.parametrize("text", ["", "😀", "4-3-3", "no", "VAR"])
def test_what_both_languages_have_is_left_open(text: str) -> None:
    """A name, a number or a shared word decides nothing."""
    assert guess(text) == UNDETERMINED
    assert guess(text, ENGLISH) == ENGLISH
