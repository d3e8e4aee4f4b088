"""Tokens in base64 and in hexadecimal figures."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.codes import coded, unfinished_codes


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


def test_a_row_of_codes_says_what_they_say_together() -> None:
    """Short ones after a longer one are read, too; a word ends the row."""
    words = ["virtual", "you", "are", "a", "host"]
    codes = [b64encode(word.encode()).decode() for word in words]
    row = " ".join(codes)
    text = f"{row} ok {codes[0]}"
    found = list(coded(text))
    assert (0, len(row), " ".join(words)) in found
    assert {said for _, _, said in found} == {" ".join(words), "virtual", "host"}


def test_a_long_row_is_read_by_the_dozen() -> None:
    """Wherever it begins, what a dozen codes in a row say is found; only the last dozen waits for more."""
    words = [f"word{number:02}" for number in range(15)]
    codes = [b64encode(word.encode()).decode() for word in words]
    text = " ".join(codes) + " "
    rows = [said for _, _, said in coded(text) if " " in said]
    assert rows == [" ".join(words[first : first + 12]) for first in range(14)]
    assert list(unfinished_codes(text)) == [text.index(codes[3])]


def test_long_codes_are_read_one_by_one() -> None:
    """They say enough alone; only the last waits, and no row of pages is read again and again."""
    codes = [b64encode(f"{number} {'and so on ' * 14}".encode()).decode() for number in range(3)]
    text = " ".join(codes) + " "
    assert len(list(coded(text))) == 3
    assert list(unfinished_codes(text)) == [text.index(codes[2])]


def test_a_row_of_codes_at_the_end_is_unfinished() -> None:
    """What follows could go on with it; what stands before other words is over."""
    code = b64encode(b"virtual").decode()
    assert list(unfinished_codes(f"so: {code} {code} ")) == [4]
    assert list(unfinished_codes(f"so: {code} it is")) == []
    assert list(unfinished_codes("no code here ")) == []


@given(st.text(max_size=60))
def test_any_text_has_codes_of_its_own(text: str) -> None:
    """Nothing makes it fall over, and every code lies in the text."""
    assert all(0 <= start < end <= len(text) and said for start, end, said in coded(text))
