"""How sure a figure is: 95 % intervals of quantiles and shares, and what moved between two runs.

A percentile is only told where at least ten samples lie beyond it: p95 from 200 samples, p99 from 1,000.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Interval = tuple[float, float]
Floats = NDArray[np.float64]

ENOUGH_FOR_P95 = 200
ENOUGH_FOR_P99 = 1000
_RESAMPLES = 4000
_SHUFFLES = 9999
_SHUFFLED_AT_ONCE = 2**21
_SEED = 4
_Z = 1.959964


def quantile(samples: Sequence[float], q: float) -> Interval:
    """95 % percentile-bootstrap interval of the `q`-quantile of independent samples.

    The k-th smallest of a resample of n is the original's at rank floor(n U), U ~ Beta(k, n - k + 1): so
    resampling needs no resample, and is as quick for a million samples as for ten (David and Nagaraja,
    Order Statistics, 2.1).
    """
    ordered = np.sort(np.asarray(samples, dtype=np.float64))
    n = len(ordered)
    k = min(n, int(q * n) + 1)
    drawn = np.random.default_rng(_SEED).beta(k, n - k + 1, _RESAMPLES)
    return _middle(ordered[(n * drawn).astype(np.intp)])


def share(hits: int, n: int) -> Interval:
    """95 % interval of a share by Wilson's score, which is honest at 0 of n too (Wilson 1927)."""
    if not n:
        return 0.0, 1.0
    centre, spread = hits + _Z**2 / 2, _Z * math.sqrt(hits * (n - hits) / n + _Z**2 / 4)
    low, high = ((centre + side * spread) / (n + _Z**2) for side in (-1, 1))
    return max(0.0, low), min(1.0, high)


def clustered(
    values: Sequence[float],
    clusters: Sequence[Hashable],
    figure: Callable[[Floats], float] = lambda of: float(of.mean()),
) -> Interval:
    """95 % bootstrap interval of a figure whose values come in clusters, which are drawn whole.

    Args:
        values: what was measured.
        clusters: of each value, what it shares with others: a source clip, a session.
        figure: of the values of one draw; the mean, unless it says otherwise.
    """
    groups: dict[Hashable, list[float]] = {}
    for value, cluster in zip(values, clusters, strict=True):
        groups.setdefault(cluster, []).append(value)
    parts = list(groups.values())
    chance = np.random.default_rng(_SEED)
    draws: list[list[int]] = chance.integers(len(parts), size=(_RESAMPLES // 2, len(parts))).tolist()
    pooled = (np.fromiter(chain.from_iterable(parts[at] for at in draw), np.float64) for draw in draws)
    return _middle(np.array([figure(values) for values in pooled]))


def chance_of_shift(old: Sequence[float], new: Sequence[float]) -> float:
    """How often shuffling all samples sets the two medians as far apart as they are, two-sided: a p-value.

    A permutation test (Good 2005); at least 1 / 10,000.
    """
    pooled = np.array([*old, *new], dtype=np.float64)
    apart = abs(float(np.median(pooled[: len(old)]) - np.median(pooled[len(old) :])))
    if not apart:
        return 1.0
    chance = np.random.default_rng(_SEED)
    at_once = max(1, _SHUFFLED_AT_ONCE // len(pooled))
    further = 0
    for start in range(0, _SHUFFLES, at_once):
        rows = min(at_once, _SHUFFLES - start)
        shuffled = chance.permuted(np.tile(pooled, (rows, 1)), axis=1)
        between = np.median(shuffled[:, : len(old)], axis=1) - np.median(shuffled[:, len(old) :], axis=1)
        further += int(np.count_nonzero(np.abs(between) >= apart - 1e-9))
    return (further + 1) / (_SHUFFLES + 1)


def _middle(drawn: Floats) -> Interval:
    low, high = (float(end) for end in np.percentile(drawn, [2.5, 97.5]))
    return low, high
