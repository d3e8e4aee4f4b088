"""Classes of words, tables of `cues/`, that decide together what a message asks for or a reply is about."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

import Stemmer

PAIRS = (
    "person",
    "self",
    "minor",
    "group",
    "private",
    "fiction",
    "machine",
    "play",
    "learn",
    "weapon",
    "drug",
)
"""Classes that change what another one means."""

_stemmers = tuple(Stemmer.Stemmer(language, 0) for language in ("english", "spanish"))  # pyright: ignore


@lru_cache(maxsize=8192)
def stems(word: str) -> tuple[str, str]:
    """The English and the Spanish stem of a folded word."""
    english, spanish = (str(stemmer.stemWord(word)) for stemmer in _stemmers)  # pyright: ignore
    return english, spanish


@cache
def _table(name: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    text = (files("gemelo.context.guard") / "cues" / f"{name}.txt").read_text("utf-8")
    for line in text.splitlines():
        kind, separator, words = line.partition(": ")
        if separator and not line.startswith("#"):
            for word in words.split():
                for form in {word, *stems(word)}:
                    found.setdefault(form, set()).add(kind)
    return {form: frozenset(names) for form, names in found.items()}


def classes(word: str, name: str = "classes") -> frozenset[str]:
    """The classes of one table that a folded word belongs to."""
    table = _table(name)
    if word in table:
        return table[word]
    english, spanish = stems(word)
    return table.get(english) or table.get(spanish) or frozenset()
