"""Figures of rounds, and the engines side by side."""

from __future__ import annotations

from typing import Any

from gemelo.benchmarks.peers.configs import Config
from gemelo.benchmarks.peers.figures import rows, side_by_side
from gemelo.benchmarks.peers.modes import Job
from gemelo.benchmarks.peers.rounds import QUICK, Result, Round, passes
from gemelo.benchmarks.rows import Row


def result(engine: str, profile: str, mode: str, found: dict[str, Any], sessions: int = 1) -> Result:
    job = Job(mode, predicts=False, turns=1, sessions=sessions, seconds=1, seed=1)
    return Result(Round(Config(engine, engine, profile, {}, (mode,)), job), found)


def turn(ms: float | None, *, cut: bool = False, false_end: bool = False) -> dict[str, Any]:
    return {
        "cut": cut,
        "voice_to_voice_ms": ms,
        "early": ms == 300.0,
        "false_end": false_end,
        "calls": 2,
        "tokens": 40,
        "wasted": 10,
    }


def crowd(memory: float) -> dict[str, Any]:
    return {
        "cpu_s_per_min": 0.5,
        "frames": 1.0,
        "late_ms": [0.0, 1.0],
        "memory_mb": memory,
        "voice_to_voice": [400.0],
        "answered": [True],
    }


def found() -> dict[tuple[str, str, str], Row]:
    results = [
        result("gemelo", "A-interim", "latency", {"turns": [turn(300.0), turn(500.0)]}),
        result(
            "gemelo", "A-silence", "latency", {"turns": [turn(400.0), turn(None, cut=True, false_end=True)]}
        ),
        result("pipecat", "A-silence", "latency", {"turns": [turn(800.0), turn(800.0, cut=True)]}),
        result("pipecat", "A-silence", "latency", {"turns": [turn(None)]}),
        result("gemelo", "A-silence", "density", crowd(100.0), sessions=8),
        result("gemelo", "A-silence", "density", crowd(124.0), sessions=32),
    ]
    return {(row.engine, row.profile, row.metric): row for row in rows(results)}


def test_rounds_of_one_engine_are_pooled() -> None:
    """Times of what was answered; what was not, and what was falsely ended, is told apart."""
    figures = found()
    assert figures["pipecat", "A-silence", "voice_to_voice"].n == 2
    assert figures["pipecat", "A-silence", "answered"].value == 0.6667
    assert figures["gemelo", "A-silence", "false_end"].value == 1.0
    assert figures["gemelo", "A-silence", "false_end, whole utterances"].value == 0.0
    assert figures["gemelo", "A-silence", "wasted_tokens"].value == 0.25


def test_drafts_that_held_are_never_pooled_with_those_that_did_not() -> None:
    """Each has its row."""
    figures = found()
    assert figures["gemelo", "A-interim", "voice_to_voice, draft held"].value == 300.0
    assert figures["gemelo", "A-interim", "voice_to_voice, no draft held"].value == 500.0


def test_a_peer_stands_against_all_that_heard_the_same() -> None:
    """A peer on a plain recogniser is compared with both of our policies of drafts."""
    figures = found()
    assert figures["pipecat", "A-interim", "voice_to_voice, times gemelo's"].value == 2.0
    assert figures["pipecat", "A-silence", "voice_to_voice, times gemelo's"].value == 2.0


def test_memory_is_told_between_two_crowds() -> None:
    """What one more session takes."""
    assert found()["gemelo", "", "mb_per_session"].value == 1.0


def test_the_engines_stand_side_by_side() -> None:
    """Ours first, the ratio in brackets."""
    lines = side_by_side(list(found().values())).splitlines()
    peer = next(line for line in lines if "pipecat" in line)
    assert "800 (2x)" in peer
    assert lines.index(peer) > next(at for at, line in enumerate(lines) if "gemelo" in line)


def test_every_pass_plays_every_engine() -> None:
    """Passes are alike but for their seed, so that engines can be compared within each."""
    first, second, *_ = passes(QUICK)
    assert [(r.config, r.job.mode) for r in first] == [(r.config, r.job.mode) for r in second]
    assert {r.config.engine for r in first} == {"gemelo", "pipecat", "livekit", "bare"}
    assert {r.job.seed for r in first} != {r.job.seed for r in second}


def test_a_twin_that_was_silent_already_was_not_quick() -> None:
    """What a breath before the voice had stopped is told apart."""
    interrupted = result("livekit", "A-silence", "bargein", {"onset_to_silence": [120.0, None], "turns": []})
    figures = {row.metric: row for row in rows([interrupted])}
    assert (figures["onset_to_pause"].n, figures["paused_before"].value) == (1, 0.5)
