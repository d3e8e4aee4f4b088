"""From a vendor's sound and times to `Speech`: words found again in the text, mouth shapes, text bounds.

No I/O: what came in, `Speech` out. Times count from the first sample of the utterance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from gemelo.models.visemes import REST, shapes
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, Speech, SpokenWord, Viseme

_BYTES_PER_MS = OUT_RATE * BYTES_PER_SAMPLE / 1000
_PACE_MS = 65.0
"""A character of speech, where nobody tells more: some 14 letters and spaces a second."""
_ASTRAY = 60
"""Characters past the last word within which the next one is looked for: numbers may be told otherwise."""
_SPACED = "\u0e00"
"""Scripts before Thai's put spaces between words; of those after it many do not."""


class TimedSpeech:
    """One utterance on its way out of a voice that tells of times beside its sound."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._ms = 0.0
        self._words: list[SpokenWord] = []
        self._told = 0
        self._upto = 0
        self._visemes: list[Viseme] = []
        self._shape = ""
        self._guessed = False

    def fed(self, text: str) -> None:
        """The voice was given more text."""
        self._text += text

    def words(self, words: Sequence[str], starts: Sequence[float], ends: Sequence[float]) -> None:
        """Takes the times of words (s). One told otherwise than it is written ("25") is passed over."""
        for word, start, end in zip(words, starts, ends, strict=False):
            at = self._find(word)
            if at < 0:
                continue
            self._at = at + len(word)
            self._words.append(SpokenWord(at, self._at, start * 1000, end * 1000))

    def _find(self, word: str) -> int:
        """Where a word stands next, whole; -1 where it does not."""
        at, most = self._at, self._at + _ASTRAY
        while word and (at := self._text.find(word, at, most + len(word))) >= 0:
            text, end = self._text, at + len(word)
            if not (_joined(text[at - 1 : at], word[0]) or _joined(word[-1], text[end : end + 1])):
                return at
            at += 1
        return -1

    def guess(self) -> None:
        """Nobody tells times: takes each character to last as long. Where the sound ends in the text stays
        unknown; what a fan has heard of it is then an estimate."""
        self._guessed = True
        for word in re.finditer(r"\S+(?=\s)", self._text[self._at :]):
            start, end = self._at + word.start(), self._at + word.end()
            self._words.append(SpokenWord(start, end, start * _PACE_MS, end * _PACE_MS, guessed=True))
        self._at = self._words[-1].end if self._words else 0

    def phonemes(self, phonemes: Sequence[str], starts: Sequence[float], ends: Sequence[float]) -> None:
        """Takes the times of phonemes (s), in IPA."""
        times = [start * 1000 for start in starts]
        for phoneme, (start, end) in zip(
            phonemes, pairwise([*times, *[e * 1000 for e in ends[-1:]]]), strict=False
        ):
            parts = shapes(phoneme)
            for part, shape in enumerate(parts):
                if shape != self._shape:
                    self._shape = shape
                    self._visemes.append(Viseme(start + (end - start) * part / len(parts), shape))

    def audio(self, pcm: bytes) -> Speech:
        """Takes a piece of sound; gives it with the words known to begin by its end."""
        self._ms += len(pcm) / _BYTES_PER_MS
        return self._speech(pcm, self._bound())

    def finish(self) -> Speech:
        """All of the text has been voiced."""
        if self._shape not in ("", REST):
            self._visemes.append(Viseme(self._ms, REST))
        if self._guessed:
            self._text += " "
            self.guess()
            self._text = self._text[:-1]
        self._ms = float("inf")
        return self._speech(b"", len(self._text))

    def _bound(self) -> int:
        """Index past which the sound so far voices nothing, where times of words tell that.

        Between two known words there may be sound of others, so that the next one bounds it.
        """
        if self._guessed or not self._words:
            return len(self._text)
        begun = max((n for n, word in enumerate(self._words, 1) if word.from_ms < self._ms), default=0)
        if begun < len(self._words):
            return len(self._text[: self._words[begun].start].rstrip())
        last = self._words[-1]
        return last.end if last.to_ms >= self._ms else len(self._text)

    def _speech(self, pcm: bytes, upto: int) -> Speech:
        self._upto = max(self._upto, upto)
        words = [word for word in self._words[self._told :] if word.from_ms < self._ms]
        self._told += len(words)
        visemes = [viseme for viseme in self._visemes if viseme.at_ms < self._ms]
        del self._visemes[: len(visemes)]
        return Speech(pcm, self._upto, tuple(words), tuple(visemes))


def _joined(one: str, next_one: str) -> bool:
    """Whether two characters stand in one word."""
    both = one + next_one
    return len(both) == 2 and both.isalnum() and max(both) < _SPACED
