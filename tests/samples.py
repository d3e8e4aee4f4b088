"""Recordings to make voices of."""

from __future__ import annotations

import wave
from io import BytesIO

import numpy as np


def wav(
    seconds: float = 5, rate: int = 16_000, *, channels: int = 1, width: int = 2, peak: int = 9_000
) -> bytes:
    """A hum, as a WAV file; it sounds the same each time."""
    at = np.arange(round(seconds * rate)) / rate
    hum = (peak * np.sin(2 * np.pi * 150 * at)).astype("<i4")
    pcm = (hum << 8 * (width - 2) if width > 2 else hum).repeat(channels)
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((channels, width, rate, 0, "NONE", ""))
        sound.writeframes(pcm.view(np.uint8).reshape(-1, 4)[:, :width].tobytes())
    return file.getvalue()
