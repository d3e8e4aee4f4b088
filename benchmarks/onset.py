"""Where words sound in a recording; the voice sets in at the first word, not at the first sound.

Recordings may begin with a device's tone, a click or a breath, as loud as the voice. Energy cannot tell
them from it, and a voice activity model is what is being measured. Forced alignment can: it is told what
is said and finds where.
"""

# pocketsphinx has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from gemelo.benchmarks.fan import BLOCK, Clip, block_loudness, loud_blocks
from gemelo.models.errors import BadDocument

BLOCK_MS = 10.0
_WORD = re.compile(r"[\w']+")
_FILLERS = ("<", "[")
_SOFT_BLOCKS = 10
"""An alignment may miss a soft first phone: the voice rises from the quietest of the 100 ms before it."""
_SILENCE_BEFORE = 0.1
"""Likelihood of something other than speech between words. At pocketsphinx's own .005 a first word is
stretched back over what stands before it."""


class VoiceOnsets:
    """Aligns English recordings with their texts.

    Raises:
        BadDocument: pocketsphinx is not installed.
    """

    def __init__(self) -> None:
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            raise BadDocument("recordings need pocketsphinx: install gemelo[pocketsphinx]") from error
        # Its frames are 10 ms too, one to a block.
        self._aligner = Decoder(lm=None, cmn="batch", silprob=_SILENCE_BEFORE, loglevel="FATAL")

    def find(self, clip: Clip, text: str) -> int | None:
        """The first sample of the voice, to 10 ms: where sound rises above the noise floor at the begin of
        the first word. None where that word is not in the dictionary or not found.

        Where it errs it errs early, on a tone that sounds like a vowel.
        """
        words = _WORD.findall(text.lower())
        known = [word for word in words if self._aligner.lookup_word(word)]
        if not known or known[0] != words[0]:
            return None
        begin = next((begin for begin, _ in self._blocks(clip, known)), None)
        return None if begin is None else _sound_of(clip, begin)

    def words(self, clip: Clip, text: str) -> list[tuple[str, float, float]] | None:
        """Each word with the ms at which it begins and ends; None where one is not known or not found."""
        words = _WORD.findall(text.lower())
        if not all(self._aligner.lookup_word(word) for word in words):
            return None
        found = list(self._blocks(clip, words))
        if len(found) != len(words):
            return None
        return [
            (word, begin * BLOCK_MS, end * BLOCK_MS) for word, (begin, end) in zip(words, found, strict=True)
        ]

    def _blocks(self, clip: Clip, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """The first block of each word, and one past the last."""
        self._aligner.set_align_text(" ".join(words))
        self._aligner.start_utt()
        self._aligner.process_raw(clip.tobytes(), full_utt=True)
        self._aligner.end_utt()
        for word in self._aligner.seg() or ():
            if not word.word.startswith(_FILLERS):
                yield word.start_frame, word.end_frame + 1


def _sound_of(clip: Clip, begin: int) -> int | None:
    """The first sample that sounds of a word which an alignment has begin in block `begin`."""
    before = block_loudness(clip)[max(0, begin - _SOFT_BLOCKS) : begin + 1]
    rises = begin - int(np.argmin(before[::-1]))
    loud = loud_blocks(clip)
    sounds = loud[loud >= rises]
    return int(sounds[0]) * BLOCK if len(sounds) else None
