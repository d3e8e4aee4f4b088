"""Text that is written in base64 or hexadecimal figures, whole or word by word; pure."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Sequence
from string import ascii_letters, ascii_lowercase, ascii_uppercase
from typing import NamedTuple

_TOKEN = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{2,}={0,2}(?![\w+/=-])")
_LEAST = 6
"""Signs of a code that stands alone; a shorter one says something only beside others."""
_TOGETHER, _SAID_TOGETHER = 12, 160
"""Codes in a row that are read together, and held for that, and the letters that they say: more than give a
prompt away, a word a code."""
_MIXED = re.compile(r"[A-Za-z\d][A-Z]|[a-z]\d|=")
"""What codes have and words seldom have."""
ROT13 = str.maketrans(
    ascii_letters, "".join(letters[13:] + letters[:13] for letters in (ascii_lowercase, ascii_uppercase))
)
"""Each letter as the one thirteen places on."""
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){4,}")


class Code(NamedTuple):
    """A token that is a code: `text[start:end]` and what it says; `alone` where it needs no others."""

    start: int
    end: int
    said: str
    alone: bool


def coded(text: str) -> Iterator[tuple[int, int, str]]:
    """Tokens that are codes, and rows of them: first character, the one after the last, and what they say.

    A row begins with a code that stands alone, and from every such one on those are read together that say no
    more than some words: so it matters not where a stream has come to.
    """
    for row in _rows(text):
        for first, code in enumerate(row):
            if code.alone:
                yield code.start, code.end, code.said
                after = _together(row, first)
                if after > first + 1:
                    yield code.start, row[after - 1].end, " ".join(one.said for one in row[first:after])


def unfinished_codes(text: str) -> Iterator[int]:
    """Where codes begin that may say more with those after `text`."""
    for row in _rows(text):
        if not text[row[-1].end :].strip():
            yield next(code.start for first, code in enumerate(row) if _together(row, first) == len(row))


def _together(row: Sequence[Code], first: int) -> int:
    """The code after those that are read together with the one at `first`."""
    said, after = len(row[first].said), first + 1
    while after < min(len(row), first + _TOGETHER) and said + len(row[after].said) <= _SAID_TOGETHER:
        said, after = said + len(row[after].said), after + 1
    return after


def _rows(text: str) -> Iterator[list[Code]]:
    """Codes with nothing but white space between them, from one that stands alone on."""
    if not _MIXED.search(text) or not any(_codes(text, alone=True)):
        return
    row: list[Code] = []
    for code in (*_codes(text), None):
        if row and (code is None or text[row[-1].end : code.start].strip()):
            yield row
            row = []
        if code and (row or code.alone):
            row.append(code)


def _codes(text: str, *, alone: bool = False) -> Iterator[Code]:
    """Every token that is a code; only such as stand `alone`, which are looked for much quicker."""
    for token in _TOKEN.finditer(text):
        stands = len(token[0]) >= _LEAST and bool(_MIXED.search(token[0]))
        if (stands or not alone) and (said := _decoded(token[0])):
            yield Code(*token.span(), said, stands)


def _decoded(token: str) -> str:
    """The text that a token is code for, "" where it is for none."""
    bare = token.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        if _HEX.fullmatch(token):
            text = bytes.fromhex(token).decode()
        else:
            text = urlsafe_b64decode(bare + "=" * (-len(bare) % 4)).decode()
    except ValueError:
        return ""
    return text if text.replace("\n", " ").replace("\t", " ").isprintable() else ""
