"""Linear rules learned from examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gemelo.context.guard.linear import Floats, Line, Summary, targets

DICE = np.random.default_rng(7)


def extended(rows: Floats) -> NDArray[np.float64]:
    """With a last column of ones."""
    return np.hstack([rows.astype(np.float64), np.ones((len(rows), 1))])


def around(axis: int, count: int, spread: float = 0.1) -> Floats:
    """Unit vectors (count, 12) about one axis."""
    rows = np.eye(12)[axis] + spread * DICE.standard_normal((count, 12))
    return (rows / np.linalg.norm(rows, axis=1)[:, None]).astype(np.float32)


HARMLESS = np.vstack([around(axis, 80) for axis in (0, 1, 2)])
FEW = around(5, 3, 0.02)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(1, 20))
def test_broken_and_harmless_examples_weigh_the_same(counts: list[int], harmless: int) -> None:
    """However many there are of each; every example has one label a rule, its own once."""
    labels, weights = targets(counts, harmless)
    broken = sum(counts)
    assert labels.shape == (broken + harmless, len(counts))
    assert weights[:broken].sum() == pytest.approx(weights[broken:].sum())
    assert weights.sum() == pytest.approx(broken + harmless)
    assert ((labels == 1).sum(0) == counts).all()
    assert (labels[broken:] == -1).all()


def test_a_handful_of_examples_makes_a_rule() -> None:
    """Three examples above the harmless ones: what is like them breaks it, the harmless do not."""
    line = Summary.of(HARMLESS).learn(FEW, sigmas=3.0)
    assert np.mean([line.margin(row) > 0 for row in around(5, 50)]) > 0.9
    assert np.mean([line.margin(row) > 0 for row in HARMLESS]) < 0.03


def test_a_summary_teaches_what_the_examples_themselves_would() -> None:
    """Ridge regression of the means on both classes' moments, its threshold so many sigmas above."""
    rows, few = extended(HARMLESS), extended(FEW)
    moments = rows.T @ rows / len(rows) + few.T @ few / len(few)
    direction = np.linalg.inv(moments + 0.003 * np.eye(13)) @ (few.mean(0) - rows.mean(0))
    line = Summary.of(HARMLESS).learn(FEW, sigmas=2.0)
    scores = rows @ direction
    assert line.weights == pytest.approx(direction[:-1], rel=1e-3, abs=1e-3)
    assert line.bias == pytest.approx(direction[-1] - scores.mean() - 2.0 * scores.std(), rel=1e-3)


@given(st.floats(0, 5), st.floats(0.1, 3))
def test_more_sigmas_ask_for_more(sigmas: float, more: float) -> None:
    """The same direction, a higher threshold."""
    summary = Summary.of(HARMLESS)
    low, high = summary.learn(FEW, sigmas), summary.learn(FEW, sigmas + more)
    assert np.allclose(low.weights, high.weights)
    assert high.bias < low.bias


def test_a_margin_is_a_sum_and_a_bias() -> None:
    """Positive breaks the rule."""
    line = Line(np.array([1, -2], np.float32), 0.5)
    assert line.margin(np.array([3, 1], np.float32)) == pytest.approx(1.5)
