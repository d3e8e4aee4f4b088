"""Reading bytes as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.adapters.reading.parts import Unreadable
from gemelo.models.adapters.reading.plain import decode

TEXT = "Atrapó el balón en la línea: «¡Gol!» – 3,50 €"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    """Spanish text is read the same in every common encoding."""
    assert decode(TEXT.encode(encoding)) == TEXT


def test_latin_1() -> None:
    """Latin-1 without the signs that it lacks is read as it was written."""
    assert decode("¿Qué pasó en el año 1950?".encode("latin-1")) == "¿Qué pasó en el año 1950?"


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_either_way_round(mark: bytes) -> None:
    """The byte order mark decides the byte order of UTF-16."""
    order = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    assert decode(mark + TEXT.encode(order)) == TEXT


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n\t ",
        bytes(range(256)) * 20,
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"%PDF-1.7\n" + bytes(99),
        b"\xff\xfea",
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    """Empty files, pictures, random bytes and broken UTF-16 get a clear error."""
    with pytest.raises(Unreadable):
        decode(data)


@given(st.binary(max_size=2_000))
def test_any_bytes_are_text_or_a_clear_error(data: bytes) -> None:
    """No bytes make it fail in another way, and what is read holds no control characters."""
    try:
        text = decode(data)
    except Unreadable:
        return
    assert text.strip()
    assert not any(ord(c) < 32 and c not in "\n\t" for c in text)
