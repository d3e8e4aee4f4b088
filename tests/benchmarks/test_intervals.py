"""Intervals hold what they should, and tests of change find only change."""

from __future__ import annotations

import numpy as np
import pytest

from gemelo.benchmarks.intervals import chance_of_shift, clustered, quantile, share


def test_the_interval_of_a_quantile_is_the_bootstrap_s() -> None:
    """Drawing ranks gives what resampling gives."""
    chance = np.random.default_rng(1)
    samples = chance.normal(400, 20, 240)
    drawn = np.quantile(chance.choice(samples, (4000, 240)), 0.5, axis=1)
    assert quantile(list(samples), 0.5) == pytest.approx(np.percentile(drawn, [2.5, 97.5]), abs=1.0)


def test_an_interval_covers_the_truth_as_often_as_it_says() -> None:
    """Of 400 samples, 95 % of the intervals hold the true median, give or take chance."""
    chance = np.random.default_rng(2)
    drawn = (quantile(list(chance.exponential(1, 60)), 0.5) for _ in range(400))
    held = [low <= np.log(2) <= high for low, high in drawn]
    assert 0.91 <= sum(held) / len(held) <= 0.99


def test_a_share_of_nothing_is_not_certain() -> None:
    """None of 60 leaves room for six in a hundred, none of none for everything."""
    low, high = share(0, 60)
    assert low == 0
    assert 0.05 < high < 0.07
    assert share(0, 0) == (0.0, 1.0)


def test_values_of_one_clip_are_drawn_together() -> None:
    """Ten cuts of one clip tell little more than one."""
    hits = [1.0] * 50 + [0.0] * 50
    apart = clustered(hits, range(100))
    together = clustered(hits, [at // 10 for at in range(100)])
    assert together[1] - together[0] > 2 * (apart[1] - apart[0])


def test_a_shift_is_found_and_noise_is_not() -> None:
    """Medians 15 ms apart in a spread of 20 are no chance; the same again is."""
    chance = np.random.default_rng(3)
    old, same, later = (list(chance.normal(mean, 20, 200)) for mean in (400, 400, 415))
    assert chance_of_shift(old, later) < 0.001
    assert chance_of_shift(old, same) > 0.05
    assert chance_of_shift(old, old) == 1.0
