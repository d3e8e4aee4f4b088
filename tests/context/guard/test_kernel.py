"""Rules that compare a text with every example."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from gemelo.context.guard.kernel import invert, learn
from gemelo.context.guard.linear import Floats, targets

DICE = np.random.default_rng(7)


def mixed(first: int, second: int, count: int) -> Floats:
    """Unit vectors (count, 6) between two axes."""
    rows = np.eye(6)[first] + np.eye(6)[second] + 0.1 * DICE.standard_normal((count, 6))
    return (rows / np.linalg.norm(rows, axis=1)[:, None]).astype(np.float32)


HARMLESS = np.vstack([mixed(0, 1, 60), mixed(2, 3, 60), mixed(4, 5, 60)])
BROKEN = {"crossed": np.vstack([mixed(0, 2, 30), mixed(1, 3, 30)]), "other": mixed(0, 4, 40)}
KERNEL = learn(BROKEN, HARMLESS, {"crossed": 0.02, "other": 0.02})


def test_a_rule_may_turn_on_which_features_come_together() -> None:
    """No line tells 0 with 2 and 1 with 3 from 0 with 1 and 2 with 3; these rules do."""
    crossed = np.vstack([mixed(0, 2, 40), mixed(1, 3, 40)])
    straight = np.vstack([mixed(0, 1, 40), mixed(2, 3, 40)])
    assert np.mean([KERNEL.margins(row)[0] > 0 for row in crossed]) > 0.95
    assert np.mean([KERNEL.margins(row)[0] > 0 for row in straight]) < 0.1


@pytest.mark.parametrize("spared", [0.0, 0.1])
def test_no_more_of_the_harmless_are_taken_for_broken_than_agreed(spared: float) -> None:
    """Each rule has its own share."""
    kernel = learn(BROKEN, HARMLESS, {"crossed": spared, "other": 0.0})
    margins = np.array([kernel.margins(row) for row in HARMLESS])
    assert (margins[:, 0] > 0).mean() <= spared + 0.01
    assert not (margins[:, 1] > 0).any()


def test_thresholds_are_those_of_learning_without_each_harmless_example() -> None:
    """The shortcut gives the scores of rules that never saw the example, of which a share is spared."""
    groups = {"crossed": BROKEN["crossed"][:12], "other": BROKEN["other"][:8]}
    kernel = learn(groups, HARMLESS[::9], {"crossed": 0.25, "other": 0.0})
    rows = kernel.examples.astype(np.float64) * kernel.scales[:, None]
    likeness: NDArray[np.float64] = ((1 + rows @ rows.T) / (1 + (rows**2).sum(1).mean())) ** 5
    labels, balance = targets([12, 8], 20)
    ridged: NDArray[np.float64] = likeness + np.diag(0.1 / balance)
    assert kernel.weights == pytest.approx(np.linalg.inv(ridged) @ labels, abs=1e-3)
    scores: list[NDArray[np.float64]] = []
    for left_out in range(20, 40):
        kept = np.arange(40) != left_out
        weights = np.linalg.inv(ridged[np.ix_(kept, kept)]) @ labels[kept]
        scores.append(likeness[left_out, kept] @ weights)
    expected = np.quantile(scores, 0.75, axis=0)[0], np.max(scores, axis=0)[1]
    assert kernel.thresholds == pytest.approx(np.array(expected), abs=1e-3)


def test_margins_come_one_for_each_rule_in_order() -> None:
    """As float32, the first rule first."""
    margins = KERNEL.margins(BROKEN["other"][0])
    assert margins.shape == (2,)
    assert margins.dtype == np.float32
    assert margins[1] > 0 > margins[0]


@given(st.lists(st.floats(-1, 1, width=32), min_size=6, max_size=6))
def test_any_features_have_margins(features: list[float]) -> None:
    """Also those of a text that is like none of the examples."""
    assert np.isfinite(KERNEL.margins(np.array(features, np.float32))).all()


def test_examples_are_kept_small() -> None:
    """One byte a feature, and a scale for each example that gives it back nearly."""
    rows = np.vstack([*BROKEN.values(), HARMLESS]) @ KERNEL.directions
    assert KERNEL.examples.dtype == np.int8
    assert np.abs(KERNEL.examples * KERNEL.scales[:, None] - rows).max() <= KERNEL.scales.max() / 2 + 1e-6


def test_many_examples_are_compared_in_blocks() -> None:
    """The result does not hang on how many are compared at a time."""
    many = np.vstack([HARMLESS] * 7)
    kernel = learn(BROKEN, many, {"crossed": 0.0, "other": 0.0})
    row = BROKEN["crossed"][0]
    seen = row @ kernel.directions
    whole = (kernel.examples * kernel.scales[:, None]) @ seen
    expected = ((1 + whole) / (1 + seen @ seen)) ** 5 @ kernel.weights - kernel.thresholds
    assert len(kernel.examples) > 1024
    assert kernel.margins(row) == pytest.approx(expected, abs=1e-3)


def test_only_the_main_directions_of_many_features_are_kept() -> None:
    """What is said in a thousand dimensions is told apart in a few hundred."""
    wide = np.linalg.qr(DICE.standard_normal((1000, 6)))[0].T.astype(np.float32)
    noise = 0.001 * DICE.standard_normal((180, 1000))
    harmless = (HARMLESS @ wide + noise).astype(np.float32)
    kernel = learn(
        {name: rows @ wide for name, rows in BROKEN.items()},
        harmless,
        {"crossed": 0.02, "other": 0.02},
    )
    assert kernel.examples.shape[1] == kernel.directions.shape[1] < 1000
    assert np.mean([kernel.margins(row @ wide)[0] > 0 for row in BROKEN["crossed"]]) > 0.95


@pytest.mark.parametrize("size", [1, 40, 1025, 2050])
def test_a_large_matrix_is_inverted_by_halves(size: int) -> None:
    """Its product with the matrix is the identity, and it lies where the matrix lay."""
    rows = DICE.standard_normal((size, size)) / size**0.5
    matrix = rows @ rows.T + np.eye(size)
    given_up = matrix.copy()
    inverse = invert(given_up)
    assert inverse is given_up
    np.testing.assert_allclose(inverse @ matrix, np.eye(size), atol=1e-8)
