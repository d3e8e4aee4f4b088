"""BM25 over passages by posting lists, and over their units by the stems that these consist of.

Terms are kept as 64-bit hashes, sorted, so that a vocabulary of any size is one array and a look-up
is a binary search; at a million terms the chance of one clash is about 3e-8.

    Postings    terms[v] ── starts[v : v + 2] ──▶ rows, counts         scores every row
    Lines       units[u] ── starts[u : u + 2] ──▶ stems (of terms)     scores the units of chosen passages

Source: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.rows import Rows, Spool, ranges, snug, spans, starts

SATURATION = 1.2
"""BM25's k1."""
LENGTH_NORM = 0.75
"""BM25's b."""
COMMON = 1 / 3
"""Share of a large index's rows from which a term finds nothing: its weight is small in all of them."""
COMMON_ROWS = 2_000
"""Rows that a term may always be in."""
_MERGED = 1 << 22
"""Postings that are put in order together."""

_Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Postings:
    """An inverted index of `size` rows.

    Attributes:
        terms: uint64 (v,), hashes of the terms, ascending.
        idf: float32 (v,), inverse document frequency of each term.
        starts: unsigned (v + 1,), where each term's postings begin.
        rows: unsigned (n,), the row of each posting.
        counts: uint8 (n,), how often the term occurs there, 255 standing for more.
        norms: float32 (size,), what BM25 adds to a count, by the row's length.
        shape: float64 (3,): rows of this index; rows and mean length behind the idf.
    """

    terms: NDArray[np.uint64]
    idf: _Floats
    starts: NDArray[Any]
    rows: Rows
    counts: Rows
    norms: _Floats
    shape: NDArray[np.float64]

    @property
    def size(self) -> int:
        return int(self.shape[0])

    def scores(self, query: Mapping[str, float]) -> _Floats:
        """BM25 score of every row, float32 (size,), for terms with their weight in the query."""
        at, weights = _found(self.terms, query)
        firsts, pasts = self.starts[at].astype(np.int64), self.starts[at + 1].astype(np.int64)
        rows = spans(self.rows, firsts, pasts)
        counts = spans(self.counts, firsts, pasts).astype(np.float32)
        worth = np.repeat((SATURATION + 1) * weights * self.idf[at], pasts - firsts)
        scored = worth * counts / (counts + self.norms[rows])
        return np.bincount(rows, scored, self.size).astype(np.float32)

    def rarity(self, term: str) -> float:
        """The idf of a term, that of an unseen one where it is unknown."""
        return _rarity(term, self.terms, self.idf, self.shape[1])


@dataclass(frozen=True, slots=True)
class Lines:
    """The units of passages, scored one by one and in couples of neighbours.

    A couple is counted for each unit; the last one of a passage stands in it alone.

    Attributes:
        terms: uint64 (v,), hashes of the stems, ascending.
        idf: float32 (v,), how rare each is among units.
        couple_idf: float32 (v,), among couples.
        stems: unsigned (n,), the stems of every unit in order, as numbers of `terms`.
        starts: unsigned (u + 1,), where each unit's begin.
        shape: float64 (3,): units behind the idf; mean length of a unit, and of a couple.
    """

    terms: NDArray[np.uint64]
    idf: _Floats
    couple_idf: _Floats
    stems: Rows
    starts: NDArray[Any]
    shape: NDArray[np.float64]

    def scores(
        self, query: Mapping[str, float], firsts: NDArray[np.int64], pasts: NDArray[np.int64]
    ) -> _Floats:
        """BM25 score of the best unit and of the best couple of passages, float32 (2, n).

        Args:
            firsts, pasts: int64 (n,), the first unit of each passage, and the one after its last.
        """
        at, weights = _found(self.terms, query)
        if not len(at) or not len(firsts):
            return np.zeros((2, len(firsts)), np.float32)
        units, bounds = ranges(firsts, pasts)
        begin, end = self.starts[units].astype(np.int64), self.starts[units + 1].astype(np.int64)
        slots = np.full(len(self.terms), -1, np.int16)
        slots[at] = np.arange(len(at))
        asked = slots[spans(self.stems, begin, end)]
        met = np.flatnonzero(asked >= 0)
        unit_of = np.searchsorted(np.cumsum(end - begin), met, side="right")
        shape = (len(units), len(at))
        counts = np.bincount(unit_of * len(at) + asked[met], minlength=shape[0] * shape[1])
        counts = counts.astype(np.float32).reshape(shape)
        goes_on = np.ones(len(units), np.float32)
        goes_on[bounds[1:] - 1] = goes_on[-1] = 0.0
        return np.stack(
            [
                np.maximum.reduceat(np.dot(_saturated(some, lengths, mean), weights * idf[at]), bounds)
                for some, lengths, mean, idf in (
                    (counts, end - begin, self.shape[1], self.idf),
                    (
                        _with_next(counts, goes_on[:, None]),
                        _with_next((end - begin).astype(np.float32), goes_on),
                        self.shape[2],
                        self.couple_idf,
                    ),
                )
            ]
        ).astype(np.float32)

    def rarity(self, term: str) -> float:
        """The idf of a term among units, that of an unseen one where it is unknown."""
        return _rarity(term, self.terms, self.idf, self.shape[0])


