from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gemelo.models.adapters.silero_network import CONTEXT, WIDTH, WINDOW, SileroNetwork
from gemelo.models.errors import ModelFileError

# Of the original file in ONNX Runtime 1.31, for `diphthong`.
ORIGINAL = (
    *(0.0849, 0.0478, 0.0227, 0.0218, 0.0169, 0.0126, 0.0096, 0.0081, 0.0080, 0.0082, 0.0133),
    *(0.1269, 0.6072, 0.9278, 0.9783, 0.9697, 0.9761, 0.9708, 0.9521, 0.9337, 0.9344, 0.9407),
    *(0.9255, 0.8738, 0.8041, 0.6974, 0.5592, 0.4943, 0.4555, 0.3177, 0.4275, 0.5374),
)

Floats = NDArray[np.float32]


def diphthong() -> Floats:
    """A second of an artificial voice, (32, 512): a larynx's pulses through a mouth that opens and closes."""
    time = np.arange(len(ORIGINAL) * WINDOW) / 16_000
    pulses = np.diff(np.floor(np.cumsum(120 * (1 + 0.15 * np.sin(9 * time))) / 16_000), prepend=0)
    decay = np.arange(640) / 16_000

    def vowel(*formants: float) -> NDArray[np.float64]:
        resonances = np.cos(2 * np.pi * np.outer(formants, decay)) * np.exp(-250 * decay)
        return np.convolve(pulses, resonances.sum(0))[: len(time)]

    open = 0.5 + 0.5 * np.sin(2 * np.pi * 1.5 * time)
    voice = 0.1 * (vowel(700, 1200, 2600) * open + vowel(300, 2300, 3000) * (1 - open))
    return ((voice * 32_767).astype(np.int16) / np.float32(32_768)).astype(np.float32).reshape(-1, WINDOW)


def test_it_answers_as_the_original_does(model_directory: Path) -> None:
    """Window after window, from silence to a sure voice and back, with the same state behind it."""
    network = SileroNetwork(model_directory / "silero_vad.npz")
    context = np.zeros((1, CONTEXT), np.float32)
    hidden = cell = np.zeros((1, WIDTH), np.float32)
    found: list[float] = []
    for window in diphthong():
        sound = np.concatenate((context, window[None]), 1)
        probability, hidden, cell = network.run(sound, hidden, cell)
        context = sound[:, -CONTEXT:]
        found += probability.tolist()
    assert found == pytest.approx(ORIGINAL, abs=2e-4)


def test_weights_of_something_else_say_what_to_run(tmp_path: Path) -> None:
    """A file of arrays with other names is refused like one that is none."""
    np.savez(tmp_path / "other.npz", weight=np.zeros(3))
    with pytest.raises(ModelFileError, match="gemelo models fetch"):
        SileroNetwork(tmp_path / "other.npz")
