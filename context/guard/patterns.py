"""Expressions that no text may match, searched together where that is possible; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import regex

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.rulebook import AvoidedPattern
from gemelo.context.guard.skeleton import Reading

_SEEN_BEFORE = 32
"""Characters before a reading that a pattern may look back at."""
_PATTERN_S = 0.05
"""A pattern that takes longer on one reading has failed, and the guard with it."""
_ON_ITS_OWN = regex.compile(r"\\[\dgkKGLpPX]|\(\?(?![:=!]|<[=!])|\(\*")
"""What means something else, or cannot stand, inside another expression: references, names and flags."""


class Forbidden(NamedTuple):
    """A pattern, and the rule and layer that forbid what it matches."""

    pattern: AvoidedPattern
    rule: Rule
    layer: str


class Patterns:
    """Some patterns: simple ones are searched as one, and one by one only where that one is found."""

    def __init__(self, forbidden: Iterable[Forbidden], *, plain: bool = False) -> None:
        """Compiles patterns, of what is written or, where they say so, of `Reading.plain`."""
        self._plain = plain
        simple: list[Forbidden] = []
        groups: list[list[Forbidden]] = []
        for one in forbidden:
            if _ON_ITS_OWN.search(one.pattern.pattern):
                groups.append([one])
            else:
                simple.append(one)
        self._groups = [_Group(group) for group in (*groups, simple) if group]

    def find(self, reading: Reading) -> Iterator[tuple[Forbidden, int, int]]:
        """Every match, as indices in `written`; an empty one has no place."""
        text, start = self._text(reading)
        for group in self._groups:
            for one, first, end in group.find(text, start):
                yield one, first - start, end - start

    def unfinished(self, reading: Reading) -> Iterator[int]:
        """Where in `written` matches begin that more text could make, or make longer."""
        text, start = self._text(reading)
        for group in self._groups:
            found = group.unfinished(text, start)
            if found is not None:
                yield found - start

    def _text(self, reading: Reading) -> tuple[str, int]:
        """What is searched, and where the reading begins in it."""
        if self._plain or not self._groups:
            return reading.plain if self._groups else "", 0
        before = reading.before(0, _SEEN_BEFORE)
        return before + reading.written, len(before)


class _Group:
    def __init__(self, forbidden: list[Forbidden]) -> None:
        self._each = [(one, one.pattern.compiled()) for one in forbidden]
        any_of = AvoidedPattern("|".join(f"(?:{one.pattern.pattern})" for one in forbidden), "")
        together = any_of if len(forbidden) > 1 else forbidden[0].pattern
        self._any, self._unfinished = together.compiled(), together.unfinished()

    def find(self, text: str, start: int) -> Iterator[tuple[Forbidden, int, int]]:
        if not self._any.search(text, start, timeout=_PATTERN_S):
            return
        for one, pattern in self._each:
            for found in pattern.finditer(text, start, timeout=_PATTERN_S):
                if found.end() > found.start():
                    yield one, *found.span()

    def unfinished(self, text: str, start: int) -> int | None:
        found = self._unfinished.search(text, start, partial=True, timeout=_PATTERN_S)
        begun = [found.start()] if found and found.end() > found.start() else []
        if text.endswith("\n"):  # before it `$` takes what it has for the end
            begun += [first for _, first, end in self.find(text, start) if end >= len(text) - 1]
        return min(begun, default=None)
