"""From espeak-ng's samples and events to `Speech`: resampled, with words, visemes and text bounds.

No I/O: bytes and events in, `Speech` out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import soxr  # pyright: ignore[reportMissingTypeStubs]

from gemelo.models.adapters.espeak_worker import PHONEME, RATE, WORD
from gemelo.models.visemes import REST, shapes
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, Speech, SpokenWord, Viseme

_SAMPLES_PER_MS = OUT_RATE / 1000


class ClauseSpeech:
    """One clause on its way out of the synthesiser.

    Audio is held until the word after it is known, because espeak-ng may voice several words under
    one event ("of the", "1 000 000"): what sounds before a word's event lies in front of that word.

    Args:
        text: the clause.
        offset: index of the clause in the text fed to the voice.
        at_ms: when the clause begins, in ms from the utterance's first sample.
    """

    def __init__(self, text: str, offset: int, at_ms: float) -> None:
        self._text = text
        self._offset = offset
        self._at_ms = at_ms
        self._tokens = [match.start() for match in re.finditer(r"\S+", text)]
        self._resampler = soxr.ResampleStream(RATE, OUT_RATE, 1, dtype="int16")
        self._held = bytearray()
        self._released = 0  # samples at OUT_RATE
        self._words: list[tuple[float, int]] = []  # ms in the clause, index in the clause
        self._newest = -1
        self._phonemes: list[tuple[float, str]] = []
        self._shape = ""

    @property
    def end_ms(self) -> float:
        """Where the audio released so far ends, on the utterance's clock."""
        return self._at_ms + self._released / _SAMPLES_PER_MS

    def events(self, events: Sequence[tuple[int, int, int, str]]) -> None:
        """Takes events `(type, ms, position, phoneme)`; positions count characters from 1."""
        for kind, at_ms, position, phoneme in events:
            if kind == PHONEME:
                self._phonemes.append((at_ms, phoneme))
            elif kind == WORD and self._tokens:
                start = self._tokens[max(0, bisect_right(self._tokens, position - 1) - 1)]
                if start > self._newest:  # the pieces of "2014" are one word
                    self._newest = start
                    self._words.append((at_ms, start))

    def audio(self, pcm: bytes) -> Speech | None:
        """Takes s16le at espeak-ng's rate; gives the audio up to the last word that has begun."""
        self._held += self._resampler.resample_chunk(np.frombuffer(pcm, np.int16)).tobytes()
        complete_ms = (self._released + len(self._held) // BYTES_PER_SAMPLE) / _SAMPLES_PER_MS
        known = [word for word in self._words[1:] if word[0] <= complete_ms]
        return self._release(*known[-1]) if known else None

    def finish(self) -> Speech:
        """Gives what is left. The clause has been voiced."""
        self._held += self._resampler.resample_chunk(np.zeros(0, np.int16), last=True).tobytes()
        samples = self._released + len(self._held) // BYTES_PER_SAMPLE
        return self._release(samples / _SAMPLES_PER_MS, len(self._text))

    def _release(self, to_ms: float, text_end: int) -> Speech:
        samples = round(to_ms * _SAMPLES_PER_MS) - self._released
        cut = max(0, samples) * BYTES_PER_SAMPLE
        pcm = bytes(self._held[:cut])
        del self._held[:cut]
        self._released += len(pcm) // BYTES_PER_SAMPLE
        visemes = self._take_visemes(to_ms)
        return Speech(pcm, self._offset + text_end, self._take_words(to_ms, text_end), visemes)

    def _take_words(self, to_ms: float, text_end: int) -> tuple[SpokenWord, ...]:
        taken = [word for word in self._words if word[1] < text_end]
        self._words = self._words[len(taken) :]
        found: list[SpokenWord] = []
        for (from_ms, start), (next_ms, next_start) in pairwise([*taken, (to_ms, text_end)]):
            end = start + len(self._text[start:next_start].rstrip())
            until = max(from_ms, self._voice_end(from_ms, next_ms))
            found.append(
                SpokenWord(
                    self._offset + start, self._offset + end, self._at_ms + from_ms, self._at_ms + until
                )
            )
        self._phonemes = [phoneme for phoneme in self._phonemes if phoneme[0] >= to_ms]
        return tuple(found)

    def _voice_end(self, from_ms: float, next_ms: float) -> float:
        """Where the word's own sound ends: at the pause before the next word, if there is one."""
        end = next_ms
        for at_ms, phoneme in reversed(self._phonemes):
            if at_ms >= next_ms:
                continue
            if phoneme or at_ms < from_ms:
                break
            end = at_ms
        return end

    def _take_visemes(self, to_ms: float) -> tuple[Viseme, ...]:
        taken = [phoneme for phoneme in self._phonemes if phoneme[0] < to_ms]
        found: list[Viseme] = []
        for (from_ms, phoneme), (next_ms, _) in pairwise([*taken, (to_ms, "")]):
            parts = shapes(phoneme)
            for part, shape in enumerate(parts):
                if shape != self._shape:
                    self._shape = shape
                    at_ms = from_ms + (next_ms - from_ms) * part / len(parts)
                    found.append(Viseme(self._at_ms + at_ms, shape))
        return tuple(found)


def pause(after: str, text_end: int, at_ms: float) -> Speech:
    """The silence between two clauses: longer after a sentence, none where a clause was cut by force."""
    mark = after.rstrip()[-1:]
    ms = 280 if mark in ".!?…" or "\n" in after else 120 if mark in ",;:—–" else 0
    silence = bytes(round(ms * _SAMPLES_PER_MS) * BYTES_PER_SAMPLE)
    return Speech(silence, text_end, visemes=(Viseme(at_ms, REST),))
