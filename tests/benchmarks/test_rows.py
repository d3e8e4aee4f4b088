"""Figures: their values, how sure they are, and what is kept of them."""

from __future__ import annotations

from gemelo.benchmarks.rows import KEPT, amount, distribution, share, times


def test_figures() -> None:
    """A distribution's value is its median, a share's the part that happened, an amount's itself."""
    found = times("search", "en", [3.0, 1.0, 2.0])
    assert (found.value, found.p50, found.n, found.samples) == (2.0, 2.0, 3, (1.0, 2.0, 3.0))
    assert (share("x", "en", [True, False, False, True]).value, share("x", "en", []).n) == (0.5, 0)
    assert (amount("rss", "MB", 5.0).value, amount("rss", "MB", 5.0).p50) == (5.0, None)


def test_tails_need_samples() -> None:
    """A p95 is told from 200 samples, a p99 from 1,000, the median's interval always."""
    few, some, many = (distribution("x", "us", range(n)) for n in (199, 200, 1000))
    assert (few.p95, some.p99) == (None, None)
    assert few.interval is not None
    assert some.p95_interval is not None
    assert many.p99 is not None
    assert some.p95 is not None
    assert some.p95_interval[0] <= some.p95 <= some.p95_interval[1]


def test_one_sample_has_no_interval() -> None:
    """Nothing is known of the spread of one sample."""
    assert times("x", "", [4.0]).interval is None


def test_of_many_samples_a_thinned_list_is_kept() -> None:
    """So many quantiles stand for all, the ends among them."""
    kept = distribution("x", "ms", range(100_000)).samples
    assert (len(kept), kept[0], kept[-1]) == (KEPT, 0, 99_999)
