"""Utterances without a voice: what is said when, in a sound that a simple loop takes for speech."""

from __future__ import annotations

import numpy as np

from gemelo.benchmarks.peers.speech import IN_RATE, Utterance
from gemelo.benchmarks.transcripts import Stretch, Word

_WORD_MS = 200.0


def stretch(text: str, from_ms: float = 0.0) -> Stretch:
    """Words of 200 ms each."""
    words = [
        Word(word, from_ms + index * _WORD_MS, from_ms + (index + 1) * _WORD_MS)
        for index, word in enumerate(text.split())
    ]
    return Stretch(tuple(words), from_ms, words[-1].to_ms)


def utterance(*stretches: Stretch) -> Utterance:
    """A loud clip where words sound."""
    clip = np.zeros(round(stretches[-1].to_ms * IN_RATE / 1000), np.int16)
    for spoken in stretches:
        clip[round(spoken.from_ms * IN_RATE / 1000) : round(spoken.to_ms * IN_RATE / 1000)] = 5000
    return Utterance(clip, stretches)


WHOLE = utterance(stretch("what is the offside rule"))
CUT = utterance(stretch("what is the"), stretch("offside rule in football", 1600.0))
