"""Figures as text."""

from __future__ import annotations

from gemelo.benchmarks.compare import Change, Verdict
from gemelo.benchmarks.rows import amount, times
from gemelo.benchmarks.tables import figures, moved, standings
from gemelo.benchmarks.targets import judged


def test_every_figure_is_a_line() -> None:
    """With its interval, and no p95 where there is none."""
    [head, line, _] = figures(
        [times("search", "en", [1.0, 2.0, 3.0]), amount("rss", "MB", 12345)]
    ).splitlines()
    assert head.split()[:5] == ["engine", "profile", "metric", "lang", "value"]
    assert line.split() == ["gemelo", "search", "en", "2", "1", "-", "3", "ms", "3"]


def test_a_target_says_how_it_stands() -> None:
    """Met, missed by how much, measured too seldom, or not at all."""
    rows = [times("first_text", "", [3.0] * 50, "sse"), times("first_text", "", [1.9] * 50, "websocket")]
    upstream = [one for one in judged("text", rows) if "upstream" in one.title]
    lines = standings(upstream).splitlines()[1:]
    ends = ("missed by 0.5", "not told of 50", "must met, goal missed by 0.6", "not told of 50")
    assert [line.endswith(end) for line, end in zip(lines, ends, strict=True)] == [True] * 4


def test_what_moved_is_listed_and_what_did_not_is_counted() -> None:
    """Differences between the runs stand first."""
    row = amount("rss", "MB", 5)
    listed = [
        Change(row, "value", 4, 5, Verdict.MOVED),
        Change(row, "value", 5, 5, Verdict.NOISE),
        Change(row, "value", 0, 5, Verdict.UNTESTED),
    ]
    lines = moved(listed, ["cpu: one then, two now"]).splitlines()
    assert lines[0] == "differs: cpu: one then, two now"
    assert "+25.0%" in lines[2]
    assert lines[3].endswith("one number, no noise known")
    assert lines[-1] == "1 moved, 1 within noise"
