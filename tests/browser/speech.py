"""Speech for a microphone and a measure of whether it came out of a loudspeaker."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from gemelo.models.adapters.espeak import EspeakVoice
from gemelo.models.vocabulary import OUT_RATE, Language

MIC_RATE = 48_000
"""The only rate at which Chromium's fake microphone plays a file faithfully."""

Samples = NDArray[np.float32]


def render(text: str, language: str = "en") -> Samples:
    """Synthesises a sentence now: mono at `MIC_RATE`, -1 to 1."""

    async def speak() -> bytes:
        async def pieces() -> AsyncIterator[str]:
            yield text

        voice = EspeakVoice()
        try:
            async with aclosing(voice.speak(pieces(), Language(language))) as speech:
                return b"".join([piece.pcm async for piece in speech])
        finally:
            await voice.close()

    with ThreadPoolExecutor(1) as thread:  # Playwright keeps a loop running in this one
        pcm = samples(thread.submit(asyncio.run, speak()).result())
    return np.asarray(soxr.resample(pcm, OUT_RATE, MIC_RATE), dtype=np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * MIC_RATE), dtype=np.float32)


def record(path: Path, *parts: Samples) -> Path:
    """Writes parts one after the other as a file that Chromium takes for a microphone."""
    pcm = (np.concatenate(parts) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(MIC_RATE)
        file.writeframes(pcm.tobytes())
    return path


def samples(pcm: bytes) -> Samples:
    """s16le as numbers from -1 to 1."""
    return (np.frombuffer(pcm, dtype="<i2") / 32768).astype(np.float32)


def likeness(piece: Samples, whole: Samples) -> float:
    """The best normalised correlation of a piece with any stretch of a longer recording."""
    size = 1 << (len(whole) + len(piece)).bit_length()
    spectrum = np.fft.rfft(whole, size) * np.conj(np.fft.rfft(piece, size))
    products = np.fft.irfft(spectrum, size)[: len(whole) - len(piece) + 1]
    energy = np.concatenate([[0.0], np.cumsum(whole.astype(np.float64) ** 2)])
    norms = np.sqrt((energy[len(piece) :] - energy[: -len(piece)]) * np.sum(piece.astype(np.float64) ** 2))
    return float(np.max(products / np.maximum(norms, 1e-3)))
