"""Names that a token is almost: one typing error away, written backwards, or spelled by ear; pure.

Typing errors go by deletion neighbourhoods (as in Garbe's SymSpell), sounds by a key that keeps what
Spanish and English ears tell apart.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property, lru_cache

from gemelo.context.guard.candidate import Name
from gemelo.context.guard.lexicon import lexicon
from gemelo.context.guard.skeleton import key

MIN_TYPO = 5
"""Letters from which a name is still itself with one of them wrong, or spelled by ear."""
MORE_BY_EAR = 2
"""Letters that a spelling by ear may have more or fewer than the name."""
_MIN_SOUND = 4
"""Signs of a sound key from which it tells a name."""

_REMEMBERED = 4_096
"""Tokens whose neighbours are kept: a twin has its own words and says them again."""

_LONGEST_REMEMBERED = 64
"""Letters of a token that is kept; no dictionary has longer words."""
_OPEN_END = re.compile("[aeiouyhwcgpqst]+$")
"""Letters at the end of a word whose sound those after them may change."""

_SOUNDS = tuple(
    (re.compile(written), sound)
    for written, sound in (
        ("sch|tch|sh|ch", "X"),
        ("ph", "f"),
        ("ck|qu(?=[eiy])|q|k", "k"),
        ("gu(?=[eiy])", "g"),
        ("x", "ks"),
        ("c(?=[eiy])|z|th", "s"),
        ("c", "k"),
        ("g(?=[eiy])", "j"),
        ("h", ""),
        ("v", "b"),
        ("(?<=[^aeiouy])e$", ""),
        ("[ae][iy]|[eiy]+", "i"),
        ("o[uow]|[ouw]+", "u"),
        (r"(.)(?=\1)", ""),
    )
)


_CLASSES = str.maketrans("bvckqzsxgjpflrmnd", "bbssssssggpplrmnd", "aeiouyhw")
_REPEATED = re.compile(r"(.)(?=\1)")


def _consonants(letters: str) -> str:
    """The consonants, in classes of those that may sound alike: a first and cheaper look than `sound`."""
    return _REPEATED.sub("", letters.translate(_CLASSES))


def sound(letters: str) -> str:
    """How letters sound to an ear that tells no `b` from `v`, no `c` from `k` and no `i` from `e`."""
    for written, heard in _SOUNDS:
        letters = written.sub(heard, letters)
    return letters


def settled_sound(letters: str) -> str:
    """How every word sounds at first that begins with these letters."""
    return sound(_OPEN_END.sub("", letters))


class Neighbours:
    """Names of five letters or more, by what they may be mistaken for."""

    def __init__(self) -> None:
        self._by_deletion: dict[str, list[Name]] = {}
        self._by_consonants: dict[str, list[Name]] = {}
        self._longest = 0
        self._near = lru_cache(_REMEMBERED)(self._look_near)
        self._may_begin = lru_cache(_REMEMBERED)(self._look_ahead)

    def add(self, name: Name) -> None:
        if len(name.key) < MIN_TYPO:
            return
        self._longest = max(self._longest, len(name.key))
        for part in _deletions(name.key):
            self._by_deletion.setdefault(part, []).append(name)
        if len(name.words) > 1 or not name.common:
            self._by_consonants.setdefault(_consonants(name.letters), []).append(name)

    def near(self, token: str) -> tuple[Name, ...]:
        """Names that a token is almost; it may be a plural, but no word that a dictionary knows."""
        return (self._near if len(token) <= _LONGEST_REMEMBERED else self._look_near)(token)

    def may_begin(self, letters: str) -> bool:
        """Whether what is almost a name may begin so. Where it says no, none does."""
        return (self._may_begin if len(letters) <= _LONGEST_REMEMBERED else self._look_ahead)(letters)

    def may_part(self, first: str, second: str) -> bool:
        """Whether a name begins with the first or ends with the second of two words."""
        return _begins_one(self._letters, first) or _begins_one(self._letters_backwards, second[::-1])

    def _look_near(self, token: str) -> tuple[Name, ...]:
        return tuple(self._alike(token)) if len(token) >= MIN_TYPO - 1 else ()

    def _look_ahead(self, letters: str) -> bool:
        typed = key(letters)
        if len(typed) > self._longest + MORE_BY_EAR:
            return False
        return (
            any(_begins_one(self._parts, part) for part in _deletions(typed))
            or any(_begins_one(self._parts_backwards, part) for part in _deletions(typed))
            or (
                _begins_one(self._consonants, _consonants(letters))
                and _begins_one(self._sounds, settled_sound(letters))
            )
        )

    @cached_property
    def _parts(self) -> list[str]:
        return sorted(self._by_deletion)

    @cached_property
    def _parts_backwards(self) -> list[str]:
        return sorted(part[::-1] for part in self._by_deletion)

    @cached_property
    def _letters(self) -> list[str]:
        return sorted({name.letters for names in self._by_deletion.values() for name in names})

    @cached_property
    def _letters_backwards(self) -> list[str]:
        return sorted(letters[::-1] for letters in self._letters)

    @cached_property
    def _consonants(self) -> list[str]:
        return sorted(self._by_consonants)

    @cached_property
    def _sounds(self) -> list[str]:
        return sorted({sound(name.letters) for names in self._by_consonants.values() for name in names})

    def _alike(self, token: str) -> Iterator[Name]:
        for form in (token, token[:-1]) if token[-1:] == "s" else (token,):
            typed = key(form)
            if MIN_TYPO - 2 <= len(typed) <= self._longest + MORE_BY_EAR:
                found = [*self._mistyped(form, typed), *self._by_ear(form)]
                if found and not (is_ordinary(form) or is_ordinary(token)):
                    yield from found

    def _by_ear(self, form: str) -> Iterator[Name]:
        for name in self._by_consonants.get(_consonants(form), ()):
            heard = sound(form)
            near = abs(len(form) - len(name.letters)) <= MORE_BY_EAR
            if near and len(heard) >= _MIN_SOUND and heard == sound(name.letters):
                yield name

    def _mistyped(self, form: str, typed: str) -> Iterator[Name]:
        parts = _deletions(typed)
        yield from self._written(form, typed, parts)
        if len(typed) > MIN_TYPO:
            yield from self._written(form[::-1], typed[::-1], {part[::-1] for part in parts})

    def _written(self, form: str, typed: str, parts: set[str]) -> Iterator[Name]:
        if self._by_deletion.keys().isdisjoint(parts):
            return
        for part in parts & self._by_deletion.keys():
            for name in self._by_deletion[part]:
                # in a short name another first letter makes another word
                alike = len(name.key) > MIN_TYPO or typed[0] == name.key[0]
                if (
                    alike
                    and len(form) >= len(name.letters) - MORE_BY_EAR
                    and (one_edit(typed, name.key) or one_edit(form, name.letters))
                ):
                    yield name


def is_ordinary(word: str) -> bool:
    """Whether a dictionary knows a word, or what it is a form of."""
    return len(word) <= _LONGEST_REMEMBERED and _is_ordinary(word)


@lru_cache(_REMEMBERED)
def _is_ordinary(word: str) -> bool:
    return lexicon().knows(word) or lexicon().inflects(word)


def _begins_one(words: list[str], start: str) -> bool:
    """Whether one of `words`, which are sorted, starts so."""
    at = bisect_left(words, start)
    return at < len(words) and words[at].startswith(start)


def _deletions(typed: str) -> set[str]:
    """A key, what is left of it without one sign, and the keys of that."""
    parts = {typed[:at] + typed[at + 1 :] for at in range(len(typed))}
    parts.add(typed)
    for at in range(1, len(typed) - 1):
        if typed[at - 1] == typed[at + 1]:
            parts.add(typed[:at] + typed[at + 2 :])
    return parts


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
