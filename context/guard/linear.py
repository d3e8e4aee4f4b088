"""Linear rules over features, learned from a handful of examples; pure.

Ridge regression on balanced classes: the examples of all rules together weigh as much as the harmless ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_RIDGE_OF_FEW = 0.003
_RANK = 160
"""Directions of the harmless examples that are kept to learn further rules from."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Line:
    """A text breaks the rule where `margin` is positive; `weights`: float32 (d,)."""

    weights: Floats
    bias: float

    def margin(self, features: Floats) -> float:
        """How far features (d,) are beyond the rule's threshold; 2 separates the classes' targets."""
        return float(features @ self.weights) + self.bias


def targets(counts: list[int], harmless: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Labels (n, rules) of 1 and -1, and the weight of each example (n,); they sum up to n."""
    broken = sum(counts)
    labels = np.full((broken + harmless, len(counts)), -1.0)
    for rule, end in enumerate(np.cumsum(counts)):
        labels[end - counts[rule] : end, rule] = 1.0
    total = broken + harmless
    weights = np.concatenate([np.full(broken, total / 2 / broken), np.full(harmless, total / 2 / harmless)])
    return labels, weights


@dataclass(frozen=True, slots=True)
class Summary:
    """Harmless examples in short: mean (d + 1,), main directions (d + 1, k) and their moments (k,)."""

    mean: Floats
    directions: Floats
    moments: Floats

    @classmethod
    def of(cls, harmless: Floats) -> Summary:
        rows = _extended(harmless)
        moments, directions = np.linalg.eigh(rows.T @ rows / len(rows))
        return cls(
            rows.mean(0).astype(np.float32),
            directions[:, -_RANK:].astype(np.float32),
            moments[-_RANK:].astype(np.float32),
        )

    def learn(self, examples: Floats, sigmas: float) -> Line:
        """Learns a rule from a handful of examples (m, d); it stands `sigmas` above the harmless ones.

        The inverse moments of both classes come from those kept here, by the Woodbury identity.
        """
        broken = _extended(examples)
        count = len(broken)
        reached = self._inverted(broken)
        inner = np.linalg.inv(count * np.eye(count) + reached @ broken.T)
        aim = self._inverted((broken.mean(0) - self.mean)[None])
        line = (aim - (aim @ broken.T) @ inner @ reached)[0]
        level = float(line @ self.mean)
        spread = float((self.directions.T @ line) ** 2 @ self.moments) - level**2
        return Line(line[:-1].astype(np.float32), float(line[-1]) - level - sigmas * max(spread, 0.0) ** 0.5)

    def _inverted(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows times the inverse of the harmless moments, ridge included."""
        shares = self.moments / (self.moments + _RIDGE_OF_FEW)
        return (rows - ((rows @ self.directions) * shares) @ self.directions.T) / _RIDGE_OF_FEW


def _extended(rows: Floats) -> NDArray[np.float64]:
    """Rows with a last column of ones, for the bias."""
    return np.hstack([rows.astype(np.float64), np.ones((len(rows), 1))])
