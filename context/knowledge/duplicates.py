"""Folding passages that say again what another has said: an interview that three sites have printed.

A passage is folded into an earlier one that has nearly all of its sentences, by their words. Sentences of
one passage that follow in the next, as where passages overlap, are far from that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from gemelo.context.knowledge.shelf import Entry
from gemelo.context.knowledge.words import words

SAME = 0.9
"""Share of a passage's words that must stand in sentences of the other."""
_MANY = 1_000
"""Passages after which a sentence is taken for one that everybody says."""


def folded(entries: Sequence[Entry]) -> list[Entry]:
    """`entries` without those that an earlier one says; what heads a passage is part of what it says."""
    said_by: dict[int, list[int]] = {}
    kept: list[Entry] = []
    for entry in entries:
        said = dict(_said(entry))
        enough = SAME * sum(said.values())
        met = Counter[int]()
        for sentence, size in said.items():
            for other in said_by.get(sentence, ()):
                met[other] += size
        if met and max(met.values()) >= enough:
            continue
        for sentence in said:
            others = said_by.setdefault(sentence, [])
            if len(others) < _MANY:
                others.append(len(kept))
        kept.append(entry)
    return kept


def _said(entry: Entry) -> Iterator[tuple[int, int]]:
    """A hash of the words of each sentence, and how many they are."""
    for unit in entry.units:
        if spoken := words(unit):
            yield hash(tuple(spoken)), len(spoken)
