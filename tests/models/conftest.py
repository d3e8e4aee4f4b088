"""What the tests of the embedded models need: their files, and speech rendered on the spot."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from gemelo.models.adapters.artifacts import State, listing
from gemelo.models.adapters.espeak import EspeakVoice
from gemelo.models.vocabulary import IN_RATE, OUT_RATE, Language

ROOT = Path(__file__).parents[2]

Render = Callable[[str, str], Awaitable[NDArray[np.int16]]]


@pytest.fixture(scope="session")
def model_directory() -> Path:
    directory = Path(os.environ.get("GEMELO_MODELS_DIR", ROOT / ".cache" / "models"))
    lacking = [
        line.model.name
        for line in listing(directory)
        if line.state is not State.PRESENT and not line.model.optional
    ]
    if lacking:
        pytest.fail(f"model files are missing ({', '.join(lacking)}): run `make setup`")
    return directory


@pytest.fixture(scope="session")
def shared_data() -> Path:
    directory = Path(os.environ.get("GEMELO_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not directory.is_dir():
        pytest.skip("shared data absent")
    return directory


@pytest.fixture
async def voice() -> AsyncIterator[EspeakVoice]:
    voice = EspeakVoice()
    yield voice
    await voice.close()


@pytest.fixture
def render(voice: EspeakVoice) -> Render:
    """Speaks a text; gives it as s16 at 16 kHz."""

    async def spoken(text: str, language: str) -> NDArray[np.int16]:
        async def source() -> AsyncIterator[str]:
            yield text

        pcm = b"".join([piece.pcm async for piece in voice.speak(source(), Language(language))])
        samples = np.frombuffer(pcm, np.int16)
        return soxr.resample(samples, OUT_RATE, IN_RATE).astype(np.int16)

    return spoken
