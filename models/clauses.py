"""Cutting text into sentences and clauses, as a voice and a guard need them.

Pure: text in, text out. A sentence ends at `.`, `!`, `?`, `…` or a line break; a clause also at `,`, `;`,
`:` or a dash, once it has at least `MIN_CLAUSE` letters.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

MIN_CLAUSE = 12
"""Letters that a clause needs before a comma may end it: shorter ones sound chopped."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'»”)\]]*\s+|\n+")
_ABBREVIATION = re.compile(r"(?:\b(?:Sr|Sra|Dr|Dra|Mr|Mrs|Ms|St|vs|etc|p|pág|núm|No|Ud|Uds)|\b\w)\.$")
_CLAUSE_END = re.compile(r"[.!?…]+[\"'»”)\]]*\s|[,;:—–]\s|\n")


def sentences(text: str) -> tuple[str, ...]:
    """Cuts a text into sentences, white space trimmed, nothing lost but white space."""
    found: list[str] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        piece = text[start : end.start()] + end.group().rstrip()
        if _ABBREVIATION.search(piece) and "\n" not in end.group():
            continue
        found.append(piece.strip())
        start = end.end()
    found.append(text[start:].strip())
    return tuple(piece for piece in found if piece)


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence, with the white space after it."""
    found = _SENTENCE_END.finditer(text)
    ends = [0, *(end.end() for end in found if not _ABBREVIATION.search(text[: end.start()]))]
    return text[: ends[-1]]


def first_clause_end(text: str, *, final: bool = False) -> int | None:
    """Index just past the first complete clause of `text`, or None while there is none yet.

    With `final` the text is known to be whole, and its rest counts as a clause.
    """
    for end in _CLAUSE_END.finditer(text):
        if _ABBREVIATION.search(text[: end.start() + 1]):
            continue
        letters = sum(map(str.isalnum, text[: end.start()]))
        if letters >= MIN_CLAUSE or (letters and end.group()[0] in ".!?…\n"):
            return end.end()
    return len(text) if final and text else None


async def as_clauses(text: AsyncIterator[str], longest: int) -> AsyncIterator[str]:
    """Cuts text into clauses as soon as they are complete; joined they are the text.

    Args:
        longest: characters after which a clause without punctuation is cut: it bounds what is said at once.
    """
    held = ""
    async for piece in text:
        held += piece
        while (end := _cut(held, longest, final=False)) is not None:
            yield held[:end]
            held = held[end:]
    while (end := _cut(held, longest, final=True)) is not None:
        yield held[:end]
        held = held[end:]


def _cut(held: str, longest: int, *, final: bool) -> int | None:
    end = first_clause_end(held[:longest], final=final)
    if end is None and len(held) >= longest:
        end = held.rfind(" ", 0, longest) + 1 or longest
    return end
