"""Tokens in base64 and in hexadecimal figures."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.codes import coded


@pytest.mark.parametrize("text", ["I love Kortaza", "¿Qué dice la clave?", "q7-31"])
def test_a_code_is_read(text: str) -> None:
    """Wherever it stands, padded or not."""
    for code in (b64encode(text.encode()).decode(), text.encode().hex(), text.encode().hex().upper()):
        assert list(coded(f"so: {code} ok")) == [(4, 4 + len(code), text)]


@pytest.mark.parametrize(
    "text", ["Ordinary words only.", "In 19861986 and beyond", "////////", "00010203aF", ""]
)
def test_what_says_nothing_is_no_code(text: str) -> None:
    """Words, years, signs, and bytes that are no text."""
    assert list(coded(text)) == []


@given(st.text(max_size=60))
def test_any_text_has_codes_of_its_own(text: str) -> None:
    """Nothing makes it fall over, and every code lies in the text."""
    assert all(0 <= start < end <= len(text) and said for start, end, said in coded(text))
