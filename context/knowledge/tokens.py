"""Token states in a few bytes: what a token of this id is usually like, and by how much this one differs.

A state is mostly the word itself; alone, the first states met of each id find nearly all that the states
themselves find. What the rest of a text makes of a word is kept as a code of 8 bytes instead of 768.

Source: Santhanam et al., "ColBERTv2", 2022 (centroids and coded residuals).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.codes import Codec, Floats
from gemelo.context.knowledge.rows import Rows, spans

KIND, DIRECTIONS = "PQ16x4np", 64

_STEP = np.float32(1 / 254)
"""Of the bytes that say what a token is like; bytes become floats six times as fast as halves do."""

_Indices = NDArray[np.int64]
_Ids = NDArray[Any]


class TokenCodec:
    """Turns token states into codes. It learns what tokens are like as it meets them, and forgets none.

    Args:
        codec: of what is left of a state.
        ids: int32 (k,), the tokens met, in the order of `usual`.
        usual: int8 (k, d), what each is like, in steps.
        scale: what products are multiplied with, since codes shorten what they stand for.
    """

    def __init__(self, codec: Codec, ids: _Ids, usual: NDArray[np.int8], scale: float) -> None:
        self.codec, self.scale = codec, scale
        self._ids, self._usual = ids, usual
        self._slots = _slots(ids)

    def copy(self) -> TokenCodec:
        """One that learns for itself."""
        return TokenCodec(self.codec, self._ids, self._usual, self.scale)

    @property
    def width(self) -> int:
        """Bytes of a code."""
        return self.codec.width

    @property
    def met(self) -> int:
        """How many tokens it knows."""
        return len(self._ids)

    @classmethod
    def trained(cls, ids: _Ids, states: NDArray[np.float16], most: int) -> TokenCodec:
        """Learns from some tokens, of which at most so many are looked at closely."""
        known, usual = _usual(ids, states)
        some = np.random.default_rng(7).permutation(len(ids))[:most]
        rest = states[some].astype(np.float32) - _floats(usual[np.searchsorted(known, ids[some])])
        codec = Codec.trained(rest, KIND, DIRECTIONS)
        made = cls(codec, known, usual, 1.0)
        kept = (states[some] * made._decoded(ids[some], codec.encode(rest))).sum(axis=1).mean()
        return cls(codec, known, usual, float(1 / np.sqrt(np.clip(kept, 0.25, 1.0))))

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> TokenCodec:
        """The codec that `arrays` came from.

        Raises:
            KeyError, ValueError: the arrays are damaged.
        """
        codec = Codec.of(arrays["turn"], arrays["codec"])
        return cls(codec, arrays["ids"], arrays["usual"], float(arrays["scale"][0]))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What it is made of, to be kept."""
        own = {"ids": self._ids, "usual": self._usual, "scale": np.array([self.scale])}
        return {**self.codec.arrays(), **own}

    def learned_since(self, met: int) -> dict[str, NDArray[Any]]:
        """What it has learned since it knew so many tokens."""
        return {"ids": self._ids[met:], "usual": self._usual[met:]}

    def learn(self, ids: _Ids, usual: NDArray[np.int8]) -> None:
        """Takes in tokens that it does not know."""
        if len(ids):
            self._ids, self._usual = np.r_[self._ids, ids], np.r_[self._usual, usual]
            self._slots = _slots(self._ids)

    def encode(self, ids: _Ids, states: NDArray[np.float16]) -> NDArray[np.uint8]:
        """Codes of token states, (t, width)."""
        new = self._slots_of(ids) < 0
        if new.any():
            self.learn(*_usual(ids[new], states[new]))
        usual = _floats(self._usual[self._slots_of(ids)])
        return self.codec.encode(states.astype(np.float32) - usual)

    def dots(self, queries: Floats, ids: _Ids, codes: NDArray[np.uint8]) -> Floats:
        """Products of what was encoded with each query, (t, q)."""
        slots, at = np.unique(self._slots_of(ids), return_inverse=True)
        known = _floats(self._usual[slots]) @ queries.T
        return (known[at] + self.codec.dots(queries, codes)) * np.float32(self.scale)

    def _slots_of(self, ids: _Ids) -> NDArray[np.int32]:
        """Where tokens stand; -1 where they are unknown."""
        known = ids < len(self._slots)
        return np.where(known, self._slots[np.where(known, ids, 0)], -1)

    def _decoded(self, ids: _Ids, codes: NDArray[np.uint8]) -> Floats:
        return _floats(self._usual[self._slots_of(ids)]) + self.codec.turned_back(codes)


@dataclass(frozen=True, slots=True)
class CodedTokens:
    """Token states as codes, beside their ids."""

    rows: Rows
    ids: Rows
    codec: TokenCodec

    def __len__(self) -> int:
        return len(self.rows)

    def dots(self, queries: Floats, firsts: _Indices, pasts: _Indices) -> Floats:
        """See `Plain.dots`."""
        return self.codec.dots(queries, spans(self.ids, firsts, pasts), spans(self.rows, firsts, pasts))


def _slots(ids: _Ids) -> NDArray[np.int32]:
    """Where each id stands, by itself; -1 for others."""
    slots = np.full(int(ids.max(initial=0)) + 1, -1, np.int32)
    slots[ids] = np.arange(len(ids))
    return slots


def _usual(ids: _Ids, states: NDArray[np.float16]) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Each id with the mean of its states, in steps."""
    known, at, counts = np.unique(ids, return_inverse=True, return_counts=True)
    order = np.argsort(at, kind="stable")
    sums = np.add.reduceat(states[order].astype(np.float32), np.cumsum(counts) - counts, axis=0)
    steps = np.clip(np.round(sums / counts[:, None] / _STEP), -127, 127)
    return known.astype(np.int32), steps.astype(np.int8)


def _floats(steps: NDArray[np.int8]) -> Floats:
    return steps.astype(np.float32) * _STEP
