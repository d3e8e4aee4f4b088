"""What fans say, whole and broken off, on its way to every engine."""

from __future__ import annotations

import json
import random
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gemelo.benchmarks.peers import speech, utterances
from gemelo.benchmarks.peers.speech import IN_RATE
from gemelo.benchmarks.transcripts import said
from tests.benchmarks.peers.speaking import CUT, WHOLE
from tests.benchmarks.recordings import chime, spoken


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


def test_recordings_bring_their_words(tmp_path: Path) -> None:
    """Words are found where they sound; what begins with a tone, or goes on, is left out."""
    text = "Tell me about something else."
    voice = spoken(text)
    clips = {"voice": voice, "tone": np.concatenate((chime(600), voice)), "unfinished": voice}
    lines: list[dict[str, object]] = []
    for name, clip in clips.items():
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, IN_RATE, 0, "NONE", ""))
            file.writeframes(clip.tobytes())
        lines.append({"file": f"{name}.wav", "text": text, "turn_complete": name != "unfinished"})
    (tmp_path / "manifest.jsonl").write_text("\n".join(map(json.dumps, lines)))
    (only,) = utterances.recorded([tmp_path])
    (stretch,) = only.stretches
    assert said(only.stretches) == "tell me about something else"
    assert all(before.to_ms <= after.from_ms for before, after in pairwise(stretch.words))
    assert stretch.from_ms <= stretch.words[0].from_ms < stretch.words[-1].to_ms <= stretch.to_ms
