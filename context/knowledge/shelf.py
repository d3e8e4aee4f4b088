"""Everything that is searched of one language's passages, as arrays that lie on disk.

A passage is matched through its *units* (its heading's sentences, then its own) and through
*windows* of several sentences, which give the encoder the context that a sentence lacks.

    passage p ── unit_starts[p : p + 2] ──▶ units ── token_starts[u : u + 2] ──▶ tokens, token_ids
              └─ window_starts[p : p + 2] ─▶ windows
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.calibration import Calibration
from gemelo.context.knowledge.codes import Coarse, Coded, Plain
from gemelo.context.knowledge.lexical import Lines, Postings
from gemelo.context.knowledge.rows import Rows
from gemelo.context.knowledge.tokens import CodedTokens
from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Label, Language

SMALL = 2_000
"""Passages up to which all of a shelf is scored for each question, and its vectors are kept as they are."""
WINDOW_WORDS = 90
"""Words of one window: about 120 word pieces, well inside the 256 that MiniLM reads."""


@lru_cache(maxsize=4096)
def _titles(heading: str) -> tuple[str, ...]:
    """Kept, since good passages are found again and again."""
    return sentences(heading)


@dataclass(frozen=True, slots=True)
class Entry:
    """One passage on a shelf. `heading` is the innermost one, which often is the question, or several;
    `dated` is the date of its document, or empty."""

    id: str
    sentences: tuple[str, ...]
    document: str
    place: str
    heading: str
    label: Label = Label.VERBATIM
    dated: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        """The heading's sentences: "Who are you? What is your name?" are two questions."""
        return _titles(self.heading)

    @property
    def units(self) -> tuple[str, ...]:
        return (*self.titles, *self.sentences)

    @property
    def searched(self) -> str:
        """All that the passage can be found by."""
        return f"{self.place}. {' '.join(self.sentences)}"

    @property
    def windows(self) -> Iterator[str]:
        """Its sentences, several at a time, each time below its heading."""
        lines: list[str] = []
        size = 0
        for sentence in self.sentences:
            length = len(sentence.split())
            if lines and size + length > WINDOW_WORDS:
                yield " ".join(lines)
                lines, size = [], 0
            if not lines and self.heading:
                lines = [self.heading]
            lines.append(sentence)
            size += length
        yield " ".join(lines)


@dataclass(frozen=True, slots=True)
class Lexical:
    """The lexical legs: stems of passages, of their units one by one and in couples; letter groups; pairs."""

    passages: Postings
    units: Lines
    grams: Postings
    pairs: Postings


@dataclass(frozen=True, slots=True)
class Dense:
    """The encoded passages.

    Attributes:
        windows, units: of each the encoder's vector.
        tokens: the states of every unit's tokens; reading them is what a search costs, and bytes become
            floats six times as fast as halves do.
        coarse: finds windows on a large shelf; None on a small one.
        token_ids: unsigned (t,).
        token_starts: unsigned (u + 1,).
        window_starts: int64 (p + 1,).
        unit_starts: int64 (p + 1,).
        unit_keys: uint64 (u,), hashes of the units' texts (see `readings.key`).
        window_keys: uint64 (w,), of the windows'.
        known_ids: int32 (k,), every token id that occurs, ascending.
        known_idf: float32 (k,), its inverse document frequency over passages.
        function_ids: int32 (f,), token ids of function words, ascending.
    """

    windows: Plain | Coded
    units: Plain | Coded
    tokens: Plain | CodedTokens
    coarse: Coarse | None
    token_ids: Rows
    token_starts: NDArray[Any]
    window_starts: NDArray[np.int64]
    unit_starts: NDArray[np.int64]
    unit_keys: NDArray[np.uint64]
    window_keys: NDArray[np.uint64]
    known_ids: NDArray[np.int32]
    known_idf: NDArray[np.float32]
    function_ids: NDArray[np.int32]


class Origin(NamedTuple):
    """Where passages are from: what a scope is decided by."""

    document: str
    dated: str
    label: Label


@dataclass(frozen=True, slots=True)
class Sources:
    """What passages are from: `names[of[p]]`; `of` is unsigned (p,)."""

    names: tuple[Origin, ...]
    of: NDArray[Any]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The passages of one language, ready to be searched. `entries[p]` is passage `p`."""

    language: Language
    entries: Sequence[Entry]
    sources: Sources
    lexical: Lexical
    dense: Dense
    calibration: Calibration
