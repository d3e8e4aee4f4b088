"""Texts as the encoder reads them: Spanish word by word in English, the rest as it is.

The encoder knows little Spanish, and an English one that knows more costs four times the memory. Word
order and grammar matter little to it, so a small dictionary stands in for a translator.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gemelo.context.knowledge.language import SPANISH
from gemelo.context.knowledge.spanish import GRAMMAR, PHRASES, WORDS
from gemelo.context.knowledge.words import fold, stems
from gemelo.models.vocabulary import Language

_WORD = re.compile(r"[^\W_]+|[^\w\s]+")
_LONGEST = max(len(phrase.split()) for phrase in PHRASES)
_GRAMMAR = {word: english for english, line in GRAMMAR.items() for word in line.split()}


def gloss(text: str, language: Language) -> str:
    """What the encoder is given for a text in `language`."""
    if language != SPANISH:
        return text
    said = _WORD.findall(text)
    folded = [fold(word) for word in said]
    english: list[str] = []
    at = 0
    while at < len(said):
        length = next((n for n in range(_LONGEST, 1, -1) if " ".join(folded[at : at + n]) in PHRASES), 1)
        english.append(PHRASES[" ".join(folded[at : at + length])] if length > 1 else _english(said[at]))
        at += length
    return " ".join(english)


@lru_cache(maxsize=1 << 15)
def _english(word: str) -> str:
    folded = fold(word)
    exact, by_stem = _dictionary()
    return exact.get(folded) or by_stem.get(stems([folded], SPANISH)[0], word)


@lru_cache(maxsize=1)
def _dictionary() -> tuple[dict[str, str], dict[str, str]]:
    """English by Spanish word, and by its stem for the forms that are not listed."""
    exact: dict[str, str] = {}
    by_stem: dict[str, str] = {}
    for line in WORDS.strip().splitlines():
        english, _, spanish = line.partition(": ")
        for word in spanish.split():
            exact[fold(word)] = english
            by_stem.setdefault(stems([fold(word)], SPANISH)[0], english)
    return exact | _GRAMMAR, by_stem
