"""A sentence encoder without a model: each word is a fixed random direction, a text their mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.words import words
from gemelo.models.seams import Embedding

DIMENSION = 64


@dataclass(frozen=True, slots=True)
class HashedText:
    vector: NDArray[np.float32]
    tokens: NDArray[np.float16]
    ids: NDArray[np.int32]


@dataclass
class HashingEmbedder:
    """Implements `Embedder`; counts the texts it was given, and fails with `error` where one is set."""

    error: Exception | None = None
    texts: int = 0

    @property
    def name(self) -> str:
        return "hashing"

    @property
    def dimension(self) -> int:
        return DIMENSION

    @property
    def token_dimension(self) -> int:
        return DIMENSION

    def embed(self, texts: Sequence[str]) -> list[Embedding]:
        if self.error:
            raise self.error
        self.texts += len(texts)
        return [_hashed(text) for text in texts]


def _hashed(text: str) -> HashedText:
    spoken = words(text)
    rows = np.array([_direction(word) for word in spoken], np.float32).reshape(-1, DIMENSION)
    total = rows.sum(axis=0) + np.float32(1e-9)
    ids = np.array([_key(word) % 100_000 for word in spoken], np.int32)
    return HashedText((total / np.linalg.norm(total)).astype(np.float32), rows.astype(np.float16), ids)


@lru_cache(maxsize=1 << 14)
def _direction(word: str) -> NDArray[np.float32]:
    row = np.random.default_rng(_key(word)).standard_normal(DIMENSION).astype(np.float32)
    return (row / np.linalg.norm(row)).astype(np.float32)


def _key(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")
