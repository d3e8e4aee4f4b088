"""Ordinary words of the twin's languages, so that they can pass. From `pyspellchecker`'s word counts."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import Stemmer  # pyright: ignore[reportMissingTypeStubs]
from spellchecker import SpellChecker

from gemelo.context.guard.glyphs import fold

_LANGUAGES = ("en", "es")
_COMMON = 500
"""Count from which a word is common: `puma` is, `nike` is not."""
_COMMON_SHORT = 20_000
"""The same for words of one or two letters, most of which are scraps."""


class Hashed:
    """A set of words of which only the sorted hashes are kept: 8 bytes a word instead of 130."""

    def __init__(self, hashes: Iterable[int]) -> None:
        self._hashes = array("q", sorted(hashes))

    def __contains__(self, word: str) -> bool:
        hashed = hash(word)
        at = bisect_left(self._hashes, hashed)
        return at < len(self._hashes) and self._hashes[at] == hashed


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded words: those used without thinking of a brand, and all that the dictionaries know."""

    common: frozenset[str]
    known: Hashed
    stems: Hashed

    def knows(self, word: str) -> bool:
        return word in self.common or word in self.known

    def inflects(self, word: str) -> bool:
        """Whether `word` may be a form of a known Spanish word; the dictionary lacks most of them."""
        stem = _stem(word)
        return stem != word and stem in self.stems


@cache
def lexicon() -> Lexicon:
    """Reads the dictionaries once (0.4 s), one after the other."""
    common: set[str] = set()
    known, stems = array("q"), array("q")
    for language in _LANGUAGES:
        for word, count in SpellChecker(language=language).word_frequency.items():
            folded = fold(word)
            known.append(hash(folded))
            if language == "es":
                stems.append(hash(_stem(folded)))
            if count >= (_COMMON if len(folded) > 2 else _COMMON_SHORT):
                common.add(folded)
    return Lexicon(frozenset(common), Hashed(known), Hashed(stems))


_spanish = Stemmer.Stemmer("spanish")  # pyright: ignore
_spanish.maxCacheSize = 0  # its cache costs more than the stemming, in time and in memory


def _stem(word: str) -> str:
    return str(_spanish.stemWord(word))  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
