"""What a fan may send as text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.errors import BadText
from gemelo.models.text import MAX_CHARS, clean


@given(st.text(max_size=300))
def test_a_clean_text_is_safe_to_keep_and_send(text: str) -> None:
    """No control characters, no lone surrogates, no runs of space; cleaning twice changes nothing."""
    try:
        cleaned = clean(text)
    except BadText:
        return
    cleaned.encode()
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cs")]
    assert cleaned == " ".join(cleaned.split())
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("text", ["hola", "😀", "👨‍👩‍👧", "مرحبا كيف حالك", "a\tb\nc", "¿?", "e\u0301"])
def test_what_a_person_writes_passes(text: str) -> None:
    """Emoji, right-to-left text and combining marks are text."""
    assert clean(text)


@pytest.mark.parametrize("text", ["", "   ", "\x00\x01", "\u200b\u200d", "\ud800", "a" * (MAX_CHARS + 1)])
def test_what_nobody_can_read_is_refused(text: str) -> None:
    """Empty, invisible or endless messages get a sentence that says what to do."""
    with pytest.raises(BadText, match=r"write|send"):
        clean(text)
