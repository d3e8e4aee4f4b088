"""Recordings made on the spot."""

from __future__ import annotations

import asyncio
import functools

import numpy as np

from gemelo.benchmarks.fan import Clip, render, sound_bounds
from gemelo.models.adapters.espeak import EspeakVoice
from gemelo.models.vocabulary import IN_RATE, Language


@functools.cache
def spoken(text: str) -> Clip:
    """A text in a voice, from its first sound on."""

    async def said() -> Clip:
        voice = EspeakVoice()
        try:
            return await render(voice, text, Language("en"))
        finally:
            await voice.close()

    clip = asyncio.run(said())
    return clip[sound_bounds(clip)[0] :]


def chime(ms: int) -> Clip:
    """Two notes that die away, as loud as a voice."""
    at = np.arange(IN_RATE * ms // 1000) / IN_RATE
    notes = np.sin(2 * np.pi * 880 * at) + np.sin(2 * np.pi * 1320 * at)
    return (6000 * notes * np.exp(-12 * at)).astype(np.int16)
