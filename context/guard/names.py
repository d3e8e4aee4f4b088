"""Finding names to avoid, however they are written; pure.

1. An Aho-Corasick automaton over keys (see `skeleton`), forwards and backwards, proposes pieces of
   text, whatever separates or disguises their letters; `Candidate` decides whether a reader would take
   a piece for the name.
2. Words that no dictionary knows are compared with names that they almost are (`near`).
3. Words that spell something are read letter by letter (`words`).
4. Tokens that may be codes are decoded and read anew (`codes`); rot13 goes by the automaton.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple, Protocol, cast

import ahocorasick  # pyright: ignore[reportMissingImports]

from gemelo.context.guard.candidate import Candidate, Name
from gemelo.context.guard.codes import ROT13, coded
from gemelo.context.guard.glyphs import INVISIBLE, PUNCTUATION, SPACE, fold
from gemelo.context.guard.lexicon import lexicon
from gemelo.context.guard.near import MIN_TYPO, MORE_BY_EAR, Neighbours, is_ordinary
from gemelo.context.guard.skeleton import Reading, Skeleton, key, letters
from gemelo.context.guard.tokens import Tokens

_EDGES_TRIED = 4
"""Word edges inside a run of one letter at which a name may begin or end."""
_MIN_REVERSED = 4
"""Letters from which a name written backwards, or in rot13, is still read."""
_MIN_SPELLED = 3
"""Letters in a row that spell something."""
_MIN_PARTED = 6
"""Letters of a name's key from which it is read although it is mistyped and cut up, or glued to more."""

_WORD = re.compile(r"[\w@$!€£+|]+")
_CUT = re.compile(r"[^ .]\.+[^ .]")
_CUT_TOKEN = re.compile(r"(?<![^ .])[^ .]++(?:\.+[^ .]++)+")
_TAG = re.compile(r"[#@＃＠][\w-]+")
_BESIDE = re.compile(r"(?:\W+\w{1,2})?")
"""A word so short that with a name it makes what could be the name mistyped."""


class Match(NamedTuple):
    """A name to avoid in a text: `text[start:end]`, forbidden by `owner`."""

    start: int
    end: int
    owner: str


class _Unit(NamedTuple):
    """What may be one mistyped name: `flat[start:end]`, its letters, and how many words it takes.

    `parts` are the two that a single word was cut into: one error leaves one of them as it was.
    """

    start: int
    end: int
    letters: str
    words: int
    parts: tuple[str, str] | None = None

    def fits(self, name: Name) -> bool:
        if self.parts is None:
            return len(name.words) >= self.words
        first, second = self.parts
        whole = name.letters.startswith(first) or name.letters.endswith(second)
        return whole and len(name.key) >= _MIN_PARTED


_Found = tuple[int, int, str]


class _Automaton(Protocol):
    def add_word(self, word: str, value: str) -> bool: ...
    def make_automaton(self) -> None: ...
    def iter(self, text: str) -> Iterator[tuple[int, str]]: ...
    def match(self, start: str) -> bool: ...


