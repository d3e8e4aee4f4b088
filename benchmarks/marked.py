"""Clips that say who they are, and the recognisers that read it: scripted ears behind a real socket.

A scripted recogniser in a server cannot be told by the client what is being said: only audio comes. So
a clip begins with a frame of near silence (-67 dBFS) whose samples spell its number and where its speech
begins and ends. From there on the script of `transcripts` runs on the sample clock of the audio itself:
words appear when the engine under test has been given the sound, however late that was.

    mark: 8 samples of a pattern no microphone makes, then number, begin (ms), end (ms) in base 16
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gemelo.benchmarks.text import TURNS, questions
from gemelo.benchmarks.transcripts import Cue, Line, Stretch, Word, plain, predicting
from gemelo.models.vocabulary import (
    BYTES_PER_SAMPLE,
    FRAME_MS,
    IN_RATE,
    Language,
    Signal,
    Transcript,
    TurnSignal,
)

Clip = NDArray[np.int16]

MARK = IN_RATE * FRAME_MS // 1000
"""Samples that a mark takes: one frame."""
_PATTERN = np.array([7, -7, 3, -3, 7, 7, -7, -7], np.int16)
_MAGIC = _PATTERN.tobytes()
_DIGITS = 5
"""Of each number: up to a million."""
_SAMPLES_A_MS = IN_RATE // 1000
_WORDLESS = frozenset({Cue.START, Cue.RESUME})
"""Cues whose signal carries no text: an update follows it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a clip says of itself: its number, and where its speech begins and ends (ms after the mark)."""

    number: int
    begin_ms: int
    end_ms: int


def marked(clip: Clip, mark: Mark) -> Clip:
    """The clip with its mark in front."""
    front = np.zeros(MARK, np.int16)
    digits = [value >> 4 * place & 15 for value in _values(mark) for place in range(_DIGITS)]
    front[: len(_PATTERN)] = _PATTERN
    front[len(_PATTERN) : len(_PATTERN) + len(digits)] = digits
    return np.concatenate((front, clip))


def read_mark(pcm: bytes) -> Mark | None:
    """The mark that a frame (s16le) is, if it is one."""
    if not pcm.startswith(_MAGIC):
        return None
    digits = np.frombuffer(pcm, "<i2")[len(_PATTERN) : len(_PATTERN) + 3 * _DIGITS].reshape(3, _DIGITS)
    return Mark(*(sum(int(digit) << 4 * place for place, digit in enumerate(row)) for row in digits))


def spread(text: str, begin_ms: float, end_ms: float) -> Stretch:
    """A text as one stretch of speech, each word as long as its share of the letters."""
    words: list[Word] = []
    at = begin_ms
    a_letter = (end_ms - begin_ms) / len(text.replace(" ", ""))
    for word in text.split():
        words.append(Word(word, at, at + a_letter * len(word)))
        at += a_letter * len(word)
    return Stretch(tuple(words), begin_ms, end_ms)


def questions_en() -> list[str]:
    """What is said in marked clips, by their numbers: the English ones of the typed questions."""
    return [text for language, text in questions(TURNS) if language == "en"]


class MarkedRecogniser:
    """`SpeechToText` for marked clips: says the plain script of each, and what it owes when asked to settle.

    Args:
        texts: what is said in the clips, by their numbers.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def hears(self, language: Language) -> bool:
        return True

    async def open(self, language: Language, emit: Callable[[Transcript], None]) -> _Stream:
        return _Stream(self._texts, emit)


class PredictingEars:
    """`Ears` for marked clips that decide turns by themselves: they say the predicting script of each."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def hears(self, language: Language) -> bool:
        return True

    async def open(self, language: Language, emit: Callable[[TurnSignal], None]) -> _PredictingEar:
        return _PredictingEar(self._texts, emit)


class _PredictingEar:
    """One fan's ear."""

    def __init__(self, texts: Sequence[str], emit: Callable[[TurnSignal], None]) -> None:
        self._emit = emit
        self._script = _Script(texts, predicting, ahead=MARK)
        self._loop = asyncio.get_running_loop()

    def hear(self, pcm: bytes) -> None:
        """Takes a frame; what is due within the next is said when it is due: a provider has no frames."""
        for line in self._script.hear(pcm):
            self._loop.call_later(self._script.until(line), self._say, line)

    def _say(self, line: Line) -> None:
        self._emit(TurnSignal(Signal(line.cue), "" if line.cue in _WORDLESS else line.text))
        if line.cue in _WORDLESS:
            self._emit(TurnSignal(Signal.UPDATE, line.text))

    def transcript(self, transcript: Transcript) -> None:
        return

    async def close(self) -> None:
        return


class _Script:
    """The lines of whatever clip is heard, on the clock of its samples.

    Args:
        ahead: how many samples before a line is due it is given.
    """

    def __init__(
        self,
        texts: Sequence[str],
        script: Callable[[Sequence[Stretch], int], list[Line]],
        ahead: int = 0,
    ) -> None:
        self._texts = texts
        self._script = script
        self._ahead = ahead
        self._lines: deque[Line] = deque()
        self._heard = 0

    @property
    def ended(self) -> bool:
        return not self._lines

    def hear(self, pcm: bytes) -> Iterator[Line]:
        """Takes a frame and gives the lines that are due by its end."""
        if mark := read_mark(pcm):
            text = self._texts[mark.number % len(self._texts)]
            self._lines = deque(self._script((spread(text, mark.begin_ms, mark.end_ms),), mark.number))
            self._heard = -MARK
        self._heard += len(pcm) // BYTES_PER_SAMPLE
        while self._lines and self._lines[0].at_ms * _SAMPLES_A_MS <= self._heard + self._ahead:
            yield self._lines.popleft()

    def until(self, line: Line) -> float:
        """Seconds until a line is due, counted from the last sample heard."""
        return max(0.0, line.at_ms / 1000 - self._heard / IN_RATE)


class _Stream:
    """One fan's recogniser."""

    def __init__(self, texts: Sequence[str], emit: Callable[[Transcript], None]) -> None:
        self._emit = emit
        self._script = _Script(texts, plain)
        self._asked = 0

    def hear(self, pcm: bytes) -> None:
        for line in self._script.hear(pcm):
            self._emit(Transcript(line.text, line.cue is Cue.FINAL))
            if line.cue is Cue.FINAL:
                self._settle_again(self._asked - 1)

    def begin(self) -> None:
        return

    def settle(self) -> None:
        """Every question is answered by a final: the next one, or an empty one where it has been given."""
        self._asked += 1
        if self._script.ended:
            self._settle_again(self._asked)

    async def close(self) -> None:
        return

    def _settle_again(self, times: int) -> None:
        self._asked = 0
        for _ in range(times):
            self._emit(Transcript("", final=True))


def _values(mark: Mark) -> tuple[int, int, int]:
    return mark.number, mark.begin_ms, mark.end_ms
