"""What a fan may send as text."""

from __future__ import annotations

import unicodedata

from gemelo.models.errors import BadText

MAX_CHARS = 4000
"""Characters of one typed message."""
_UNREADABLE = frozenset({"Cc", "Cs", "Co", "Cn"})


def readable(text: str) -> str:
    """Normalises (NFC), drops control characters and lone surrogates, folds white space.

    Right-to-left text and emoji are kept: they are text.
    """
    visible = (" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    return " ".join("".join(c for c in visible if unicodedata.category(c) not in _UNREADABLE).split())


def clean(text: str) -> str:
    """What of a typed message is `readable`.

    Raises:
        BadText: nothing readable is left, or more than `MAX_CHARS`.
    """
    if len(text) > MAX_CHARS:
        raise BadText(
            f"a message has at most {MAX_CHARS} characters, this one has {len(text)}: send it in parts"
        )
    folded = readable(text)
    if not any(unicodedata.category(c) not in ("Cf", "Mn", "Me", "Zs") for c in folded):
        raise BadText("there is nothing to read in this message: write a word or an emoji")
    return folded
