"""How a talent talks, measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.persona.corpus import Said
from gemelo.context.persona.manner import MAX_LINE_WORDS, measure
from tests.context.persona.corpora import CORPUS, EN, ES


def test_lines_of_small_talk_are_the_talents_own() -> None:
    """Greetings, farewells and thanks stand as they were said, each with where."""
    measured = measure(CORPUS, ES)
    assert measured.greetings[0].text == "¡Hola, corredora!"
    assert [one.text for one in measured.farewells] == ["Hasta la próxima carrera."]
    assert [one.text for one in measured.thanks] == ["Gracias a ti por venir."]
    assert measured.farewells[0].examples[0].at == "es/correr.md#5"


def test_fillers_are_counted_where_they_fill() -> None:
    """Set off by a comma and used twice; the same word inside a sentence is none."""
    assert [one.text for one in measure(CORPUS, ES).fillers] == ["bueno"]
    assert [one.text for one in measure(CORPUS, EN).fillers] == ["well"]
    plain = [Said("A well is deep and a well is wide.", EN, "a.md#1")] * 3
    assert measure(plain, EN).fillers == ()


@pytest.mark.parametrize(
    ("texts", "address"),
    [
        (["¿Tú qué quieres?", "Te lo cuento."], "tu"),
        (["Usted dirá.", "Pase usted."], "usted"),
        (["Vosotros sabréis.", "Os espero."], "vosotros"),
        (["Tú dirás.", "Usted dirá."], "mixed"),
        (["Llueve mucho."], "none"),
    ],
)
def test_spanish_address_is_told_by_its_pronouns(texts: list[str], address: str) -> None:
    """One form is clear from three times as many uses as the next."""
    assert measure([Said(text, ES, "a.md#1") for text in texts], ES).address.text == address


def test_english_contracts_or_spells_out() -> None:
    """By what is seen of both."""
    assert measure(CORPUS, EN).address.text == "contracted"
    stiff = [Said("It is not done. I do not care.", EN, "a.md#1")]
    assert measure(stiff, EN).address.text == "spelled_out"


def test_a_sentence_in_another_language_is_a_switch() -> None:
    """Of four words or more."""
    mixed = [
        Said("Hoy tenemos que hablar de la carrera.", ES, "a.md#1"),
        Said("And that is what you do with it.", ES, "a.md#1"),
    ]
    assert measure(mixed, ES).switching == 0.5


@given(st.lists(st.text(max_size=80), max_size=12))
def test_any_text_can_be_measured(texts: list[str]) -> None:
    """Shares are shares, and every line that may be an answer is short and was said."""
    corpus = [Said(text, EN, f"a.md#{number}") for number, text in enumerate(texts)]
    measured = measure(corpus, EN)
    assert all(0 <= share <= 1 for share in (measured.asks, measured.exclaims, measured.switching))
    assert measured.median_words <= max((len(one.written) for one in corpus), default=0)
    for one in (*measured.greetings, *measured.farewells, *measured.not_known):
        assert len(one.text.split()) <= MAX_LINE_WORDS
        assert one.examples
