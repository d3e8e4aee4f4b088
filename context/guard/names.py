"""Finding names to avoid, however they are written; pure.

1. An Aho-Corasick automaton over keys (see `skeleton`) proposes pieces of text, whatever separates
   or disguises their letters.
2. `Candidate` decides whether a reader would take a piece for the name.
3. Tokens that no dictionary knows are compared with names of five letters or more, one edit allowed,
   by their deletion neighbourhoods (as in Garbe's SymSpell).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol, cast

import ahocorasick  # pyright: ignore[reportMissingImports]

from gemelo.context.guard.candidate import Candidate, Name
from gemelo.context.guard.glyphs import INVISIBLE, PUNCTUATION, SPACE, fold
from gemelo.context.guard.lexicon import lexicon
from gemelo.context.guard.skeleton import Reading, Skeleton, key, letters

MIN_TYPO = 5
"""Letters from which a name is still itself with one of them wrong."""
_EDGES_TRIED = 4
"""Word edges inside a run of one letter at which a name may begin or end."""

_WORD = re.compile(r"[\w@$!€£+|]+")
_PIECE = re.compile(r"[^ .]+")
_CUT_TOKEN = re.compile(r"[^ .]+(?:\.+[^ .]+)+")


class Match(NamedTuple):
    """A name to avoid in a text: `text[start:end]`, forbidden by `owner`."""

    start: int
    end: int
    owner: str


class _Automaton(Protocol):
    def add_word(self, word: str, value: str) -> bool: ...
    def make_automaton(self) -> None: ...
    def iter(self, text: str) -> Iterator[tuple[int, str]]: ...


class NameMatcher:
    """Names compiled for searching; shared by all sessions of a context.

    Attributes:
        reach: a match spans at most this many characters of a key.
    """

    def __init__(self, spellings: Iterable[tuple[str, str]]) -> None:
        """Compiles (spelling, owner) pairs. A spelling without a letter or digit matches nothing."""
        self._names: dict[str, list[Name]] = {}
        self._neighbours: dict[str, set[str]] = {}
        self._automaton = cast(_Automaton, ahocorasick.Automaton())  # pyright: ignore[reportUnknownMemberType]
        for spelling, owner in spellings:
            self._add(_name(spelling, owner))
        self._automaton.make_automaton()
        self._word_counts = sorted({len(name.words) for names in self._names.values() for name in names})
        self.reach = max((len(found) for found in self._names), default=0) + 1

    def _add(self, name: Name) -> None:
        if not name.key:
            return
        self._names.setdefault(name.key, []).append(name)
        self._automaton.add_word(name.key, name.key)
        if len(name.key) >= MIN_TYPO:
            for neighbour in {*_deletions(name.key), *map(key, _deletions(name.letters))}:
                self._neighbours.setdefault(neighbour, set()).add(name.key)

    def find(self, reading: Reading) -> list[Match]:
        """Finds every name in a reading, first one first."""
        if not self._names:
            return []
        found: set[tuple[int, int, str]] = set()
        for skeleton in reading.skeletons:
            found.update(self._exact(reading, skeleton))
            found.update(self._mistyped(reading.written, skeleton.flat))
        return sorted(Match(*reading.span(first, end), owner) for first, end, owner in found)

    def _exact(self, reading: Reading, skeleton: Skeleton) -> Iterator[tuple[int, int, str]]:
        for end, found in self._automaton.iter(skeleton.key):
            runs = skeleton.runs
            for first in _edges(skeleton.flat, *runs[end - len(found) + 1], begin=True):
                for last in _edges(skeleton.flat, *runs[end], begin=False):
                    candidate = Candidate(reading, skeleton.flat, first, last)
                    for name in self._names[found]:
                        if candidate.is_name(name):
                            yield first, last + 1, name.owner

    def _mistyped(self, text: str, flat: str) -> Iterator[tuple[int, int, str]]:
        for start, end, token, words in _units(flat, self._word_counts):
            if any(character.isalpha() for character in fold(text[start:end])):
                for name in self._near(token):
                    if len(name.words) >= words:
                        yield start, end, name.owner

    def _near(self, token: str) -> Iterator[Name]:
        """Names that `token`, or what it is the plural of, is one edit away from."""
        for form in {token, token.removesuffix("s")} - lexicon().known:
            typed = key(form)
            if MIN_TYPO - 2 <= len(typed) <= self.reach:
                keys = {near for part in _deletions(typed) for near in self._neighbours.get(part, ())}
                yield from (
                    name for near in keys for name in self._names[near] if _mistypes(form, typed, name)
                )


def _mistypes(form: str, typed: str, name: Name) -> bool:
    """Whether `form`, whose key is `typed`, is one edit away from a name, as written or by key."""
    # in a short name another first letter makes another word
    alike = len(name.key) > MIN_TYPO or typed[0] == name.key[0]
    return alike and (one_edit(typed, name.key) or one_edit(form, name.letters))


def one_edit(one: str, other: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns `one` into `other`."""
    if abs(len(one) - len(other)) > 1:
        return False
    one, other = _unalike_tails(one, other)
    one, other = _unalike_tails(one[::-1], other[::-1])
    substituted = len(one) <= 1 and len(other) <= 1
    return one != other and (substituted or (len(one) == 2 and one == other[::-1]))


def _unalike_tails(one: str, other: str) -> tuple[str, str]:
    alike = 0
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            break
        alike += 1
    return one[alike:], other[alike:]


def _deletions(word: str) -> set[str]:
    return {word, *(word[:index] + word[index + 1 :] for index in range(len(word)))}


def _name(spelling: str, owner: str) -> Name:
    words = tuple(read for word in _WORD.findall(fold(spelling)) if (read := letters(word)))
    joined = "".join(words)
    return Name(words, joined, key(joined), all(word in lexicon().common for word in words), owner)


def _edges(flat: str, first: int, last: int, *, begin: bool) -> list[int]:
    """Letters of a run at which a name may begin or end: its own edge and word edges inside it."""
    step = -1 if begin else 1
    inside = range(first + 1, last + 1) if begin else range(last - 1, first - 1, -1)
    edges = [at for at in inside if flat[at].isalpha() and flat[at + step] in (SPACE, PUNCTUATION)]
    return [first if begin else last, *edges[-_EDGES_TRIED:]]


def _units(flat: str, word_counts: list[int]) -> Iterator[tuple[int, int, str, int]]:
    """Whatever could be one mistyped name: start, end, letters, and how many words it takes.

    That is every piece, every token cut up by punctuation, and as many neighbouring pieces as some
    name has words. Ordinary words are no typos.
    """
    words = lexicon()
    pieces = [
        (piece.start(), piece.end(), piece[0].replace(INVISIBLE, "")) for piece in _PIECE.finditer(flat)
    ]
    for start, end, piece in pieces:
        if piece not in words.known:
            yield start, end, piece, 1
    for token in _CUT_TOKEN.finditer(flat):
        parts = token[0].replace(INVISIBLE, "").split(PUNCTUATION)
        if not words.common.issuperset(parts):
            yield token.start(), token.end(), "".join(parts), 1
    for count in word_counts:
        if count > 1:
            for run in zip(*(pieces[offset:] for offset in range(count)), strict=False):
                parts = [piece for _, _, piece in run]
                if not words.common.issuperset(parts):
                    yield run[0][0], run[-1][1], "".join(parts), count
