"""What stands between white space, looked at once for all that is found in it; pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from gemelo.context.guard.glyphs import fold
from gemelo.context.guard.lexicon import lexicon

_TOKEN = re.compile("[^ ]+")
_TAGGED = re.compile(
    r"[#@＃＠]|https?:|www\.|.*\w\.(?:com|es|net|org|io|eu|mx|ar|co|tv|app)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Token:
    """A piece of text without white space, or several with what parts them."""

    written: str

    @cached_property
    def tagged(self) -> bool:
        """Whether it is a hashtag, a handle or an address."""
        return bool(_TAGGED.match(self.written))

    @cached_property
    def known(self) -> bool:
        """Whether a dictionary knows all its words."""
        return all(lexicon().knows(word) for word in re.findall(r"\w+", fold(self.written)))


class Tokens:
    """The tokens of a text; `flat` is its skeleton."""

    def __init__(self, written: str, flat: str) -> None:
        self._written = written
        self._spans = [token.span() for token in _TOKEN.finditer(flat)]
        self._starts = [start for start, _ in self._spans]
        self._around: dict[tuple[int, int], Token] = {}

    def around(self, first: int, last: int) -> Token:
        """From the token that holds the character `first` to the one that holds `last`."""
        ends = bisect_right(self._starts, first) - 1, bisect_right(self._starts, last) - 1
        if ends not in self._around:
            self._around[ends] = Token(self._written[self._starts[ends[0]] : self._spans[ends[1]][1]])
        return self._around[ends]
