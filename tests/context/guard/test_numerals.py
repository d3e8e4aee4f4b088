"""Numbers in figures and in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.numerals import Number, numbers, tokens
from gemelo.models.vocabulary import Language
from tests.fakes import EN, ES


def values(text: str, language: Language) -> set[float]:
    return {number.value for number in numbers(tokens(text), language)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("it has 2 flavours and 90 fans", {2, 90}),
        ("ninety percent", {90}),
        ("three out of four", {3, 4}),
        ("twenty one", {21}),
        ("two hundred and five", {205}),
        ("one hundred percent", {100}),
        ("three thousand two hundred", {3200}),
        ("two and three, ten and five", {2, 3, 10, 5}),
        ("nineteen ninety", {19, 90}),
        ("five ninety", {5, 90}),
        ("twenty fans five times", {20, 5}),
        ("one in a million, once, a thousand thanks", set[int]()),
        ("12 million, 1,500 or 1.5", {12_000_000, 1500, 1.5}),
        ("2 24 seven", {2, 24, 7}),
        ("", set[int]()),
    ],
)
def test_numbers_are_read_in_english(text: str, told: set[int]) -> None:
    """Compounds are one number; a "one" and a bare "thousand" are figures of speech."""
    assert values(text, EN) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("noventa por ciento", {90}),
        ("tres de cada cuatro", {3, 4}),
        ("noventa y cinco", {95}),
        ("dos y tres", {2, 3}),
        ("noventa fans, cinco veces", {90, 5}),
        ("ciento veinte", {120}),
        ("doscientas personas, cien por cien", {200, 100}),
        ("tres mil quinientos", {3500}),
        ("dos millones", {2_000_000}),
        ("treinta y una jornadas, cuarenta y un goles", {31, 41}),
        ("once veces", {11}),
        ("ten a mano mil gracias", set[int]()),
    ],
)
def test_numbers_are_read_in_spanish(text: str, told: set[int]) -> None:
    """Each language has its own words: "once" and "ten" are numbers in one of the two."""
    assert values(text, ES) == told


def test_a_number_says_where_it_stands() -> None:
    """In tokens, the last one's neighbour included; "por ciento" and "cien por cien" are signs."""
    said = tokens("el noventa y cinco por ciento, cien por cien")
    assert said == ["el", "noventa", "y", "cinco", "%", ",", "cien", "%"]
    assert list(numbers(said, ES)) == [Number(95, 1, 4), Number(100, 6, 7)]


@given(st.text(alphabet="two ninety mil y and cien 09²٣", max_size=40))
def test_any_text_has_numbers_or_none(text: str) -> None:
    """Nothing is raised, whatever stands there."""
    assert all(value >= 0 for value in values(text, EN) | values(text, ES))
