"""Finding fixed phrases over words; pure.

Phrases are kept in a trie, so that a stream knows at every word whether what it holds could still
become one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from enum import Enum
from itertools import product
from typing import NamedTuple

from gemelo.context.guard.skeleton import Reading, Skeleton

_BREAK = re.compile(r"[!?…;:\n]|\.(?=\s)")
_STOP = re.compile(r"[!?…;:]|\.(?=\s)")
"""A break that is no mere end of a line."""
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

    `rule` is what a phrase breaks that is complete here, if it is said as `said`. Lines may end anywhere
    in a `run`: a word a line, it is the same run.
    """

    __slots__ = "rule", "run", "said"  # a prompt has ten thousands of them

    def __init__(self, after: Mapping[str, Node] | None = None) -> None:
        super().__init__(after or {})
        self.rule, self.said, self.run = "", Said.ANYHOW, False

    def add(self, rule: str, said: Said, *places: str) -> None:
        """Adds phrases: places, each of them alternatives between bars; an empty one may be left out."""
        for phrase in product(*(place.split("|") for place in places)):
            node = self
            for word in " ".join(phrase).split():
                node = node.setdefault(word, Node())
            node.rule, node.said = rule, said

    def add_run(self, rule: str, words: Sequence[str], breaks: Collection[int]) -> None:
        """Adds words in a row, said anyhow; before those at `breaks` a sentence may end."""
        node = self
        for at, word in enumerate(words):
            after = node.get(word)
            if after is None:
                after = node[word] = Node()
            if at in breaks:
                node.setdefault(_ENDS, Node())[word] = after
            node = after
            node.run = True
        node.rule = rule


_FILLERS = frozenset(
    "um umm uh uhm er erm eh ehm em ah oh hm hmm mm mmm well like so este pues bueno".split()
)
"""What a speaker says while thinking: a run of words goes on after it."""
_ENDS = "."
"""Leads from a node to the words that may follow it after the end of a sentence; no word is written so."""
_NOTHING = Node()


class PhraseMatcher:
    """Phrases of some tries."""

    def __init__(self, *roots: Node) -> None:
        firsts: dict[str, list[Node]] = {}
        for root in roots:
            for word, node in root.items():
                firsts.setdefault(word, []).append(node)
        self._firsts = firsts

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
            begun = self._firsts.keys() & skeleton.vocabulary
            if not begun:
                continue
            spoken = skeleton.spoken
            last = len(spoken) - 1
            seen: set[tuple[int, int]] = set()
            for index, word in enumerate(spoken):
                for node in self._firsts[word] if word in begun else ():
                    if node.rule or index == last or spoken[index + 1] in node:
                        yield from self._follow(reading, skeleton, index, node, seen)

    def _follow(
        self, reading: Reading, skeleton: Skeleton, index: int, node: Node, seen: set[tuple[int, int]]
    ) -> Iterator[tuple[int, int | None, str]]:
        """The phrase that begins with the word at `index`, if one does, and is not the end of one `seen`.

        `node` is where the word leads; `seen` are words at which nodes were reached: where a trie has
        circles, as numbers have, every word of a long phrase would begin one that has to be followed to
        its end.
        """
        first, reached = skeleton.places[index]
        while (state := (id(node), index)) not in seen:
            seen.add(state)
            if node.rule:
                if _is_said(reading, first, reached, node.said):
                    yield first, reached, node.rule
                return
            index += 1
            if index == len(skeleton.spoken):
                if _ends(node, reading.written, reached, reading.unread):
                    node = node.get(_ENDS, _NOTHING)
                if node:
                    yield first, None, ""
                return
            start, end = skeleton.places[index]
            if _ends(node, reading.written, reached, start):
                node = node.get(_ENDS, _NOTHING)
            after = node.get(skeleton.spoken[index])
            if after is None:
                if node.run and skeleton.spoken[index] in _FILLERS:
                    continue
                return
            node, reached = after, end


def _ends(node: Node, text: str, start: int, end: int) -> bool:
    """Whether what stands between two words parts the phrase that has come to `node`."""
    return bool((_STOP if node.run else _BREAK).search(text, start, end))


def _is_said(reading: Reading, first: int, end: int, said: Said) -> bool:
    if said is Said.ANYHOW:
        return True
    asked = said is Said.STATED and _QUESTION.match(reading.written, end)
    return not (asked or _DENIAL.search(reading.before(first, _SEEN_BEFORE)))
