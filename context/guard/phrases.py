"""Finding fixed phrases over words; pure.

Phrases are kept in a trie, so that a stream knows at every word whether what it holds could still
become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from itertools import product
from typing import NamedTuple

from gemelo.context.guard.skeleton import Reading
from gemelo.context.guard.words import Word

_BREAK = re.compile(r"[!?…;:\n]|\.(?=\s)")
_DENIAL = re.compile(
    r"\b(?:no|nunca|jam[aá]s|tampoco|ni|si|not|never|cannot|can[’']?t|won[’']?t|don[’']?t|if|whether|nor)\s+"
    r"(?:(?:est[aá]s?|realmente|really|actually|ever|te|me|nos)\s+)?$",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[\"'»”)]*\?")
_SEEN_BEFORE = 32
"""Characters before a phrase that are looked at for a denial."""


class Said(Enum):
    """How a phrase must be said to break its rule."""

    ANYHOW = "anyhow"
    NOT_DENIED = "not denied"
    """A denial ("don't send me money") is fine."""
    STATED = "stated"
    """So are a report ("me preguntan si soy humano") and a question."""


class Phrase(NamedTuple):
    """A phrase in a text: `text[start:end]`, and the rule that it breaks."""

    start: int
    end: int
    rule: str


class Node(dict[str, "Node"]):
    """The words that may come next in some phrase.

    `rule` is what a phrase breaks that is complete here, if it is said as `said`.
    """

    rule = ""
    said = Said.ANYHOW

    def add(self, rule: str, said: Said, *places: str) -> None:
        """Adds phrases: places, each of them alternatives between bars; an empty one may be left out."""
        for phrase in product(*(place.split("|") for place in places)):
            node = self
            for word in " ".join(phrase).split():
                node = node.setdefault(word, Node())
            node.rule, node.said = rule, said


class PhraseMatcher:
    """Phrases of one trie."""

    def __init__(self, root: Node) -> None:
        self._root = root

    def find(self, reading: Reading) -> list[Phrase]:
        """Finds every phrase in a reading, first one first."""
        found = {(first, end, rule) for first, end, rule in self._walk(reading) if end is not None}
        return sorted(Phrase(*reading.span(first, end), rule) for first, end, rule in found)

    def pending(self, reading: Reading) -> int | None:
        """Where a phrase begins that the words after `reading` could complete, as an index in `written`."""
        return min((first for first, end, _ in self._walk(reading) if end is None), default=None)

    def _walk(self, reading: Reading) -> Iterator[tuple[int, int | None, str]]:
        """Begin, end and rule of each phrase, the end None where the text breaks it off."""
        for skeleton in reading.skeletons:
            if self._root.keys().isdisjoint(skeleton.vocabulary):
                continue
            seen: set[tuple[int, int]] = set()
            for index, word in enumerate(skeleton.spoken):
                if word in self._root:
                    yield from self._follow(reading, skeleton.words, index, seen)

    def _follow(
        self, reading: Reading, words: list[Word], index: int, seen: set[tuple[int, int]]
    ) -> Iterator[tuple[int, int | None, str]]:
        """The phrase that begins with the word at `index`, if one does, and is not the end of one `seen`.

        `seen` are words at which nodes were reached: where a trie has circles, as numbers have, every
        word of a long phrase would begin one that has to be followed to its end.
        """
        node = self._root
        first = reached = words[index].start
        for at in range(index, len(words)):
            word = words[at]
            if word.letters not in node or _BREAK.search(reading.written, reached, word.start):
                return
            node, reached = node[word.letters], word.end
            if (state := (id(node), at)) in seen:
                return
            seen.add(state)
            if node.rule:
                if _is_said(reading, first, reached, node.said):
                    yield first, reached, node.rule
                return
        yield first, None, ""


def _is_said(reading: Reading, first: int, end: int, said: Said) -> bool:
    if said is Said.ANYHOW:
        return True
    asked = said is Said.STATED and _QUESTION.match(reading.written, end)
    return not (asked or _DENIAL.search(reading.before(first, _SEEN_BEFORE)))
