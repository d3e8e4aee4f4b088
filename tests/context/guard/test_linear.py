"""Linear rules learned from examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.linear import Floats, Line, Summary, learn, targets

DICE = np.random.default_rng(7)


def around(axis: int, count: int, spread: float = 0.1) -> Floats:
    """Unit vectors (count, 12) about one axis."""
    rows = np.eye(12)[axis] + spread * DICE.standard_normal((count, 12))
    return (rows / np.linalg.norm(rows, axis=1)[:, None]).astype(np.float32)


HARMLESS = np.vstack([around(axis, 80) for axis in (0, 1, 2)])
BROKEN = {"red": around(3, 30), "blue": around(4, 30)}
FEW = around(5, 3, 0.02)
LINES = learn(BROKEN, HARMLESS, 0.02)


@pytest.mark.parametrize(("name", "other"), [("red", "blue"), ("blue", "red")])
def test_a_rule_knows_its_own_examples_from_all_others(name: str, other: str) -> None:
    """New texts like its examples break it; those of another rule do not."""
    line = LINES[name]
    own = around(3 if name == "red" else 4, 50)
    assert np.mean([line.margin(row) > 0 for row in own]) > 0.95
    assert np.mean([line.margin(row) > 0 for row in BROKEN[other]]) < 0.1


@pytest.mark.parametrize("spared", [0.0, 0.02, 0.2])
def test_no_more_of_the_harmless_are_taken_for_broken_than_agreed(spared: float) -> None:
    """The threshold is set by texts that were left out, so those learned from stand below it, too."""
    for line in learn(BROKEN, HARMLESS, spared).values():
        assert np.mean([line.margin(row) > 0 for row in HARMLESS]) <= spared + 0.01


def test_a_threshold_is_that_of_examples_left_out() -> None:
    """The shortcut gives what learning anew without each harmless example gives."""
    rows = HARMLESS[:20]
    lines = learn({"red": BROKEN["red"]}, rows, 0.0)
    scores = [lines["red"].margin(row) for row in rows]
    assert max(scores) < 0


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
