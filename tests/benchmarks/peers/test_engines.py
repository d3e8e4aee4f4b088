"""The bare loop and Gemelo under the harness, in virtual time: its sums are right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import pytest

from gemelo.benchmarks.peers import bare
from gemelo.benchmarks.peers.conversation import Engine, Services
from gemelo.benchmarks.peers.gemelo import Parts
from gemelo.benchmarks.peers.modes import Job, play
from gemelo.benchmarks.peers.speech import Utterance
from gemelo.models.seams import TurnDetector, VoiceDetector
from tests.benchmarks.peers.speaking import CUT, WHOLE
from tests.fakes import WordGuard, at_once, context
from tests.virtual import virtually


def gemelo(settings: dict[str, Any]) -> Callable[[Services], Engine]:
    """Gemelo where no model hears: on the predicting script, or typed to."""
    nobody = cast(VoiceDetector, None), cast(TurnDetector, None)
    parts = Parts(context(), WordGuard(), *nobody, off_loop=at_once)
    return lambda services: parts.open_engine(services, settings)


BARE = partial(bare.open_engine, settings={})


def played(
    open_engine: Callable[[Services], Engine], job: Job, utterances: list[Utterance] | None = None
) -> dict[str, Any]:
    return virtually(play(job, open_engine, utterances or [WHOLE]))


def test_the_bare_loop_takes_what_the_services_take() -> None:
    """Final 150 ms, first token 180 ms, voice 90 ms; one call a turn, nothing wasted."""
    turns = played(BARE, Job("latency", predicts=False, turns=3, sessions=1, seconds=0, seed=1))["turns"]
    assert [turn["voice_to_voice_ms"] for turn in turns] == pytest.approx([420.0] * 3, abs=1)
    assert {(turn["calls"], turn["wasted"], turn["false_end"]) for turn in turns} == {(1, 0, False)}


def test_the_bare_loop_answers_half_a_sentence() -> None:
    """It takes every final for the end of a turn, and the harness says so."""
    job = Job("latency", predicts=False, turns=1, sessions=1, seconds=0, seed=1)
    (turn,) = played(BARE, job, [WHOLE, CUT])["turns"]
    assert (turn["cut"], turn["false_end"], turn["voice_to_voice_ms"]) == (True, True, None)


def test_the_bare_loop_stops_at_the_first_frame() -> None:
    """An interruption is timed from its first sample: a frame is 20 ms long."""
    found = played(BARE, Job("bargein", predicts=False, turns=2, sessions=1, seconds=0, seed=1))
    assert found["onset_to_silence"] == pytest.approx([20.0] * 2, abs=1)
    assert [turn["voice_to_voice_ms"] for turn in found["turns"]] == pytest.approx([420.0] * 2, abs=1)


def test_a_crowd_is_measured_together() -> None:
    """Every turn of every conversation counts, and every frame is on time where code takes no time."""
    found = played(BARE, Job("density", predicts=False, turns=0, sessions=3, seconds=20, seed=1))
    assert all(found["answered"])
    assert found["voice_to_voice"] == pytest.approx([420.0] * len(found["answered"]), abs=1)
    assert max(found["late_ms"]) == pytest.approx(0, abs=0.01)
    assert found["frames"] == pytest.approx(1.0, abs=0.01)


def test_gemelo_answers_a_predicted_end() -> None:
    """Its draft begins at the eager end, 120 ms after speech: 390 ms, and what the guard needs of a word."""
    job = Job("latency", predicts=True, turns=4, sessions=1, seconds=0, seed=1)
    turns = played(gemelo({"speculation": "SILENCE"}), job, [WHOLE, CUT])["turns"]
    assert all(389 < turn["voice_to_voice_ms"] < 450 for turn in turns)
    assert not any(turn["false_end"] for turn in turns)


def test_typed_turns_reach_the_engines() -> None:
    """What an engine adds is told from the mind's first token on."""
    job = Job("text", predicts=False, turns=2, sessions=1, seconds=0, seed=1)
    assert played(BARE, job)["added"] == pytest.approx([0.0, 0.0], abs=0.1)
    assert len(played(gemelo({"speculation": "SILENCE"}), job)["added"]) == 2
