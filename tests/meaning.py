"""A meaning that finds nothing, for tests of the rules beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemelo.context.guard.builtin import TOPICS
from gemelo.context.guard.kernel import Kernel
from gemelo.context.guard.linear import Summary
from gemelo.context.guard.meaning import ASKED, Meaning
from gemelo.models.seams import Embedder, Embedding

DIMENSION = 4
_ASKED, _SAID = DIMENSION + 512, DIMENSION + 2048


@dataclass(frozen=True)
class Encoded:
    vector: NDArray[np.float32]
    tokens: NDArray[np.float16]
    ids: NDArray[np.int32]


class FlatEmbedder:
    """Finds every text alike."""

    dimension = token_dimension = DIMENSION
    name = "flat"

    def embed(self, texts: Sequence[str]) -> Sequence[Embedding]:
        vector = np.eye(1, DIMENSION, dtype=np.float32)[0]
        return [Encoded(vector, np.zeros((1, DIMENSION), np.float16), np.zeros(1, np.int32)) for _ in texts]


def quiet_meaning(embedder: Embedder | None = None) -> Meaning:
    """No question and no reply breaks any of its rules."""
    said = Summary(
        np.zeros(_SAID + 1, np.float32), np.zeros((_SAID + 1, 1), np.float32), np.zeros(1, np.float32)
    )
    asked, topics = _quiet(_ASKED, len(ASKED)), _quiet(_SAID, len(TOPICS))
    return Meaning(embedder or FlatEmbedder(), asked, topics, said, topics)


def _quiet(dimension: int, rules: int) -> Kernel:
    return Kernel(
        np.zeros((dimension, 1), np.float32),
        np.zeros((1, 1), np.int8),
        np.ones(1, np.float32),
        np.zeros((1, rules), np.float32),
        np.ones(rules, np.float32),
    )
