"""Tests for a pipeline's sound as a session hears it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from gemelo.models.vocabulary import IN_RATE
from gemelo.pipelines.pipecat.ear import Ear
from gemelo.pipelines.pipecat.table import Hear


def tone(rate: int, channels: int = 1) -> bytes:
    """A second of 440 Hz; of two channels the other is silent."""
    wave = (np.sin(np.arange(rate) * 2 * np.pi * 440 / rate) * 10_000).astype("<i2")
    silent = [np.zeros(rate, "<i2")] * (channels - 1)
    return np.stack([wave, *silent], axis=1).tobytes()


def heard(ear: Ear, pcm: bytes, rate: int, channels: int = 1) -> NDArray[np.float64]:
    """What comes of it in frames of 20 ms."""
    size = rate // 50 * 2 * channels
    pieces = [ear.take(Hear(pcm[at : at + size], rate, channels)) for at in range(0, len(pcm), size)]
    return np.frombuffer(b"".join(pieces), "<i2").astype(float)


def pitch(samples: NDArray[np.float64]) -> float:
    """The loudest frequency (Hz)."""
    return float(np.argmax(np.abs(np.fft.rfft(samples))) * IN_RATE / len(samples))


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_any_rate_is_heard_at_the_sessions(rate: int) -> None:
    """All of it but what the filter holds back, at its pitch."""
    samples = heard(Ear(), tone(rate), rate)
    assert IN_RATE * 0.97 < len(samples) <= IN_RATE
    assert pitch(samples) == pytest.approx(440, abs=2)


def test_a_telephone_is_heard_without_delay_and_without_an_echo_in_another_pitch() -> None:
    """Frame by frame; what 8 kHz cannot have sounded is 60 dB below."""
    wave = (np.sin(np.arange(8_000) * 2 * np.pi * 3_000 / 8_000) * 10_000).astype("<i2").tobytes()
    ear = Ear()
    assert len(ear.take(Hear(wave[:320], 8_000, 1))) == 640
    spectrum = np.abs(np.fft.rfft(heard(ear, wave[320:], 8_000)[100:] * np.hanning(15_580)))
    above = spectrum[len(spectrum) // 2 + 400 :]
    assert above.max() < spectrum.max() / 1000


def test_channels_become_one() -> None:
    """Half of it where the other is silent."""
    samples = heard(Ear(), tone(IN_RATE, channels=2), IN_RATE, 2)
    assert len(samples) == IN_RATE
    assert samples.max() == pytest.approx(5_000, rel=0.01)


def test_a_rate_that_changes_is_followed() -> None:
    """A telephone that is handed over to a browser."""
    ear = Ear()
    heard(ear, tone(8_000), 8_000)
    assert pitch(heard(ear, tone(48_000), 48_000)) == pytest.approx(440, abs=2)