class NameMatcher:
    """Names compiled for searching; shared by all sessions of a context."""

    def __init__(self, spellings: Iterable[tuple[str, str]], always_meant: str = "") -> None:
        """Compiles (spelling, owner) pairs. A spelling without a letter or digit matches nothing.

        Args:
            always_meant: an owner whose names are meant also where they are ordinary words.
        """
        self._names: dict[str, list[Name]] = {}
        self._neighbours = Neighbours()
        self._automaton = cast(_Automaton, ahocorasick.Automaton())  # pyright: ignore[reportUnknownMemberType]
        for spelling, owner in spellings:
            self._add(spelling, owner, meant=owner == always_meant)
        self._automaton.make_automaton()
        counts = {len(name.words) for names in self._names.values() for name in names}
        self._word_counts = sorted(counts - {1})
        self._most_words = max(counts | {2}) - 1
        self._longest = max((len(found) for found in self._names), default=0)

    def _add(self, spelling: str, owner: str, *, meant: bool) -> None:
        for index, form in enumerate(_forms(spelling)):
            name = Name(form.words, form.letters, form.key, form.common and not meant, owner)
            self._names.setdefault(name.key, []).append(name)
            self._automaton.add_word(name.key, name.key)
            if not index:
                self._neighbours.add(name)

    def find(self, reading: Reading) -> list[Match]:
        """Finds every name in a reading, first one first."""
        if not self._names:
            return []
        exact = set(self._coded(reading.written))
        loose: set[_Found] = set()
        units: set[_Unit] = set()
        for skeleton in reading.skeletons:
            exact.update(self._exact(reading, skeleton))
            if not skeleton.vocabulary <= lexicon().common:
                units.update(self._units(skeleton))
                units.update(_tag_ends(reading.written, skeleton.flat, self._longest + MORE_BY_EAR))
            loose.update(self._spelled(skeleton))
        loose.update(self._mistyped(reading.written, units))
        found = exact | {match for match in loose if not _holds_more(reading.written, match, exact)}
        return sorted(Match(*reading.span(first, end), owner) for first, end, owner in found)

    def unfinished(self, reading: Reading) -> Iterator[int]:
        """Where in `written` something begins that the words after `reading` could make a name.

        Spelled words apart: where runs of them are open, they say so themselves.
        """
        if not self._names:
            return
        yield reading.unread
        for skeleton in reading.skeletons:
            letters = ""
            spoken, places = skeleton.spoken, skeleton.places
            for at in range(len(spoken) - 1, max(-1, len(spoken) - 1 - self._most_words), -1):
                letters = spoken[at] + letters
                if self._neighbours.may_begin(letters):
                    yield places[at][0]
            tail = ""
            for at in range(len(spoken) - 1, -1, -1):
                for start in _starts(spoken[at]):
                    tail = key(start + tail)
                    if self._automaton.match(tail):
                        yield places[at][0]
                    if len(tail) > self._longest:
                        break
                if len(tail) > self._longest:
                    break

    def _exact(self, reading: Reading, skeleton: Skeleton) -> Iterator[_Found]:
        tokens: Tokens | None = None
        for end, found in self._automaton.iter(skeleton.key):
            runs, tokens = skeleton.runs, tokens or Tokens(reading.written, skeleton.flat)
            for first in _edges(skeleton.flat, *runs[end - len(found) + 1], begin=True):
                for last in _edges(skeleton.flat, *runs[end], begin=False):
                    candidate = Candidate(reading, skeleton.flat, tokens, first, last)
                    for name in self._names[found]:
                        if candidate.is_name(name):
                            yield first, last + 1, name.owner

    def _units(self, skeleton: Skeleton) -> Iterator[_Unit]:
        """Every word, every token cut up by punctuation, and neighbouring words, but ordinary ones."""
        common, spoken, places = lexicon().common, skeleton.spoken, skeleton.places
        odd = [index for index, word in enumerate(spoken) if word not in common]
        for token in _CUT_TOKEN.finditer(skeleton.flat) if _CUT.search(skeleton.flat) else ():
            parts = token[0].replace(INVISIBLE, "").replace(PUNCTUATION, SPACE).split()
            if not common.issuperset(parts):
                yield _Unit(token.start(), token.end(), "".join(parts), 1)
        for index in odd:
            yield _Unit(*places[index], spoken[index], 1)
        for first in {at for index in odd for at in (index - 1, index) if 0 <= at < len(spoken) - 1}:
            parts = spoken[first], spoken[first + 1]
            if self._parted(*parts):
                yield _Unit(places[first][0], places[first + 1][1], "".join(parts), 2, parts)
        for count in self._word_counts:
            for first in {index - back for index in odd for back in range(count)}:
                if 0 <= first <= len(spoken) - count:
                    letters = "".join(spoken[first : first + count])
                    yield _Unit(places[first][0], places[first + count - 1][1], letters, count)

    def _parted(self, first: str, second: str) -> bool:
        """Whether two words may be one name, mistyped."""
        if len(first) + len(second) < _MIN_PARTED or not self._neighbours.may_part(first, second):
            return False
        return not (is_ordinary(first) and is_ordinary(second))

    def _mistyped(self, text: str, units: Iterable[_Unit]) -> Iterator[_Found]:
        for unit in units:
            for name in self._neighbours.near(unit.letters):
                if unit.fits(name) and any(map(str.isalpha, fold(text[unit.start : unit.end]))):
                    yield unit.start, unit.end, name.owner

    def _spelled(self, skeleton: Skeleton) -> Iterator[_Found]:
        for run in skeleton.spelled:
            if len(run.letters) < _MIN_SPELLED:
                continue
            places = skeleton.places
            # a word beside it may look like one letter more: "s p o t i f i, a day"
            for first, after in product((0, 1), (len(run.letters), len(run.letters) - 1)):
                for name in self._neighbours.near(run.letters[first:after]):
                    start, stop = run.places[first][0], run.places[after - 1][1]
                    yield places[start][0], places[stop - 1][1], name.owner
            without = [index for index, letter in enumerate(run.letters) if letter != "y"]
            for kept in {tuple(range(len(run.letters))), tuple(without)}:  # "y" may mean "and"
                spelled = Skeleton("".join(run.letters[index] for index in kept))
                for end, found in self._automaton.iter(spelled.key):
                    if len(found) >= _MIN_SPELLED:
                        first, last = spelled.runs[end - len(found) + 1][0], spelled.runs[end][1]
                        start, stop = run.places[kept[first]][0], run.places[kept[last]][1]
                        yield places[start][0], places[stop - 1][1], self._names[found][0].owner

    def _coded(self, text: str) -> Iterator[_Found]:
        for start, end, said in coded(text):
            for name in self.find(Reading(f"#{said}")):
                yield start, end, name.owner


