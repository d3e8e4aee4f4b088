"""What is told to have moved has moved."""

from __future__ import annotations

import numpy as np

from gemelo.benchmarks.compare import Change, Verdict, changes, differences
from gemelo.benchmarks.records import Record
from gemelo.benchmarks.rows import Row, amount, share, times


def _record(*rows: Row, **settings: int) -> Record:
    return Record("latency", {"cpu": "one"}, settings, rows)


def _drawn(seed: int, mean: float, metric: str = "voice_to_voice") -> Row:
    return times(metric, "en", list(np.random.default_rng(seed).normal(mean, 20, 240)))


def _one(old: Row, new: Row, statistic: str = "value") -> Change:
    return next(of for of in changes(_record(old), _record(new)) if of.statistic == statistic)


def test_a_median_that_moved_is_told() -> None:
    """Fifteen ms in a spread of twenty, told with its sign and size."""
    moved = _one(_drawn(1, 400), _drawn(2, 415), "p50")
    assert moved.verdict is Verdict.MOVED
    assert moved.relative is not None
    assert 0.01 < moved.relative < 0.07


def test_the_same_again_is_noise() -> None:
    """Of thirty pairs of runs alike, none is told to have moved: the tests share one chance."""
    olds = [_drawn(seed, 400, f"metric {seed}") for seed in range(30)]
    news = [_drawn(1000 + seed, 400, f"metric {seed}") for seed in range(30)]
    told = changes(_record(*olds), _record(*news))
    assert not [change for change in told if change.statistic == "p50" and change.verdict is Verdict.MOVED]


def test_shares_move_when_their_intervals_part() -> None:
    """Two in sixty against thirty are apart, against three they are not."""
    two, three, thirty = (share("false_end", "en", [at < hits for at in range(60)]) for hits in (2, 3, 30))
    assert _one(two, thirty).verdict is Verdict.MOVED
    assert _one(two, three).verdict is Verdict.NOISE


def test_one_number_is_no_proof() -> None:
    """An amount measured once cannot be told from noise."""
    assert _one(amount("rss", "MB", 100), amount("rss", "MB", 200)).verdict is Verdict.UNTESTED


def test_only_what_both_have_is_compared() -> None:
    """A row of another engine or unit is another row."""
    assert changes(_record(_drawn(1, 400)), _record(amount("voice_to_voice", "s", 1))) == []


def test_what_makes_runs_hard_to_compare_is_named() -> None:
    """Another machine, another setting, other work on it."""
    old, new = _record(turns=40), Record("latency", {"cpu": "two"}, {"turns": 240}, ())
    assert list(differences(old, new)) == ["cpu: one then, two now", "setting turns: 40 then, 240 now"]
    idle, busy = (Record("latency", {"load_at_start": [load, 1, 1]}, {}, ()) for load in (0.2, 9.5))
    assert list(differences(idle, busy)) == ["load at the start: 0.2 then, 9.5 now"]
