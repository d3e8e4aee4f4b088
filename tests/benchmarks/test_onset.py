"""Where the voice sets in in a recording, whatever the device sounded before it."""

from __future__ import annotations

import numpy as np
import pytest

from gemelo.benchmarks.fan import sound_bounds
from gemelo.benchmarks.onset import VoiceOnsets
from gemelo.models.vocabulary import IN_RATE
from tests.benchmarks.recordings import chime, spoken

MS = IN_RATE // 1000
TEXTS = ("Tell me about something else.", "Who won the first game?", "Sorry, what was that?")


@pytest.fixture(scope="module")
def onsets() -> VoiceOnsets:
    return VoiceOnsets()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("before_ms", [400, 800])
def test_a_tone_before_the_voice_is_not_the_voice(onsets: VoiceOnsets, text: str, before_ms: int) -> None:
    """The onset is at the first word, to two blocks of 10 ms, where energy says it is at the tone."""
    clip = np.concatenate((chime(before_ms), spoken(text)))
    assert sound_bounds(clip)[0] == 0
    found = onsets.find(clip, text)
    assert found is not None
    assert abs(found / MS - before_ms) <= 20


@pytest.mark.parametrize("text", TEXTS)
def test_a_clean_onset_is_where_the_sound_begins(onsets: VoiceOnsets, text: str) -> None:
    """Where only silence stands before the voice, alignment and energy agree."""
    clip = np.concatenate((np.zeros(500 * MS, np.int16), spoken(text)))
    found = onsets.find(clip, text)
    assert found is not None
    assert found == sound_bounds(clip)[0]


@pytest.mark.parametrize("text", ["Xqzt, what was that?", "7 times", "", "?!"])
def test_a_first_word_that_cannot_be_aligned_gives_no_onset(onsets: VoiceOnsets, text: str) -> None:
    """The second word's begin is not passed off as the voice's."""
    assert onsets.find(spoken(TEXTS[2]), text) is None
