"""What is told of a turn from samples and calls."""

from __future__ import annotations

import math

import pytest

from gemelo.benchmarks.peers.conversation import Said
from gemelo.benchmarks.peers.playback import Span
from gemelo.benchmarks.peers.scoring import TurnScore, onset_to_silence_ms, score
from gemelo.benchmarks.peers.services import Call
from gemelo.benchmarks.transcripts import FINAL_MS
from tests.benchmarks.peers.speaking import CUT, WHOLE

TURN = Said(WHOLE, 10.0)
ENDED = 11.0
WORDS = "What is the offside rule?"


def scored(turn: Said, calls: list[Call], sounding: list[Span]) -> TurnScore:
    return score(turn, math.inf, FINAL_MS, calls, sounding)


def test_an_answer_is_timed_from_the_last_sample_to_its_first() -> None:
    """Whatever else the mind was asked; an earlier turn's reply does not count."""
    calls = [Call(1, 8.0, "before", 5), Call(2, 10.9, "what is the", 7), Call(3, 11.2, WORDS, 40)]
    found = scored(TURN, calls, [Span(9.0, 10.5, 1), Span(11.5, 13.0, 3)])
    assert found == TurnScore(False, 500.0, False, False, calls=2, tokens=47, wasted=7)


def test_an_early_call_is_a_draft_that_held() -> None:
    """Hits and misses can be told apart: this call was made before the final."""
    assert scored(TURN, [Call(1, 11.1, WORDS, 40)], [Span(11.4, 13.0, 1)]).early


def test_half_a_question_answered_is_a_false_end() -> None:
    """Its time is not counted, also when the whole is answered afterwards."""
    turn = Said(CUT, 10.0)
    calls = [Call(1, 10.7, "what is the", 40), Call(2, turn.ended + 0.2, "offside rule in football", 40)]
    found = scored(turn, calls, [Span(11.0, 11.8, 1), Span(turn.ended + 0.5, turn.ended + 2, 2)])
    assert (found.cut, found.false_end, found.voice_to_voice_ms) == (True, True, None)


def test_talking_over_the_fan_is_a_false_end() -> None:
    """Even with the right answer."""
    assert scored(TURN, [Call(1, 10.6, WORDS, 40)], [Span(10.9, 13.0, 1)]).false_end


def test_a_turn_without_an_answer_has_no_time() -> None:
    """It is no false end either."""
    found = scored(TURN, [Call(1, 11.2, WORDS, 3)], [])
    assert (found.voice_to_voice_ms, found.false_end, found.wasted) == (None, False, 3)


def test_silence_begins_where_the_sound_ends_for_good() -> None:
    """A voice that ran dry for a moment has not stopped; one that comes back later has."""
    sounding = [Span(0.0, 2.1, 1), Span(2.2, 2.4, 1), Span(3.0, 4.0, 2)]
    assert onset_to_silence_ms(2.0, sounding) == pytest.approx(400.0)
    assert onset_to_silence_ms(2.5, sounding) is None
