"""Ordinary words of the twin's languages, so that they can pass. From `pyspellchecker`'s word counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from spellchecker import SpellChecker

from gemelo.context.guard.glyphs import fold

_LANGUAGES = ("en", "es")
_COMMON = 1_000
"""Count from which a word is common: `puma` is, `nike` is not."""
_COMMON_SHORT = 20_000
"""The same for words of one or two letters, most of which are scraps."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded words: all that the dictionaries know, and those used without thinking of a brand."""

    known: frozenset[str]
    common: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """Reads the dictionaries once (0.4 s, 25 MB)."""
    known: set[str] = set()
    common: set[str] = set()
    for language in _LANGUAGES:
        for word, count in SpellChecker(language=language).word_frequency.items():
            folded = fold(word)
            known.add(folded)
            if count >= (_COMMON if len(folded) > 2 else _COMMON_SHORT):
                common.add(folded)
    return Lexicon(frozenset(known), frozenset(common))
