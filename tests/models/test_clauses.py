"""Cutting text for voices and guards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.clauses import first_clause_end, sentences

TEXTS = st.text('ab ,.;:!?…\n"»)', max_size=80)


@given(TEXTS)
def test_sentences_lose_nothing_but_white_space(text: str) -> None:
    """Joined again, the sentences are the text."""
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@given(TEXTS)
def test_clauses_taken_one_by_one_are_the_text(text: str) -> None:
    """Cutting clause after clause ends, and loses nothing."""
    taken, rest = "", text
    while (end := first_clause_end(rest, final=True)) is not None:
        assert end > 0
        taken, rest = taken + rest[:end], rest[end:]
    assert taken == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hola. ¿Qué tal?", ("Hola.", "¿Qué tal?")),
        ("Dr. Gol ganó 3.5 puntos. Fin", ("Dr. Gol ganó 3.5 puntos.", "Fin")),
        ('He said "yes!" Then left.', ('He said "yes!"', "Then left.")),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, expected: tuple[str, ...]) -> None:
    """Abbreviations and decimals end nothing; a closing quote belongs to its sentence."""
    assert sentences(text) == expected


def test_a_short_opening_is_no_clause_of_its_own() -> None:
    """ "Well, " would sound chopped: a comma counts only after enough letters."""
    assert first_clause_end("Well, ") is None
    assert first_clause_end("That is a fair point, and ") == len("That is a fair point, ")


def test_an_abbreviation_ends_no_clause() -> None:
    """The voice does not pause after "Dr."."""
    assert first_clause_end("Dr. Smith ") is None
    assert first_clause_end("Ask Dr. Smith about it. Then") == len("Ask Dr. Smith about it. ")
