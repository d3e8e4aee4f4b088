"""Putting one's own changes on top of a colleague's; pure."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

_Edit = tuple[int, int, tuple[str, ...]]
"""The lines from one number on and before another, and what stands for them now."""


def merged(base: str, mine: str, theirs: str) -> str | None:
    """`theirs` with all that `mine` changed in `base`; None where both changed the same lines, or lines that
    touch."""
    old = base.splitlines()
    own, other = set(_edits(old, mine.splitlines())), set(_edits(old, theirs.splitlines()))
    if any(_meet(one, two) for one in own - other for two in other - own):
        return None
    lines = list(old)
    for begin, end, put in sorted(own | other, reverse=True):
        lines[begin:end] = put
    return "".join(f"{line}\n" for line in lines)


def _edits(old: list[str], new: list[str]) -> Iterator[_Edit]:
    for kind, begin, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield begin, end, tuple(new[first:last])


def _meet(one: _Edit, other: _Edit) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
