"""The twin's voice at the rate of a telephone."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gemelo.models.vocabulary import OUT_RATE
from gemelo.pipelines.pipecat.table import Voice

_TAPS = 121
"""Of a filter that is 60 samples late, 2.5 ms."""
_PASSED = 0.93
"""Of the band that the lower rate has: from there to its edge the filter closes."""


class Mouth:
    """Makes of the twin's voice what a pipeline puts out, where that is a whole part of `OUT_RATE`.

    pipecat's own resampler would keep back 85 ms on the way to 8 kHz, and up to 150. What this leaves as it
    is, that one does.

    Args:
        rate: at which the pipeline puts out sound (Hz).
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._step = OUT_RATE // rate if 0 < rate < OUT_RATE and OUT_RATE % rate == 0 else 1
        offsets = np.arange(_TAPS) - _TAPS // 2
        closed = np.sinc(offsets * _PASSED / self._step) * np.kaiser(_TAPS, 5)
        self._filter: NDArray[np.float64] = closed / closed.sum()
        self.forget()

    def forget(self) -> None:
        """What comes next does not go on from what came before."""
        self._past: NDArray[np.int16] = np.zeros(_TAPS - 1, np.int16)

    def take(self, voice: Voice) -> Voice:
        """The next piece of it."""
        if self._step == 1:
            return voice
        known = np.concatenate([self._past, np.frombuffer(voice.audio, "<i2")])
        windows = sliding_window_view(known, _TAPS)[:: self._step]
        self._past = known[len(windows) * self._step :]
        pcm = np.clip(np.rint(windows @ self._filter), -32768, 32767).astype("<i2").tobytes()
        return Voice(pcm, self._rate, 1, context_id=voice.context_id)
