"""A pipeline's sound as a session hears it."""

from __future__ import annotations

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from gemelo.models.vocabulary import IN_RATE
from gemelo.pipelines.pipecat.table import Hear

_REACH = 16
"""Samples that an interpolated one looks ahead and back; at 8 kHz that is 2 ms."""
_OFFSETS = np.arange(_REACH, -_REACH, -1) - 0.5
_BETWEEN = np.sinc(_OFFSETS) * np.kaiser(2 * _REACH, 6)


class Ear:
    """Makes s16le mono at `IN_RATE` of any rate and number of channels; whoever changes them is followed."""

    def __init__(self) -> None:
        self._rate = 0
        self._filter: _Doubled | soxr.ResampleStream | None = None

    def take(self, sound: Hear) -> bytes:
        """What has come of the sound so far; a filter holds some back, 2 ms from 8 kHz, else 10 to 20."""
        samples = np.frombuffer(sound.pcm, "<i2")
        if sound.channels > 1:
            samples = samples.reshape(-1, sound.channels).mean(axis=1).astype(np.int16)
        if sound.rate == IN_RATE:
            return samples.tobytes()
        if self._filter is None or sound.rate != self._rate:
            self._rate, self._filter = sound.rate, _filter(sound.rate)
        return self._filter.resample_chunk(samples).tobytes()


class _Doubled:
    """Twice as many samples, by a half-band filter: soxr holds back 30 ms of a telephone, and up to 60."""

    def __init__(self) -> None:
        self._past: NDArray[np.int16] = np.zeros(2 * _REACH - 1, np.int16)

    def resample_chunk(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        known = np.concatenate([self._past, samples])
        self._past = known[-(2 * _REACH - 1) :]
        doubled = np.empty(2 * len(samples), np.int16)
        doubled[0::2] = known[_REACH - 1 : _REACH - 1 + len(samples)]
        between = np.convolve(known, _BETWEEN, "valid")
        doubled[1::2] = np.clip(np.rint(between), -32768, 32767)
        return doubled


def _filter(rate: int) -> _Doubled | soxr.ResampleStream:
    if 2 * rate == IN_RATE:
        return _Doubled()
    return soxr.ResampleStream(rate, IN_RATE, 1, dtype="int16", quality="LQ")
