"""What the readers of all formats make: parts of a document, and the ways to make them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from gemelo.models.vocabulary import Notation, Part

PART_WORDS = 60
"""Words after which a new part begins where a document has no pages of its own."""
_MARKS = re.compile(r"([\\`*_{}\[\]<>#+\-!|&~])")
_NUMBERED = re.compile(r"^(\d+)([.)])")


class Unreadable(Exception):
    """A document cannot be read; the message is a reason that a person can act on."""


def escaped(text: str) -> str:
    """Text in Markdown in which nothing is markup."""
    return _NUMBERED.sub(r"\1\\\2", _MARKS.sub(r"\\\1", " ".join(text.split())))


def clock(seconds: float) -> str:
    """A time in a recording as people write it: "12:40", "1:02:03"."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def in_parts(lines: Iterable[tuple[str, str]]) -> Iterator[Part]:
    """Lines with their places, gathered to parts of about `PART_WORDS`; each has its first line's place."""
    gathered: list[str] = []
    begun, words = "", 0
    for place, line in lines:
        if not gathered:
            begun = place
        gathered.append(line)
        words += len(line.split())
        if words >= PART_WORDS:
            yield Part("\n".join(gathered), Notation.PLAIN, begun)
            gathered, words = [], 0
    if gathered:
        yield Part("\n".join(gathered), Notation.PLAIN, begun)


def from_day(parts: Iterable[Part], dated: str) -> Iterator[Part]:
    """Parts of a document that is from a day, or a month, or a year."""
    return (replace(part, dated=dated) for part in parts)
