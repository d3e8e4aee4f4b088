"""Everything that is searched of one language's passages, as arrays that can be mapped from disk.

A passage is matched through its *units* (its heading's sentences, then its own) and through
*windows* of several sentences, which give the encoder the context that a sentence lacks.

    passage p ── unit_starts[p : p + 2] ──▶ units ── token_starts[u : u + 2] ──▶ tokens, token_ids
              └─ window_starts[p : p + 2] ─▶ windows
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge import lexical
from gemelo.context.knowledge.lexical import Postings
from gemelo.context.knowledge.readings import Read, Readings, Unread, encode, read, unread
from gemelo.context.knowledge.rows import FileRows
from gemelo.context.knowledge.words import function_words, grams, pairs, stems, words
from gemelo.models.clauses import sentences
from gemelo.models.seams import Embedder
from gemelo.models.vocabulary import Label, Language

WINDOW_WORDS = 90
"""Words of one window: about 120 word pieces, well inside the 256 that MiniLM reads."""


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
        return sentences(self.heading)

    @property
    def units(self) -> tuple[str, ...]:
        return (*self.titles, *self.sentences)

    @property
    def searched(self) -> str:
        """All that the passage can be found by."""
        return f"{self.place}. {' '.join(self.sentences)}"


@dataclass(frozen=True, slots=True)
class Lexical:
    """The lexical legs: stems of passages, of one and of two neighbouring units; letter groups; pairs."""

    passages: Postings
    units: Postings
    couples: Postings
    grams: Postings
    pairs: Postings


@dataclass(frozen=True, slots=True)
class Dense:
    """The encoded passages.

    Attributes:
        windows: float32 (w, d), unit rows.
        units: float32 (u, d), unit rows.
        tokens: int8 (t, d), the states of every unit's tokens, unit rows over `token_step`; reading
            them is what a search costs, and bytes become floats six times as fast as halves do.
        token_step: float32 (1,).
        token_ids: int32 (t,).
        token_starts: int64 (u + 1,).
        window_starts: int64 (p + 1,).
        unit_starts: int64 (p + 1,).
        known_ids: int32 (k,), every token id that occurs, ascending.
        known_idf: float32 (k,), its inverse document frequency over passages.
        function_ids: int32 (f,), token ids of function words, ascending.
    """

    windows: NDArray[np.float32]
    units: NDArray[np.float32]
    tokens: NDArray[np.int8] | FileRows
    token_step: NDArray[np.float32]
    token_ids: NDArray[np.int32]
    token_starts: NDArray[np.int64]
    window_starts: NDArray[np.int64]
    unit_starts: NDArray[np.int64]
    known_ids: NDArray[np.int32]
    known_idf: NDArray[np.float32]
    function_ids: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The passages of one language, ready to be searched. `entries[p]` is passage `p`."""

    language: Language
    entries: Sequence[Entry]
    lexical: Lexical
    dense: Dense


def readings(shelf: Shelf) -> Readings:
    """What was read to build a shelf; its token states have come down to the shelf's precision."""
    dense, starts = shelf.dense, shelf.dense.token_starts
    units = (text for entry in shelf.entries for text in entry.units)
    windows = (text for entry in shelf.entries for text in _windows(entry))
    return Readings(
        units={
            text: Read(
                vector=dense.units[unit],
                tokens=(dense.tokens[starts[unit] : starts[unit + 1]] * dense.token_step).astype(np.float16),
                ids=dense.token_ids[starts[unit] : starts[unit + 1]],
            )
            for unit, text in enumerate(units)
        },
        windows=dict(zip(windows, dense.windows, strict=True)),
    )


def lacking(entries: Sequence[Entry], known: Readings) -> Unread:
    """What is still to be read before some passages stand on a shelf."""
    return unread(
        (unit for entry in entries for unit in entry.units),
        (window for entry in entries for window in _windows(entry)),
        known,
    )


