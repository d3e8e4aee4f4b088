"""What fans say, whole and broken off, on its way to every engine."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from gemelo.benchmarks.peers import speech, utterances
from gemelo.benchmarks.peers.speech import IN_RATE
from gemelo.benchmarks.transcripts import said
from tests.benchmarks.peers.speaking import CUT, WHOLE


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """Sound and words, in another interpreter."""
    speech.save([WHOLE, CUT], tmp_path / "said.npz")
    for before, after in zip([WHOLE, CUT], speech.load(tmp_path / "said.npz"), strict=True):
        assert np.array_equal(before.clip, after.clip)
        assert before.stretches == after.stretches


@pytest.mark.parametrize("seed", range(5))
def test_a_sentence_is_broken_off_after_an_inner_word(seed: int) -> None:
    """Its words stay the same, and for so long as the pause lasts nothing sounds."""
    broken = utterances.broken_off(WHOLE, random.Random(seed))
    first, second = broken.stretches
    assert said(broken.stretches) == said(WHOLE.stretches)
    assert 600 <= second.from_ms - first.to_ms <= 1500
    pause = broken.clip[round(first.to_ms * IN_RATE / 1000) : round(second.from_ms * IN_RATE / 1000) - 1]
    assert not pause.any()
    assert len(broken.clip) == len(WHOLE.clip) + round((second.from_ms - first.to_ms) * IN_RATE / 1000)


def test_every_engine_hears_the_same_mix() -> None:
    """The seed decides; one in so many is broken off, none where that is not wanted."""
    once, again = (utterances.mixed([WHOLE], 6, seed=4) for _ in range(2))
    assert [u.stretches for u in once] == [u.stretches for u in again]
    assert [u.is_cut for u in once] == [False, False, True, False, False, True]
    assert not any(u.is_cut for u in utterances.mixed([WHOLE], 6, seed=4, cut=False))
