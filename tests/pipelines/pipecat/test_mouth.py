"""Tests for the twin's voice at the rate of a telephone."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gemelo.models.vocabulary import OUT_RATE
from gemelo.pipelines.pipecat.mouth import Mouth
from gemelo.pipelines.pipecat.table import Voice


def said(rate: int, pitch: float, frame: int = OUT_RATE // 50) -> NDArray[np.float64]:
    """A second of a tone (Hz) as a pipeline of a rate puts it out, by frames of so many samples."""
    tone = (np.sin(np.arange(OUT_RATE) * 2 * np.pi * pitch / OUT_RATE) * 10_000).astype("<i2")
    mouth = Mouth(rate)
    voices = [
        mouth.take(Voice(tone[at : at + frame].tobytes(), OUT_RATE, 1)) for at in range(0, OUT_RATE, frame)
    ]
    assert {voice.sample_rate for voice in voices} == {rate}
    return np.frombuffer(b"".join(voice.audio for voice in voices), "<i2").astype(float)


@pytest.mark.parametrize("rate", [8_000, 12_000])
@pytest.mark.parametrize("frame", [480, 1_000])
def test_a_voice_is_put_out_whole_at_a_lower_rate(rate: int, frame: int) -> None:
    """Nothing is kept back for the next frame, whatever its size; what the rate can have is as loud."""
    samples = said(rate, 1_000, frame)
    assert abs(len(samples) - rate) <= 1
    assert samples[rate // 10 :].max() == pytest.approx(10_000, rel=0.01)


def test_what_a_telephone_cannot_carry_is_not_heard_in_another_pitch() -> None:
    """A tone above its band is 50 dB below; one at its upper end is there."""
    assert np.abs(said(8_000, 4_600)[200:]).max() < 10_000 / 300
    assert said(8_000, 3_300)[200:].max() > 9_000


@pytest.mark.parametrize("rate", [24_000, 48_000, 16_000, 44_100])
def test_other_rates_are_left_to_the_transport(rate: int) -> None:
    """It has all that is needed to end them well."""
    voice = Voice(b"\0\0" * 480, OUT_RATE, 1)
    assert Mouth(rate).take(voice) is voice


def test_nothing_of_what_was_cut_is_in_what_comes_next() -> None:
    """The filter forgets it."""
    mouth = Mouth(8_000)
    mouth.take(Voice(b"\xff\x7f" * 480, OUT_RATE, 1))
    mouth.forget()
    assert mouth.take(Voice(bytes(960), OUT_RATE, 1)).audio == bytes(320)
