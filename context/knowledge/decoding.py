"""Bytes of a text file to text."""

from __future__ import annotations

import codecs
import unicodedata

from gemelo.models.errors import BadDocument

_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_CONTROLS = 0.01


def decode(data: bytes) -> str:
    """Reads UTF-8, UTF-16 or UTF-32 with a byte order mark, else Windows-1252 (which holds Latin-1).

    Raises:
        BadDocument: the file is empty, is no text, or breaks the encoding that its mark declares.
    """
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    controls = sum(unicodedata.category(c) == "Cc" and c not in "\n\t\f\v" for c in text)
    if controls > _MOST_CONTROLS * len(text):
        raise BadDocument("the file is not text")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    if not text.strip():
        raise BadDocument("the file holds no text")
    return unicodedata.normalize("NFC", text)


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKED:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise BadDocument(f"the file is marked as {encoding} but breaks it") from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # five bytes of Windows-1252 mean nothing; Latin-1 reads them as control characters,
        # which real text does not have
        return data.decode("cp1252", errors="replace").replace("\ufffd", "\x00")
