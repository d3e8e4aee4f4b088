from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gemelo.models.adapters.smart_turn import SAMPLES, SmartTurnDetector, log_mel, mel_filters
from tests.models.conftest import Render


def slow_log_mel(pcm: NDArray[np.int16]) -> NDArray[np.float64]:
    """Whisper's features as its paper says, frame by frame on the whole padded signal."""
    audio = np.zeros(SAMPLES)
    if len(pcm):
        audio[-len(pcm[-SAMPLES:]) :] = pcm[-SAMPLES:] / 32768
    audio = (audio - audio.mean()) / np.sqrt(audio.var() + 1e-7)
    padded = np.pad(audio, 200, mode="reflect")
    window = np.hanning(401)[:-1]
    rows: list[NDArray[np.float64]] = []
    for frame in range(800):
        power = np.abs(np.fft.rfft(padded[frame * 160 : frame * 160 + 400] * window)) ** 2
        rows.append(np.log10(np.maximum(power @ mel_filters(), 1e-10)))
    spectrum = np.array(rows)
    return ((np.maximum(spectrum, spectrum.max() - 8) + 4) / 4).T


@pytest.mark.parametrize("samples", [0, 1, 150, 400, 16_000, 127_500, 128_000, 150_000])
def test_features_are_those_of_the_slow_way(samples: int) -> None:
    """Leaving out the padding's frames changes nothing, whatever the length."""
    pcm = np.random.default_rng(samples).normal(100, 3000, samples).astype(np.int16)
    assert np.allclose(log_mel(pcm), slow_log_mel(pcm), atol=2e-4)


def test_filters_are_slaneys() -> None:
    """Each filter has unit area, and their peaks rise: evenly below 1 kHz, then ever wider apart."""
    filters = mel_filters().astype(np.float64)
    assert filters.shape == (201, 80)
    assert np.allclose(filters.sum(axis=0) * 40, 1, atol=0.1)  # FFT bins are 40 Hz apart
    peaks = filters.argmax(axis=0)
    assert (np.diff(peaks) >= 0).all()
    assert peaks[-1] - peaks[-2] > 2 * (peaks[10] - peaks[9])


async def test_a_question_sounds_finished_and_its_beginning_does_not(
    model_directory: Path, shared_data: Path
) -> None:
    """On a recorded question the whole is judged finished, its first half is not."""
    import wave

    detector = SmartTurnDetector(model_directory / "smart_turn_v3.2.light.onnx")
    with wave.open(str(shared_data / "turns" / "bike_long_male.wav")) as clip:
        speech = np.frombuffer(clip.readframes(clip.getnframes()), np.int16)
    silence = np.zeros(3200, np.int16)
    whole = await detector.finished(np.concatenate((speech[:26_880], silence)))
    half = await detector.finished(np.concatenate((speech[:13_000], silence)))
    detector.close()
    assert whole > 0.5 > half


async def test_long_audio_is_cut_to_its_end(model_directory: Path, render: Render) -> None:
    """Only the last eight seconds count."""
    detector = SmartTurnDetector(model_directory / "smart_turn_v3.2.light.onnx")
    speech = np.tile(await render("Where do we go now?", "en"), 10)
    assert await detector.finished(speech) == await detector.finished(speech[-SAMPLES:])
    detector.close()