def _holds_more(text: str, match: _Found, names: Iterable[_Found]) -> bool:
    """Whether a match is one of `names` and a short word beside it: "Kortaza es"."""
    start, end, _ = match
    return any(
        (start, end) != (first, last)
        and start <= first < last <= end
        and _BESIDE.fullmatch(text[start:first][::-1])
        and _BESIDE.fullmatch(text[last:end])
        for first, last, _ in names
    )


@lru_cache(maxsize=8192)
def is_common(spelling: str) -> bool:
    """Whether a name is made of ordinary words alone, so that only capitals tell it from them."""
    return any(name.common and name.words for name in _forms(spelling)[:1])


@lru_cache(maxsize=8192)
def _forms(spelling: str) -> tuple[Name, ...]:
    """A name that nobody owns yet as it is, backwards and in rot13; nothing where it has no letter or digit.

    Kept, as every place and every version compiles most names again.
    """
    name = _name(spelling)
    return (name, *_reversed(name), *_turned(name)) if name.key else ()


def _name(spelling: str) -> Name:
    words = tuple(read for word in _WORD.findall(fold(spelling)) if (read := letters(word)))
    joined = "".join(words)
    return Name(words, joined, key(joined), lexicon().common.issuperset(words), "")


def _reversed(name: Name) -> Iterator[Name]:
    """A name written backwards, where that is no word."""
    backwards = name.letters[::-1]
    if len(backwards) >= _MIN_REVERSED and backwards != name.letters and not lexicon().knows(backwards):
        words = tuple(word[::-1] for word in reversed(name.words))
        yield Name(words, backwards, name.key[::-1], False, "")


def _turned(name: Name) -> Iterator[Name]:
    """A name in rot13, where that is no word."""
    words = tuple(word.translate(ROT13) for word in name.words)
    turned = "".join(words)
    if len(turned) >= _MIN_REVERSED and turned != name.letters and not lexicon().knows(turned):
        yield Name(words, turned, key(turned), False, "")


def _edges(flat: str, first: int, last: int, *, begin: bool) -> Iterable[int]:
    """Letters of a run at which a name may begin or end: word edges inside it, and its own edge.

    A run of several words is that of the words that are looked at, so its own edge counts as any other.
    """
    if first == last:
        return (first,)
    step = -1 if begin else 1
    letters = range(first, last + 1)[::-step]
    edges = [at for at in letters if flat[at].isalpha() and _is_edge(flat, at + step, step)]
    if flat.find(SPACE, first, last) >= 0:
        return edges[-_EDGES_TRIED:]
    return {letters[0], *edges[-_EDGES_TRIED:]}


def _is_edge(flat: str, beside: int, step: int) -> bool:
    """Whether a word ends before `beside`, the next letter that is seen in that direction."""
    while 0 <= beside < len(flat) and flat[beside] == INVISIBLE:
        beside += step
    return not 0 <= beside < len(flat) or flat[beside] in (SPACE, PUNCTUATION)


def _starts(letters: str) -> Iterable[str]:
    """Parts of a word, last one first, that join to what a name may begin with: in scripts without
    spaces it may begin at any letter."""
    return (letters,) if letters.isascii() else reversed(letters)


def _tag_ends(text: str, flat: str, reach: int) -> Iterator[_Unit]:
    """What hashtags and handles begin or end with."""
    for tag in _TAG.finditer(text):
        start, end = tag.start() + 1, tag.end()
        known = lexicon().common.issuperset(flat[start:end].replace(PUNCTUATION, SPACE).split())
        for length in range(MIN_TYPO, min(reach, end - start) + 1):
            for first in {start, end - length}:
                piece = flat[first : first + length]
                if piece.isalpha() and not known:
                    yield _Unit(first, first + length, piece, 1, ("", ""))
