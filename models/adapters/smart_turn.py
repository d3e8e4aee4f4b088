"""End of turn from the sound alone: Smart Turn v3.2, a Whisper encoder with a classifier on top.

The features are Whisper's log-mel spectrogram (Radford et al. 2022, section 2.2): 16 kHz, 400-point
FFT, hop 160, 80 bins on Slaney's mel scale.
"""

from __future__ import annotations

import asyncio
import math
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gemelo.models.adapters.onnx_session import OnnxModel
from gemelo.models.vocabulary import IN_RATE

SAMPLES = 8 * IN_RATE
FRAMES = 800
_FFT = 400
_HOP = 160
_HALF = _FFT // 2
_BINS = 80
_NICE = 10

_Floats = NDArray[np.float32]


class SmartTurnDetector:
    """`TurnDetector` on Smart Turn.

    Inference takes about 20 ms and gains nothing from batches, so it runs in one thread of low
    priority beside the event loop. A question whose asker was cancelled before its turn came is
    dropped.

    Args:
        path: the ONNX file, as `smart_turn_onnx` makes it.

    Raises:
        ModelFileError: the file is missing or no model.
    """

    def __init__(self, path: Path) -> None:
        self._model = OnnxModel(path)
        self._thread = ThreadPoolExecutor(1, "smart-turn", initializer=_lower_priority)

    async def finished(self, pcm: NDArray[np.int16]) -> float:
        """See `TurnDetector.finished`. Only the last 8 s count."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.probability, pcm)

    def probability(self, pcm: NDArray[np.int16]) -> float:
        """As `finished`, but blocks."""
        (found,) = self._model.run({"input_features": log_mel(pcm)[None]})
        return float(found.flat[0])

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)


def log_mel(pcm: NDArray[np.int16]) -> _Floats:
    """Log-mel spectrogram (80, 800), float32, of up to 8 s at 16 kHz, silence put in front.

    As Whisper's extractor on the padded, normalised signal, but what lies wholly inside the padding
    is constant and computed once: 0.3 ms for a short question instead of 16.
    """
    audio = pcm[-SAMPLES:].astype(np.float32) * np.float32(1 / 32768)
    audio, silence = _normalised(audio)
    padding = SAMPLES - len(audio)
    skipped = max(0, (padding - _HALF) // _HOP - 1)  # frame t covers samples t * 160 ± 200
    signal: _Floats
    if skipped:
        lead = padding - (skipped * _HOP - _HALF)
        signal = np.concatenate((np.full(lead, silence), audio, _reflected(audio, silence)))
    else:
        signal = np.pad(np.concatenate((np.full(padding, silence), audio)), _HALF, mode="reflect")
    spectrum = np.empty((FRAMES, _BINS), np.float32)
    if skipped:
        spectrum[:skipped] = _log_power(np.full(_FFT, silence))[0]
    spectrum[skipped:] = _log_power(signal)[: FRAMES - skipped]
    np.maximum(spectrum, spectrum.max() - 8, out=spectrum)
    return np.ascontiguousarray(((spectrum + 4) / 4).T, np.float32)


def _normalised(audio: _Floats) -> tuple[_Floats, np.float32]:
    """Zero mean and unit variance over the padded 8 s; also what the padding becomes."""
    mean = np.float32(audio.sum() / SAMPLES)
    power = np.square(audio - mean).sum() + mean * mean * (SAMPLES - len(audio))
    deviation = np.float32(np.sqrt(power / SAMPLES + 1e-7))
    return np.asarray((audio - mean) / deviation, np.float32), np.float32(-mean / deviation)


def _reflected(audio: _Floats, silence: np.float32) -> _Floats:
    """The 200 samples that reflection puts after the end."""
    tail = np.concatenate((np.full(max(0, _HALF + 1 - len(audio)), silence), audio[-_HALF - 1 :]))
    return tail[-2 : -_HALF - 2 : -1]


def _log_power(signal: _Floats) -> _Floats:
    frames = sliding_window_view(signal, _FFT)[::_HOP] * _WINDOW
    spectrum = np.fft.rfft(frames, axis=-1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return np.log10(np.maximum(power @ _FILTERS, 1e-10))


def mel_filters() -> _Floats:
    """Slaney's triangular filters of unit area, (201, 80): linear below 1 kHz, then logarithmic."""
    step = math.log(6.4) / 27
    top = 15 + math.log(IN_RATE / 2 / 1000) / step
    mels = np.linspace(0, top, _BINS + 2)
    edges: NDArray[np.float64] = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp(step * (mels - 15)))
    slopes: NDArray[np.float64] = edges[None] - np.linspace(0, IN_RATE / 2, _HALF + 1)[:, None]
    falling = -slopes[:, :-2] / np.diff(edges)[:-1]
    rising = slopes[:, 2:] / np.diff(edges)[1:]
    triangles = np.maximum(0, np.minimum(falling, rising))
    return (triangles * 2 / (edges[2:] - edges[:-2])).astype(np.float32)


def _lower_priority() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


_WINDOW: _Floats = np.hanning(_FFT + 1)[:-1].astype(np.float32)
_FILTERS: _Floats = mel_filters()
