"""Text that is written in base64 or hexadecimal figures; pure."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator

_TOKEN = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{6,}={0,2}(?![\w+/=-])")
_MIXED = re.compile(r"[A-Za-z\d][A-Z]|[a-z]\d|=")
"""What codes have and words seldom have."""
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){4,}")


def coded(text: str) -> Iterator[tuple[int, int, str]]:
    """Tokens that are codes: first character, the one after the last, and what they say."""
    if not _MIXED.search(text):
        return
    for token in _TOKEN.finditer(text):
        if _MIXED.search(token[0]) and (said := _decoded(token[0])):
            yield *token.span(), said


def _decoded(token: str) -> str:
    """The text that is a code for, "" where it is for none."""
    bare = token.rstrip("=").replace("+", "-").replace("/", "_")
    try:
        if _HEX.fullmatch(token):
            text = bytes.fromhex(token).decode()
        else:
            text = urlsafe_b64decode(bare + "=" * (-len(bare) % 4)).decode()
    except ValueError:
        return ""
    return text if text.replace("\n", " ").replace("\t", " ").isprintable() else ""
