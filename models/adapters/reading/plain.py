"""Bytes of a text file to text, in whatever encoding it was saved."""

from __future__ import annotations

import codecs
import importlib.util
import unicodedata

from gemelo.models.adapters.reading.parts import Unreadable

_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MOST_CONTROLS = 0.01
_WESTERN = frozenset("áéíóúüñçàèìòùâêîôûäëïöãõåøæßÁÉÍÓÚÜÑÇÀÈÌÒÙÂÊÎÔÛÄËÏÖÃÕÅØÆ¿¡«»ªº·“”‘’–—…€°©®½¼£ ")
"""What of Windows-1252 beyond ASCII stands in texts of western Europe."""
_OFTEN = 0.95
_ENOUGH = 8_000
"""Bytes that tell an encoding."""


def decode(data: bytes) -> str:
    """Reads text with a byte order mark, UTF-8, Windows-1252 (which holds Latin-1), else what it looks like.

    Raises:
        Unreadable: the file is empty, is no text, or breaks the encoding that its mark declares.
    """
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    controls = sum(unicodedata.category(c) == "Cc" and c not in "\n\t\f\v" for c in text)
    if controls > _MOST_CONTROLS * len(text):
        raise Unreadable("the file is not text")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    if not text.strip():
        raise Unreadable("the file holds no text")
    return unicodedata.normalize("NFC", text)


def _decoded(data: bytes) -> str:
    for mark, encoding in _MARKED:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError:
                raise Unreadable(f"the file is marked as {encoding} but breaks it") from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # five bytes of Windows-1252 mean nothing; Latin-1 reads them as control characters,
        # which real text does not have
        western = data.decode("cp1252", errors="replace").replace("\ufffd", "\x00")
        return western if _is_western(western) else _guessed(data) or western


def _is_western(text: str) -> bool:
    beyond = [letter for letter in text if not letter.isascii()]
    return sum(letter in _WESTERN for letter in beyond) >= _OFTEN * len(beyond)


def _guessed(data: bytes) -> str | None:
    """The text in the encoding that its bytes look like, where something is here to tell."""
    if importlib.util.find_spec("charset_normalizer") is None:
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_ENOUGH]).best()
    if best is None:
        return None
    try:
        return data.decode(best.encoding)
    except UnicodeDecodeError:
        return None
