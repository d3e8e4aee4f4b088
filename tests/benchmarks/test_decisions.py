"""Takes decided without models: what their silences were judged is written down."""

from __future__ import annotations

import numpy as np
import pytest

from gemelo.benchmarks.alignment import SaidWord
from gemelo.benchmarks.decisions import NEVER_MS, Knowing, decide, hear, hurried
from gemelo.benchmarks.silences import Silence
from gemelo.benchmarks.takes import Pause, Take
from gemelo.models.ending import EndingParameters
from gemelo.models.vocabulary import IN_RATE, Language

S = IN_RATE
P = EndingParameters()
VAD = Knowing("vad", sound=False, words=False)
SOUND = Knowing("smart-turn", sound=True, words=False)
WORDS = Knowing("words", sound=False, words=True)
TAKE = Take(
    "a",
    Language("en"),
    "human",
    np.zeros(6 * S, np.int16),
    (SaidWord("the", S), SaidWord("ball", 3 * S)),
    (Pause(S, 2 * S, natural=False),),
    3 * S,
)


def silences(pause: float, end: float) -> list[Silence]:
    """One of a second after the first word, one of two after the last, as the detector judges them."""
    return [Silence(S, 31, {4: pause, 8: pause}), Silence(3 * S, 62, {4: end, 8: end})]


def test_silence_alone_waits_for_the_time_out() -> None:
    """A pause longer than the time-out is a false end; a true one is found that late."""
    quick = hurried(P, 0.5)
    found = decide(hear(TAKE, silences(0.0, 1.0)), VAD, quick)
    assert found.false == (True,)
    assert found.delay_ms == pytest.approx(quick.timeout_ms, abs=32)
    assert found.asked == 0


def test_the_detector_tells_a_pause_from_an_end() -> None:
    """It is asked once a silence, and its answer is a window late."""
    found = decide(hear(TAKE, silences(0.0, 0.9999)), SOUND, P)
    assert found.false == (False,)
    assert found.delay_ms == pytest.approx(P.probe_ms, abs=32)
    assert found.asked == 2


def test_an_open_clause_is_no_end() -> None:
    """Words alone keep "the" open past the time-out that would have ended it."""
    heard = hear(TAKE, silences(0.9999, 0.9999))
    assert decide(heard, WORDS, P).false == (False,)
    assert decide(heard, SOUND, P).false == (True,)


def test_an_end_that_is_never_found_is_late_not_left_out() -> None:
    """A median over the ends that were found would flatter."""
    found = decide(hear(TAKE, silences(0.0, 0.0)[:1]), SOUND, P)
    assert found.delay_ms == NEVER_MS


def test_hurry_stretches_every_time_but_the_question() -> None:
    """A curve is drawn by one factor; asking the detector earlier would be another detector."""
    half = hurried(P, 0.5)
    assert half.probe_ms == P.probe_ms
    assert half.timeout_ms == P.timeout_ms / 2
    assert half.unfinished_ms == P.unfinished_ms / 2


def test_a_silence_where_there_is_no_pause_counts_in_the_recording_as_it_is() -> None:
    """A voice activity model that loses the voice in mid-word may end a turn there."""
    as_it_is = Take(TAKE.source, TAKE.language, TAKE.voice, TAKE.audio, TAKE.words, (), TAKE.end)
    lost = [Silence(S // 2, 10, {4: 0.9999, 8: 0.9999}), silences(0.0, 0.9999)[1]]
    assert decide(hear(as_it_is, lost), SOUND, P).false == (True,)
    assert decide(hear(TAKE, lost), SOUND, P).false == (False,)