def build(
    language: Language,
    entries: Sequence[Entry],
    embedder: Embedder,
    like: Shelf | None = None,
    known: Readings | None = None,
) -> Shelf:
    """Encodes passages; blocks for about 20 ms a passage.

    With `like`, term rarity is judged by that larger shelf, so that both can be searched as one. What
    `known` holds, read by the same encoder, is not read again.

    Raises:
        EmbedderError: the encoder failed.
    """
    known = known or Readings()
    read(lacking(entries, known), language, embedder, known)
    base = like.lexical if like else None
    return Shelf(
        language=language,
        entries=tuple(entries),
        lexical=_lexical(language, entries, base),
        dense=_dense(language, entries, embedder, like and like.dense, known),
    )


def _lexical(language: Language, entries: Sequence[Entry], like: Lexical | None) -> Lexical:
    def stemmed(text: str) -> list[str]:
        return stems(words(text), language)

    whole = [stemmed(entry.searched) for entry in entries]
    units = [[stemmed(unit) for unit in entry.units] for entry in entries]
    couples = [first + second for own in units for first, second in _couples(own)]
    return Lexical(
        passages=lexical.build(whole, like and like.passages),
        units=lexical.build([unit for own in units for unit in own], like and like.units),
        couples=lexical.build(couples, like and like.couples),
        grams=lexical.build([grams(words(entry.searched)) for entry in entries], like and like.grams),
        pairs=lexical.build([pairs(bag) for bag in whole], like and like.pairs),
    )


def _couples(units: Sequence[list[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """Neighbouring units; one couple per unit, the last one alone, so that both are counted alike."""
    return zip(units, [*units[1:], []], strict=True)


def _dense(
    language: Language, entries: Sequence[Entry], embedder: Embedder, like: Dense | None, known: Readings
) -> Dense:
    unit_counts = [len(entry.units) for entry in entries]
    windows = [list(_windows(entry)) for entry in entries]
    units = [known.units[unit] for entry in entries for unit in entry.units]
    unit_starts = _starts(unit_counts)
    token_starts = _starts([len(unit.ids) for unit in units])
    ids = np.concatenate([unit.ids for unit in units]) if units else np.zeros(0, np.int32)
    if like is None:
        known_ids, known_idf = _rarity(ids, token_starts[unit_starts])
        function_ids = _function_ids(language, embedder)
    else:
        known_ids, known_idf, function_ids = like.known_ids, like.known_idf, like.function_ids
    width = embedder.dimension
    states = np.concatenate([np.zeros((0, width), np.float16), *(unit.tokens for unit in units)])
    step = max(float(np.abs(states).max(initial=0)), 1e-6) / 127
    return Dense(
        windows=_stacked([known.windows[window] for own in windows for window in own], width),
        units=_stacked([unit.vector for unit in units], width),
        tokens=np.round(states.astype(np.float32) / step).astype(np.int8),
        token_step=np.array([step], np.float32),
        token_ids=ids.astype(np.int32),
        token_starts=token_starts,
        window_starts=_starts([len(own) for own in windows]),
        unit_starts=unit_starts,
        known_ids=known_ids,
        known_idf=known_idf,
        function_ids=function_ids,
    )


def _windows(entry: Entry) -> Iterator[str]:
    lines: list[str] = []
    size = 0
    for sentence in entry.sentences:
        length = len(sentence.split())
        if lines and size + length > WINDOW_WORDS:
            yield " ".join(lines)
            lines, size = [], 0
        if not lines and entry.heading:
            lines = [entry.heading]
        lines.append(sentence)
        size += length
    yield " ".join(lines)


def _rarity(
    ids: NDArray[np.int32], passage_starts: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    size = len(passage_starts) - 1
    passage_of = np.repeat(np.arange(size), np.diff(passage_starts))
    distinct = np.unique(np.stack([ids, passage_of]), axis=1)[0]
    known, frequency = np.unique(distinct, return_counts=True)
    return known.astype(np.int32), np.log1p((size - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)


def _function_ids(language: Language, embedder: Embedder) -> NDArray[np.int32]:
    grammar = sorted(function_words(language))
    found = [encoded.ids for encoded in encode(grammar, language, embedder) if len(encoded.ids) == 1]
    return np.unique(np.concatenate(found)).astype(np.int32) if found else np.zeros(0, np.int32)


def _starts(counts: Sequence[int]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _stacked(vectors: Sequence[NDArray[np.float32]], width: int) -> NDArray[np.float32]:
    return np.stack(vectors).astype(np.float32) if vectors else np.zeros((0, width), np.float32)
