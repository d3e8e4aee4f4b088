"""Reading what people call a WAV file, and writing one."""

# soundfile has no types of its own below 0.14:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile  # pyright: ignore[reportMissingTypeStubs]
import soxr  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from gemelo.models.errors import BadAudio

LONGEST_S = 3600
_RATES = range(4_000, 384_001)


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono sound, float32 in -1..1, at `rate` Hz."""

    samples: NDArray[np.float32]
    rate: int

    def at(self, rate: int) -> NDArray[np.int16]:
        """The same in int16 at another rate."""
        converted = soxr.resample(self.samples, self.rate, rate)
        return np.clip(np.rint(converted * 32768), -32768, 32767).astype(np.int16)


def read(path: Path) -> Sound:
    """Reads a recording of any width and rate; channels are mixed, a truncated file gives what is left.

    Raises:
        BadAudio: it cannot be read, is no audio, holds none, or is too long.
    """
    try:
        with path.open("rb") as file, soundfile.SoundFile(file) as sound:
            if sound.samplerate not in _RATES:
                raise BadAudio(f"{path} is not usable: {sound.samplerate} Hz is no rate for speech")
            if sound.frames > LONGEST_S * sound.samplerate:
                raise BadAudio(f"{path} is too long: at most an hour")
            channels = sound.read(dtype="float32", always_2d=True)
            rate = sound.samplerate
    except OSError as error:
        raise BadAudio(f"{path} cannot be read: {error.strerror or 'it is no file'}") from None
    except soundfile.SoundFileError:
        raise BadAudio(f"{path} is no audio file that can be read: a WAV file is expected") from None
    if not len(channels):
        raise BadAudio(f"{path} holds no sound")
    mono = np.nan_to_num(channels, nan=0.0, posinf=1.0, neginf=-1.0).mean(axis=1)
    return Sound(np.clip(mono, -1, 1).astype(np.float32), rate)


def write_stereo(path: Path, left: NDArray[np.int16], right: NDArray[np.int16], rate: int) -> None:
    """Writes two channels as 16-bit PCM; the shorter one is filled up with silence.

    Raises:
        BadAudio: the file cannot be written.
    """
    both = np.zeros((max(len(left), len(right)), 2), np.int16)
    both[: len(left), 0] = left
    both[: len(right), 1] = right
    try:
        with path.open("wb") as file:
            soundfile.write(file, both, rate, subtype="PCM_16", format="WAV")
    except OSError as error:
        raise BadAudio(f"{path} cannot be written: {error.strerror}") from None
