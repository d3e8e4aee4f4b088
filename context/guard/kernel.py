"""Rules that compare a text with every example; pure.

What a fan asks turns on which words come together ("kill" and "process", "kill" and "someone"), which no
line can tell. Kernel ridge regression with a polynomial kernel can (Schoelkopf and Smola, "Learning with
Kernels", 2002). Examples are kept along their main directions and as int8: a text is compared with all of
them in half a millisecond, and the rules lose nothing that their benchmark could see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemelo.context.guard.linear import Floats, targets

RIDGE = 0.1
_DEGREE = 5
_DIRECTIONS = 384
"""Directions of the features that are kept: 86 % of what sets the examples apart."""
_BLOCK = 512
"""Examples that are compared at a time: as float32 they fit the cache."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """Rules learned together.

    `directions`: float32 (d, k), orthonormal; `examples`: int8 (n, k), each times its own `scales` (n,)
    is the features along them; `weights`: float32 (n, rules); `thresholds`: float32 (rules,).
    """

    directions: Floats
    examples: NDArray[np.int8]
    scales: Floats
    weights: Floats
    thresholds: Floats

    def margins(self, features: Floats) -> Floats:
        """How far features (d,) are beyond each rule's threshold (rules,)."""
        seen: Floats = features @ self.directions
        products = np.empty(len(self.examples), np.float32)
        widened = np.empty((min(_BLOCK, len(products)), len(seen)), np.float32)
        for start in range(0, len(products), _BLOCK):
            block = self.examples[start : start + _BLOCK]
            np.copyto(widened[: len(block)], block)
            np.matmul(widened[: len(block)], seen, out=products[start : start + len(block)])
        likeness = _likeness(products * self.scales, float(seen @ seen))
        return np.subtract(likeness @ self.weights, self.thresholds, dtype=np.float32)


def learn(groups: Mapping[str, Floats], harmless: Floats, spared: Mapping[str, float]) -> Kernel:
    """Learns one rule for each group of examples (n, d) against all others and the harmless ones.

    Args:
        spared: share of harmless texts that each rule may take for broken, at most.
    """
    features = np.vstack([*groups.values(), harmless])
    directions = _main_directions(features)
    seen: Floats = features @ directions
    examples, scales = _quantised(seen)
    rows: Floats = examples * scales[:, None]
    labels, balance = targets([len(group) for group in groups.values()], len(harmless))
    length = float((rows**2).sum(1).mean())
    kernel = np.empty((len(rows), len(rows)))
    for start in range(0, len(rows), _BLOCK):
        block = slice(start, start + _BLOCK)
        kernel[block] = _likeness(rows[block] @ rows.T, length)
    kernel[np.diag_indices_from(kernel)] += RIDGE / balance
    inverse = invert(kernel)
    weights = inverse @ labels
    left_out = (labels - weights / np.diag(inverse)[:, None])[-len(harmless) :]
    thresholds = [np.quantile(left_out[:, rule], 1 - spared[name]) for rule, name in enumerate(groups)]
    return Kernel(directions, examples, scales, weights.astype(np.float32), np.array(thresholds, np.float32))


def invert(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverts a symmetric positive definite matrix (n, n) in its place, by halves: a third of the memory."""
    if len(matrix) <= _BLOCK:
        matrix[:] = np.linalg.inv(matrix)
        return matrix
    half = len(matrix) // 2
    upper, across, lower = matrix[:half, :half], matrix[:half, half:], matrix[half:, half:]
    invert(upper)
    reached = upper @ across
    lower -= across.T @ reached
    invert(lower)
    np.matmul(reached, lower, out=across)
    across *= -1
    upper -= across @ reached.T
    matrix[half:, :half] = across.T
    return matrix


def _likeness(products: Floats, length: float) -> Floats:
    """The kernel of inner products; 1 for texts that are the same."""
    return np.power((1 + products) / (1 + length), _DEGREE, dtype=np.float32)


def _main_directions(rows: Floats) -> Floats:
    _, directions = np.linalg.eigh((rows.T @ rows).astype(np.float64))
    return np.ascontiguousarray(directions[:, -_DIRECTIONS:], np.float32)


def _quantised(rows: Floats) -> tuple[NDArray[np.int8], Floats]:
    scales: Floats = np.max(np.abs(rows), axis=1) / np.float32(127)
    return np.round(rows / scales[:, None]).astype(np.int8), scales
