"""What figures count, and whether one sentence tells of as many of the same as another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.counted import told
from gemelo.models.vocabulary import Language
from tests.fakes import EN, ES


def allows(approved: str, said: str, language: Language = EN) -> bool:
    """Whether an approved sentence tells every figure of another one."""
    fact, claim = told(approved, language, {"brisalta"}), told(said, language, {"brisalta"})
    assert claim.figures
    return all(fact.allows(figure, claim.words) for figure in claim.figures)


@pytest.mark.parametrize(
    ("approved", "said", "same"),
    [
        ("Brisalta gives 24 hours of hydration.", "You get 24 full hours of hydration.", True),
        ("Brisalta gives 24 hours of hydration.", "Brisalta: twenty-four hours of hydration", True),
        ("Brisalta gives 24 hours of hydration.", "Hydration for 24 hours", True),
        ("Brisalta gives 24 hours of hydration.", "24 h of hydration", True),
        ("Brisalta gives 24 hours of hydration.", "24 % off", False),
        ("Brisalta gives 24 hours of hydration.", "24 players recommend Brisalta", False),
        ("Brisalta gives 24 hours of hydration.", "Brisalta is open 24 hours", False),
        ("Brisalta gives 24 hours of hydration.", "24 hours of discounts", False),
        ("Brisalta gives 24 hours of hydration.", "24 million hours of hydration", False),
        ("Brisalta gives 24 hours of hydration.", "more than 24 hours of hydration", False),
        ("Brisalta gives up to 24 hours of hydration.", "24 hours of hydration", False),
        ("Brisalta gives up to 24 hours of hydration.", "up to 24 hours of hydration", True),
        ("8 out of 10 players chose Brisalta.", "Eight in ten players chose it", True),
        ("8 out of 10 players chose Brisalta.", "8 out of 10 doctors chose it", False),
        ("Brisalta has 40 % less sugar.", "40 percent less sugar", True),
        ("Brisalta has 40 % less sugar.", "40 percent more sugar", False),
        ("Brisalta has 40 % less sugar.", "40 less sugar", False),
        ("Brisalta was founded in 1987.", "They founded it in 1987", True),
        ("Brisalta was founded in 1987.", "1987 shops", False),
        ("A 2-year warranty.", "A warranty of two years", True),
    ],
)
def test_a_figure_passes_where_it_counts_the_same(approved: str, said: str, *, same: bool) -> None:
    """Value, unit, what the unit is of, per cent and "up to" agree; the order of words does not matter."""
    assert allows(approved, said) is same


@pytest.mark.parametrize(
    ("approved", "said", "same"),
    [
        ("Brisalta da 24 horas de hidratación.", "Son 24 horas enteras de hidratación", True),
        ("Brisalta da 24 horas de hidratación.", "24 jugadores", False),
        ("8 de cada 10 jugadores la eligieron.", "ocho de cada diez jugadores eligieron esta", True),
        ("8 de cada 10 jugadores la eligieron.", "ocho de cada diez médicos", False),
        ("Es cien por cien plástico reciclado.", "El plástico es 100 % reciclado", True),
        ("Es cien por cien plástico reciclado.", "100 % natural", False),
        ("Brisalta da hasta 24 horas de hidratación.", "24 horas de hidratación", False),
    ],
)
def test_figures_agree_in_spanish(approved: str, said: str, *, same: bool) -> None:
    """Numbers in words, and the feminine and plural of what they count, are the same figure."""
    assert allows(approved, said, ES) is same


def test_what_a_claim_counts_in_one_language_may_be_told_in_another() -> None:
    """Words are compared by what they mean in English, too."""
    fact, said = told("It comes in 2 flavours.", EN), told("Viene en dos sabores.", ES)
    assert fact.allows(said.figures[0], said.words)


def test_figures_of_one_unit_are_known_although_their_values_differ() -> None:
    """48 hours are counted as 24 are, two touches are not."""
    fact = told("24 hours of hydration", EN)
    assert fact.counts(told("it lasts 48 hours", EN).figures[0])
    assert not fact.counts(told("it takes two touches", EN).figures[0])
    assert not fact.counts(told("7", EN).figures[0])


@given(st.text(alphabet="24 hours of%-. hasta 8,5dos mil\n²", max_size=60), st.sampled_from([EN, ES]))
def test_a_sentence_tells_its_own_figures(text: str, language: Language) -> None:
    """Nothing makes it fall over, and what stands there verbatim is allowed."""
    fact = told(text, language)
    assert all(fact.allows(figure, fact.words) for figure in fact.figures)
