"""Draft policies under their benchmark: a simple ear, scripted services, virtual time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from gemelo.benchmarks.drafted_turns import PROFILES, Saying, Setting, measure
from gemelo.benchmarks.rows import Row
from gemelo.benchmarks.scripted import ScriptedTurns
from gemelo.models.adapters.local_ear import LocalEars
from gemelo.models.seams import SpeechToText
from gemelo.models.vocabulary import IN_RATE
from tests.fakes import WordGuard, at_once
from tests.virtual import virtually

TURNS = 6
PROFILE = {profile.name: profile for profile in PROFILES}


class LoudnessDetector:
    """A voice is whatever can be heard."""

    def open(self, heard: Callable[[float], None]) -> LoudVoice:
        return LoudVoice(heard)


class LoudVoice:
    def __init__(self, heard: Callable[[float], None]) -> None:
        self._heard = heard

    def hear(self, window: NDArray[np.int16]) -> None:
        self._heard(float(np.abs(window).max() > 500))

    def close(self) -> None:
        pass


def hearing(recogniser: SpeechToText) -> LocalEars:
    return LocalEars(LoudnessDetector(), ScriptedTurns(), recogniser)


def saying(text: str, *, whole: bool = True) -> Saying:
    """A second of voice."""
    voice = np.full(IN_RATE, 3000, np.int16)
    return Saying(np.concatenate((np.zeros(1600, np.int16), voice)), text, whole)


OFFSIDE = (saying("what is the offside rule"),)


def played(*names: str, sayings: tuple[Saying, ...] = OFFSIDE) -> dict[str, Row]:
    """The rows of some profiles, by profile and metric."""
    setting = Setting(hearing, lambda _: WordGuard(), sayings, TURNS, at_once)
    rows = virtually(measure(setting, [PROFILE[name] for name in names], lambda line: None))
    return {f"{row.profile}: {row.metric}": row for row in rows}


def test_drafts_answer_sooner_and_cost_more() -> None:
    """Without drafts the services' times add up; in silence, at interims, each is sooner and wastes more."""
    rows = played("none", "A-silence", "A-interim")
    none, silence, interim = (rows[f"{name}: voice_to_voice"] for name in ("none", "A-silence", "A-interim"))
    assert none.value > silence.value > interim.value
    assert rows["A-silence: mind_calls"].value < rows["A-interim: mind_calls"].value
    assert "none: wasted_tokens" not in rows
    for name in ("none", "A-silence", "A-interim"):
        assert rows[f"{name}: answered"].value == 1
        assert rows[f"{name}: false_early, whole clips"].value == 0


def test_a_recogniser_that_predicts_decides_turns_itself() -> None:
    """Its turns are over 320 ms after the speech; cut clips, which it would know, are not played to it."""
    sayings = (saying("what is the offside rule"), saying("what is the", whole=False))
    rows = played("B-eager", "B-interim", sayings=sayings)
    for name in ("B-eager", "B-interim"):
        assert rows[f"{name}: end_of_turn"].value == pytest.approx(320, abs=1)
        assert rows[f"{name}: false_early"].n == 0
    assert rows["B-interim: voice_to_voice"].value < rows["B-eager: voice_to_voice"].value


def test_a_cut_that_is_answered_is_told() -> None:
    """Whoever takes the cut for an end is counted, and its speed with nobody's."""
    rows = played("A-silence", sayings=(saying("so do you play", whole=False),))
    assert rows["A-silence: false_early"].value == 1
    assert "A-silence: voice_to_voice" not in rows


def test_an_opener_sounds_at_the_commit_and_its_answer_follows() -> None:
    """Where a draft is late, its opener is not, and fills the time until it is there."""
    rows = played("openers")
    assert rows["openers: opened"].value == 1
    assert rows["openers: sound_after_commit"].value == pytest.approx(0, abs=1)
    assert rows["openers: gaps"].value == 0


def test_who_talks_over_the_twin_is_answered() -> None:
    """The turn that interrupted is drafted like any other."""
    rows = played("A-interim", "A-interim, interrupting")
    over = rows["A-interim, interrupting: voice_to_voice"]
    assert over.n >= TURNS - 1
    assert over.value == pytest.approx(rows["A-interim: voice_to_voice"].value, abs=60)
