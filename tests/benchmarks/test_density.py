"""How many sessions were held, told from what was measured."""

from __future__ import annotations

from gemelo.benchmarks.crowd import Waits
from gemelo.benchmarks.density import LADDERS, WITHIN_MS, Load, findings, finished, holds, knee
from gemelo.benchmarks.lag import Times
from gemelo.benchmarks.rows import Curve, Row


def load(sessions: int, *ms: float, asked: int | None = None, clips: tuple[int, ...] = ()) -> Load:
    numbered = clips or (0,) * len(ms)
    waits = Waits(tuple(zip(numbered, ms, strict=True)), len(ms) if asked is None else asked, 0)
    return Load(sessions, waits, 0.4, Times(), Times(), 200.0 + sessions)


ALONE = load(1, *[400.0] * 20)
HELD = [load(8, *[400.0] * 20), load(64, *[450.0] * 20)]


def test_a_core_holds_what_is_served_as_one_alone() -> None:
    """The p95 may be 100 ms over that of one session, and nearly every question must be answered."""
    assert holds(load(8, *[400 + WITHIN_MS] * 20), ALONE)
    assert not holds(load(8, *[401 + WITHIN_MS] * 20), ALONE)
    assert not holds(load(8, *[400.0] * 20, asked=25), ALONE)
    assert not holds(load(8), ALONE)


def test_the_knee_lies_before_the_first_crowd_that_was_too_large() -> None:
    """A larger one that happened to be served counts for nothing."""
    held, late = [400.0] * 20, [900.0] * 20
    assert knee([load(8, *held), load(32, *held), load(64, *late), load(96, *held)], ALONE) == 32
    assert knee([load(8, *late)], ALONE) == 1
    assert knee([], ALONE) == 1


def test_only_clips_that_were_always_taken_for_finished_are_used() -> None:
    """One whose answer once waited for a time-out would measure the turn model."""
    assert finished(load(8, 400, 420, 400, 1300, 2000, clips=(0, 0, 1, 1, 2)).waits) == [0]


def test_an_answer_that_came_early_shuts_no_clip_out() -> None:
    """How long an answer takes is what it takes with most clips."""
    waits = load(8, 150, 180, 400, 420, 410, 430, 400, clips=(0, 0, 1, 1, 2, 2, 3)).waits
    assert finished(waits) == [0, 1, 2, 3]


def test_nothing_is_chosen_where_nothing_was_answered() -> None:
    """There is no clip to go on with."""
    assert finished(load(8).waits) == []


def test_a_core_that_held_every_crowd_has_not_shown_what_it_holds() -> None:
    """A short run ends before the knee, and says nothing of it."""
    found = findings(LADDERS[0], ALONE, HELD)
    assert all(row.metric != "sessions_per_core" for row in found if isinstance(row, Row))
    assert [curve.knee for curve in found if isinstance(curve, Curve)] == [None, None]


def test_a_ladder_answers_the_targets() -> None:
    """Rows have the profiles that the targets name; curves carry the knee."""
    found = findings(LADDERS[0], ALONE, [*HELD, load(96, *[900.0] * 20)])
    rows = {(row.metric, row.profile): row.value for row in found if isinstance(row, Row)}
    assert rows["cpu_s_per_min", "N=64"] == 0.4
    assert rows["p95_over_single", "N=64"] == 50
    assert rows["mb_per_session", ""] == 1.0
    assert rows["sessions_per_core", "smart-turn"] == 64
    assert ("loop_lag_p99", "N=64") in rows
    assert [curve.knee for curve in found if isinstance(curve, Curve)] == [64, 64]