class PostingsOf:
    """Bags of terms on their way into `Postings`, one a row.

    With `like`, rarity and length are judged by that larger index, so that scores of both can be
    compared as if they were one.
    """

    def __init__(self, like: Postings | None = None, folder: Path | None = None) -> None:
        self._like, self._folder = like, folder
        self._keys, self._rows, self._counts = (Spool(kind, folder) for kind in ("u8", "u4", "u1"))
        self._lengths = Spool("u4", folder)
        self._runs = [0]

    def add(self, bags: Sequence[Sequence[str]]) -> None:
        counted = [Counter(bag) for bag in bags]
        keys = np.array([hashed(term) for bag in counted for term in bag], np.uint64)
        counts = np.array([n for bag in counted for n in bag.values()], np.int64)
        rows = np.repeat(np.arange(len(bags)), [len(bag) for bag in counted]) + len(self._lengths)
        order = np.argsort(keys, kind="stable")
        for spool, array in (
            (self._keys, keys),
            (self._rows, rows),
            (self._counts, np.minimum(counts, 255)),
        ):
            spool.add(array[order])
        self._lengths.add(np.array([len(bag) for bag in bags], np.uint32))
        self._runs.append(len(self._keys))

    def made(self) -> Postings:
        """The index of all that was added."""
        lengths = self._lengths.whole()
        size, like = len(lengths), self._like
        population = int(like.shape[1]) if like else size
        mean = float(like.shape[2]) if like else float(lengths.mean()) if size else 1.0
        terms, idf, frequency = Spool("u8"), Spool("f4"), Spool("i8")
        rows, counts = Spool(np.min_scalar_type(size), self._folder), Spool("u1", self._folder)
        for keys, of_rows, of_counts in self._merged():
            own, term_of, times = np.unique(keys, return_inverse=True, return_counts=True)
            kept = times <= max(COMMON_ROWS, COMMON * size)
            terms.add(own)
            idf.add(_borrowed(own, like) if like else _idf(times, population))
            frequency.add(np.where(kept, times, 0))
            rows.add(of_rows[kept[term_of]])
            counts.add(of_counts[kept[term_of]])
        return Postings(
            terms=terms.whole(),
            idf=idf.whole(),
            starts=snug(starts(frequency.whole())),
            rows=rows.whole(),
            counts=counts.whole(),
            norms=_norms(lengths, mean),
            shape=np.array([size, population, mean]),
        )

    def _merged(self) -> Iterator[tuple[NDArray[np.uint64], NDArray[Any], NDArray[Any]]]:
        """Keys, rows and counts by ascending keys, so many at a time; all of one key come together."""
        keys, rows, counts = self._keys.whole(), self._rows.whole(), self._counts.whole()
        parts = 1 + len(keys) // _MERGED
        edges = [np.uint64(min((part << 64) // parts, (1 << 64) - 1)) for part in range(1, parts)]
        runs = list(zip(self._runs, self._runs[1:], strict=False))
        cuts = np.array(
            [[a, *(a + np.searchsorted(keys[a:b], edges)), b] for a, b in runs], np.int64
        ).reshape(len(runs), parts + 1)
        for part in range(parts):
            firsts, pasts = cuts[:, part], cuts[:, part + 1]
            some = spans(keys, firsts, pasts)
            order = np.argsort(some, kind="stable")
            yield some[order], spans(rows, firsts, pasts)[order], spans(counts, firsts, pasts)[order]


class LinesOf:
    """Units on their way into `Lines`; `like` as for `PostingsOf`."""

    def __init__(self, like: Lines | None = None, folder: Path | None = None) -> None:
        self._like, self._folder = like, folder
        self._keys, self._lengths, self._last = Spool("u8", folder), Spool("u4", folder), Spool("?", folder)
        self._terms = np.zeros(0, np.uint64)

    def add(self, passages: Sequence[Sequence[Sequence[str]]]) -> None:
        """Adds passages, each as the stems of its units."""
        units = [unit for own in passages for unit in own]
        keys = np.array([hashed(stem) for unit in units for stem in unit], np.uint64)
        self._keys.add(keys)
        self._lengths.add(np.array([len(unit) for unit in units], np.uint32))
        self._last.add(np.array([at == len(own) - 1 for own in passages for at in range(len(own))], np.bool_))
        self._terms = np.union1d(self._terms, keys)

    def made(self) -> Lines:
        """All that was added."""
        keys, lengths, last, like = self._keys.whole(), self._lengths.whole(), self._last.whole(), self._like
        stems = Spool(np.min_scalar_type(len(self._terms)), self._folder)
        for start in range(0, len(keys), _MERGED):
            stems.add(np.searchsorted(self._terms, keys[start : start + _MERGED]))
        numbers, bounds = stems.whole(), starts(lengths)
        if like:
            idf, couple_idf = _borrowed(self._terms, like), _borrowed(self._terms, like, like.couple_idf)
            shape = like.shape
        else:
            units, couples = self._frequencies(numbers, bounds, last)
            idf, couple_idf = _idf(units, len(lengths)), _idf(couples, len(lengths))
            total = float(lengths.sum(dtype=np.int64))
            twice = total + float((lengths[1:] * ~last[:-1]).sum(dtype=np.int64))
            shape = np.array([len(lengths), *(np.array([total, twice]) / max(len(lengths), 1))])
        return Lines(
            terms=self._terms,
            idf=idf.astype(np.float32),
            couple_idf=couple_idf.astype(np.float32),
            stems=numbers,
            starts=snug(bounds),
            shape=shape,
        )

    def _frequencies(
        self, stems: NDArray[Any], bounds: NDArray[np.int64], last: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """In how many units, and in how many couples, each term is."""
        size = len(self._terms)
        units, couples = np.zeros(size, np.int64), np.zeros(size, np.int64)
        edges = [0, *(np.flatnonzero(last) + 1).tolist()]
        for first, past in _blocks(edges, bounds):
            of = np.repeat(np.arange(first, past), np.diff(bounds[first : past + 1]))
            own = stems[bounds[first] : bounds[past]].astype(np.int64)
            keys = np.unique(of * size + own)
            units += np.bincount(keys % size, minlength=size)
            behind = of > first
            behind[behind] = ~last[of[behind] - 1]
            both = np.unique(np.concatenate([keys, (of[behind] - 1) * size + own[behind]]))
            couples += np.bincount(both % size, minlength=size)
        return units, couples


def hashed(term: str) -> int:
    """The 64 bits by which a term is known."""
    return _hash(term)


@lru_cache(maxsize=1 << 16)
def _hash(term: str) -> int:
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _found(terms: NDArray[np.uint64], query: Mapping[str, float]) -> tuple[NDArray[np.int64], _Floats]:
    """Where the terms of a query stand, and their weights; unknown ones are left out."""
    keys = np.array([hashed(term) for term in query], np.uint64)
    at = np.searchsorted(terms, keys)
    known = at < len(terms)
    known[known] = terms[at[known]] == keys[known]
    return at[known], np.array(list(query.values()), np.float32)[known]


def _rarity(term: str, terms: NDArray[np.uint64], idf: _Floats, population: float) -> float:
    key = np.uint64(hashed(term))
    at = int(np.searchsorted(terms, key))
    known = at < len(terms) and terms[at] == key
    return float(idf[at]) if known else _unseen(population)


def _unseen(population: float) -> float:
    """Weight of a term that no row has."""
    return float(np.log1p((population + 0.5) / 0.5))


def _idf(frequency: NDArray[np.int64], population: int) -> NDArray[np.float64]:
    return np.log1p((population - frequency + 0.5) / (frequency + 0.5))


def _borrowed(
    terms: NDArray[np.uint64], like: Postings | Lines, idf: _Floats | None = None
) -> NDArray[np.float64]:
    unseen = _unseen(like.shape[1] if isinstance(like, Postings) else like.shape[0])
    if not len(like.terms):
        return np.full(len(terms), unseen)
    at = np.minimum(np.searchsorted(like.terms, terms), len(like.terms) - 1)
    return np.where(like.terms[at] == terms, (like.idf if idf is None else idf)[at], unseen).astype(
        np.float64
    )


def _norms(lengths: NDArray[Any], mean: float) -> _Floats:
    norms = SATURATION * (1 - LENGTH_NORM + LENGTH_NORM * lengths / max(mean, 1e-9))
    return np.asarray(norms, np.float32)


def _saturated(counts: _Floats, lengths: NDArray[Any], mean: float) -> _Floats:
    scored = (SATURATION + 1) * counts / (counts + _norms(lengths, mean)[:, None])
    return scored.astype(np.float32, copy=False)


def _with_next(rows: _Floats, goes_on: _Floats) -> _Floats:
    """Each row and the one after it, where that is the same passage's."""
    both = rows.copy()
    both[:-1] += rows[1:] * goes_on[:-1]
    return both


def _blocks(edges: Sequence[int], bounds: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """The units of whole passages, about so many stems at a time."""
    first = 0
    for edge in edges[1:]:
        if bounds[edge] - bounds[first] >= _MERGED or edge == edges[-1]:
            yield first, edge
            first = edge
