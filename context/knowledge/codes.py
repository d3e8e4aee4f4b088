"""Vectors of units, windows and tokens: as they are while a shelf is small, in a few bytes each beyond that.

A codec turns vectors to their principal directions, spreads these evenly by a random rotation and keeps what
comes out as codes. Products with a question are taken in the turned space, so that nothing is turned back.

Sources: Jégou, Douze, Schmid, "Product Quantization for Nearest Neighbor Search", 2011; Ge et al., "Optimized
Product Quantization", 2013 (why to turn first); André et al., "Quicker ADC", 2019 (FAISS's fast scan).
"""

# FAISS has no types of its own:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.rows import FileRows, Rows, spans

_BLOCK = 8_192
"""Codes that are read and decoded together."""
_LEAST = 256
"""Vectors that a product quantiser is trained with at the least."""

Floats = NDArray[np.float32]
_Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plain:
    """Vectors of unit length as they are: float32, or int8 of so many steps."""

    rows: Rows
    step: float = 1.0

    def __len__(self) -> int:
        return len(self.rows)

    def dots(self, queries: Floats, firsts: _Indices, pasts: _Indices) -> Floats:
        """Products of the rows `firsts[i] : pasts[i]`, one span after the other, with each query, (n, q)."""
        wanted = queries * np.float32(self.step) if self.step != 1.0 else queries
        return spans(self.rows, firsts, pasts).astype(np.float32, copy=False) @ wanted.T


class Codec:
    """How vectors become codes of `width` bytes.

    Args:
        turn: float32 (d, m), orthonormal columns.
        index: a FAISS index that encodes vectors of m numbers.
    """

    def __init__(self, turn: Floats, index: Any) -> None:
        self._turn, self._index = turn, index
        self.width = int(index.sa_code_size())

    @classmethod
    def trained(cls, sample: Floats, kind: str, directions: int) -> Codec:
        """Learns from some vectors.

        Args:
            kind: FAISS's name of a quantiser: "SQ4", "PQ16x8".
            directions: how many principal directions are kept, at most as many as the vectors have.
        """
        many = np.resize(sample, (max(len(sample), _LEAST), sample.shape[1]))
        turn = _turn(many, directions)
        index = _faiss().index_factory(turn.shape[1], kind)
        if hasattr(index, "pq"):
            index.pq.cp.min_points_per_centroid = 1
            index.pq.cp.niter = 12
        index.train(np.ascontiguousarray(many @ turn))
        return cls(turn, index)

    @classmethod
    def of(cls, turn: Floats, code: NDArray[np.uint8]) -> Codec:
        """The codec that `arrays` came from.

        Raises:
            ValueError: the arrays are damaged.
        """
        return cls(np.array(turn), _read(code))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What it is made of, to be kept."""
        return {"turn": self._turn, "codec": _faiss().serialize_index(self._index)}

    def encode(self, rows: NDArray[Any]) -> NDArray[np.uint8]:
        """Codes of vectors, uint8 (n, width)."""
        if not len(rows):
            return np.zeros((0, self.width), np.uint8)
        _faiss()
        return self._index.sa_encode(np.ascontiguousarray(rows.astype(np.float32) @ self._turn))

    def dots(self, queries: Floats, codes: NDArray[np.uint8]) -> Floats:
        """Products of what was encoded with each query, (n, q)."""
        return self.decode(codes) @ self.turned(queries).T

    def turned(self, queries: Floats) -> Floats:
        """Queries in the space of what `decode` gives."""
        return queries @ self._turn

    def turned_back(self, codes: NDArray[np.uint8]) -> Floats:
        """Vectors that are about what was encoded, float32 (n, d)."""
        return self.decode(codes) @ self._turn.T

    def decode(self, codes: NDArray[np.uint8]) -> Floats:
        """Vectors that are about what was encoded, turned, float32 (n, m)."""
        if not len(codes):
            return np.zeros((0, self._turn.shape[1]), np.float32)
        _faiss()
        return self._index.sa_decode(np.ascontiguousarray(codes))


@dataclass(frozen=True, slots=True)
class Coded:
    """Vectors of unit length as codes."""

    rows: Rows
    codec: Codec

    def __len__(self) -> int:
        return len(self.rows)

    def dots(self, queries: Floats, firsts: _Indices, pasts: _Indices) -> Floats:
        """See `Plain.dots`."""
        size = int((pasts - firsts).sum())
        if size <= _BLOCK or len(firsts) > 1:
            return self.codec.dots(queries, spans(self.rows, firsts, pasts))
        made = np.empty((size, len(queries)), np.float32)
        for start in range(0, size, _BLOCK):
            first = int(firsts[0]) + start
            some = self.rows[first : min(first + _BLOCK, int(pasts[0]))]
            made[start : start + len(some)] = self.codec.dots(queries, some)
        return made


class Coarse:
    """Finds the rows that are probably nearest to a vector: four bits for two numbers, all of them scanned.

    Args:
        codec: of the rows; they are added as it decodes them.
    """

    def __init__(self, index: Any, codec: Codec) -> None:
        self._index, self._codec = index, codec

    @classmethod
    def trained(cls, sample: Floats, codec: Codec) -> Coarse:
        """Learns from some rows."""
        faiss, width = _faiss(), sample.shape[1]
        index = faiss.IndexPQFastScan(width, max(width // 2, 1), 4, faiss.METRIC_INNER_PRODUCT)
        index.pq.cp.min_points_per_centroid = 1
        index.train(np.resize(sample, (max(len(sample), _LEAST), width)))
        return cls(index, codec)

    @classmethod
    def of(cls, code: Rows, codec: Codec) -> Coarse:
        """What `array` came from.

        Raises:
            ValueError: the array is damaged.
        """
        return cls(_read(code[:] if isinstance(code, FileRows) else code), codec)

    def array(self) -> NDArray[np.uint8]:
        """What it is made of, to be kept."""
        return _faiss().serialize_index(self._index)

    def add(self, rows: Floats) -> None:
        _faiss()
        self._index.add(np.ascontiguousarray(rows, np.float32))

    def near(self, vector: Floats, k: int) -> _Indices:
        """At most `k` rows, in any order."""
        _faiss()
        _, found = self._index.search(self._codec.turned(vector[None]), k)
        return found[0][found[0] >= 0]


def _turn(sample: Floats, directions: int) -> Floats:
    """The principal directions of a sample, turned at random among themselves, (d, m)."""
    wide = sample.astype(np.float64)
    _, found = np.linalg.eigh(wide.T @ wide)
    own = found[:, -min(directions, sample.shape[1]) :]
    mixed, _ = np.linalg.qr(np.random.default_rng(7).standard_normal((own.shape[1], own.shape[1])))
    return np.ascontiguousarray(own @ mixed, np.float32)


def _faiss() -> Any:
    """FAISS, loaded when a shelf is large, in one thread: its threads wait for each other by turning round,
    and the other cores are the event loop's."""
    import faiss

    faiss.omp_set_num_threads(1)  # it holds for the calling thread alone, so it is said each time
    return faiss


def _read(code: NDArray[np.uint8]) -> Any:
    try:
        return _faiss().deserialize_index(np.array(code))
    except RuntimeError as error:
        raise ValueError("no FAISS index") from error
