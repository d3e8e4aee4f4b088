"""BM25 over sparse posting lists, in arrays that can be mapped from disk.

Terms are kept as 64-bit hashes, sorted, so that a vocabulary of any size is one array and a look-up
is a binary search; at a million terms the chance of one clash is about 3e-8.

    terms[v] ── starts[v] : starts[v + 1] ──▶ rows[...], weights[...]

Source: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SATURATION = 1.2
"""BM25's k1."""
LENGTH_NORM = 0.75
"""BM25's b."""


@dataclass(frozen=True, slots=True)
class Postings:
    """An inverted index of `size` rows.

    Attributes:
        terms: uint64 (v,), hashes of the terms, ascending.
        idf: float32 (v,), inverse document frequency of each term.
        starts: int64 (v + 1,), where each term's postings begin.
        rows: int32 (n,), the row of each posting.
        weights: float32 (n,), its BM25 weight with the idf in it.
        shape: float64 (3,): rows of this index; rows and mean length behind the idf.
    """

    terms: NDArray[np.uint64]
    idf: NDArray[np.float32]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    shape: NDArray[np.float64]

    @property
    def size(self) -> int:
        return int(self.shape[0])

    @property
    def unseen_idf(self) -> float:
        """Weight of a term that no row has."""
        return float(np.log1p((self.shape[1] + 0.5) / 0.5))

    def scores(self, query: Mapping[str, float]) -> NDArray[np.float32]:
        """BM25 score of every row, float32 (size,), for terms with their weight in the query."""
        total = np.zeros(self.size, np.float32)
        for term, weight in query.items():
            at = self._find(term)
            if at is not None:
                span = slice(self.starts[at], self.starts[at + 1])
                total[self.rows[span]] += np.float32(weight) * self.weights[span]
        return total

    def rarity(self, term: str) -> float:
        """The idf of a term, that of an unseen one where it is unknown."""
        at = self._find(term)
        return self.unseen_idf if at is None else float(self.idf[at])

    def _find(self, term: str) -> int | None:
        key = _hash(term)
        at = int(np.searchsorted(self.terms, key))
        return at if at < len(self.terms) and self.terms[at] == key else None


def build(bags: Sequence[Sequence[str]], like: Postings | None = None) -> Postings:
    """Indexes bags of terms, one a row.

    With `like`, rarity and length are judged by that larger index, so that scores of both can be
    compared as if they were one.
    """
    counts = [Counter(bag) for bag in bags]
    keys = np.array([_hash(term) for bag in counts for term in bag], np.uint64)
    rows = np.repeat(np.arange(len(bags), dtype=np.int32), [len(bag) for bag in counts])
    occurrences = np.array([n for bag in counts for n in bag.values()], np.float64)
    lengths = np.array([len(bag) for bag in bags], np.float64)
    terms, term_of, frequency = np.unique(keys, return_inverse=True, return_counts=True)
    if like is None:
        population, mean_length = len(bags), float(lengths.mean()) if len(bags) else 1.0
        idf = np.log1p((population - frequency + 0.5) / (frequency + 0.5))
    else:
        population, mean_length = int(like.shape[1]), float(like.shape[2])
        idf = _borrowed(terms, like)
    norm = SATURATION * (1 - LENGTH_NORM + LENGTH_NORM * lengths / max(mean_length, 1e-9))
    weights = idf[term_of] * occurrences * (SATURATION + 1) / (occurrences + norm[rows])
    order = np.argsort(term_of, kind="stable")
    starts = np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64)
    return Postings(
        terms=terms,
        idf=idf.astype(np.float32),
        starts=starts,
        rows=rows[order],
        weights=weights[order].astype(np.float32),
        shape=np.array([len(bags), population, mean_length]),
    )


def _borrowed(terms: NDArray[np.uint64], like: Postings) -> NDArray[np.float64]:
    if not len(like.terms):
        return np.full(len(terms), like.unseen_idf)
    at = np.minimum(np.searchsorted(like.terms, terms), len(like.terms) - 1)
    return np.where(like.terms[at] == terms, like.idf[at], like.unseen_idf).astype(np.float64)


@lru_cache(maxsize=1 << 16)
def _hash(term: str) -> np.uint64:
    digest = hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))
