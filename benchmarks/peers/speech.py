"""What the fan says: a sound, and which word of it sounds when. Neutral."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gemelo.benchmarks.transcripts import Stretch, Word

IN_RATE = 16000
OUT_RATE = 24000

Clip = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of the fan.

    Attributes:
        clip: its sound (samples,) at `IN_RATE`.
        stretches: where in it which words sound, ms from its first sample.
    """

    clip: Clip
    stretches: tuple[Stretch, ...]

    @property
    def is_cut(self) -> bool:
        """Whether the fan pauses in mid-sentence."""
        return len(self.stretches) > 1


def save(utterances: Sequence[Utterance], path: Path) -> None:
    """Writes utterances for the interpreters that play them."""
    words = json.dumps([[asdict(stretch) for stretch in utterance.stretches] for utterance in utterances])
    clips = [utterance.clip for utterance in utterances]
    ends = np.cumsum([len(clip) for clip in clips])
    np.savez(path, words=np.array(words), sound=np.concatenate(clips), ends=ends)


def load(path: Path) -> list[Utterance]:
    """Reads what `save` wrote."""
    with np.load(path) as stored:
        clips = np.split(stored["sound"], stored["ends"][:-1])
        words = json.loads(str(stored["words"]))
    return [
        Utterance(clip, tuple(_stretch(**stretch) for stretch in stretches))
        for clip, stretches in zip(clips, words, strict=True)
    ]


def _stretch(words: Sequence[dict[str, str | float]], from_ms: float, to_ms: float) -> Stretch:
    return Stretch(
        tuple(Word(str(w["text"]), float(w["from_ms"]), float(w["to_ms"])) for w in words), from_ms, to_ms
    )
