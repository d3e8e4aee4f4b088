"""Scripted ears, mind and voice: the same timings for every engine under test, and for the tests.

Defaults are the benchmark's law: STT final 150 ms after speech, first token 180 ms after the call and
then 15 ms a token, first audio 90 ms after the first text.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, MutableSequence, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.scope import EVERYTHING, Scope
from gemelo.models.errors import GemeloError
from gemelo.models.seams import Ear
from gemelo.models.vocabulary import (
    BYTES_PER_SAMPLE,
    OUT_RATE,
    Findings,
    Language,
    Prompt,
    Speech,
    SpokenWord,
    ToolSpec,
    Transcript,
    TurnSignal,
    Written,
)

REPLY = (
    "That is a fair question. The short answer is that a good team runs for each other all afternoon. "
    "And the long answer needs a whole season, so ask me again in spring."
)
"""Three sentences; the first clause has five words."""


def tokens(text: str, size: int = 4) -> list[str]:
    """Cuts a text into pieces of `size` characters, as a tokeniser roughly does."""
    return [text[i : i + size] for i in range(0, len(text), size)]


@dataclass
class ScriptedMind:
    """Writes `text` token by token; `fails_after` tokens it raises `error` instead."""

    text: str = REPLY
    first_token_s: float = 0.180
    token_s: float = 0.015
    error: GemeloError | None = None
    fails_after: int = 0
    calls: MutableSequence[Prompt] = field(default_factory=list[Prompt])
    warmed: MutableSequence[str] = field(default_factory=list[str])
    written: int = 0
    cancelled: int = 0

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
        self.calls.append(prompt)
        due = asyncio.get_running_loop().time() + self.first_token_s
        try:
            for index, token in enumerate(tokens(self.text)):
                await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
                if self.error and index >= self.fails_after:
                    raise self.error
                self.written += 1
                yield Written(token)
                due += self.token_s
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        self.warmed.append(prefix)


@dataclass
class ScriptedVoice:
    """Speaks text as it comes: first audio after `first_audio_s`, then `ms_per_char` of sound a character.

    Sounds are one value, `sample`, which changes its sign every `half_wave` samples where that is set: what a
    codec for speech lets through. Words are timed as they are written.
    """

    first_audio_s: float = 0.090
    ms_per_char: float = 60.0
    speed: float = 5.0
    """Synthesis runs this many times faster than the sound plays."""
    sample: int = 1000
    half_wave: int = 0
    error: GemeloError | None = None

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        loop = asyncio.get_running_loop()
        fed = 0
        ready: float | None = None
        word_start = 0
        async for piece in text:
            if ready is None:
                ready = loop.time() + self.first_audio_s
            await asyncio.sleep(max(0.0, ready - loop.time()))
            if self.error:
                raise self.error
            sound_ms = len(piece) * self.ms_per_char
            ready = max(ready, loop.time()) + sound_ms / self.speed / 1000
            words: list[SpokenWord] = []
            for offset, character in enumerate(piece):
                if character.isspace():
                    words += self._word(word_start, fed + offset)
                    word_start = fed + offset + 1
            fed += len(piece)
            yield Speech(self._sound(sound_ms), fed, tuple(words))
        if fed > word_start:
            yield Speech(self._sound(20), fed, tuple(self._word(word_start, fed)))

    def _word(self, start: int, end: int) -> list[SpokenWord]:
        if end <= start:
            return []
        return [SpokenWord(start, end, start * self.ms_per_char, end * self.ms_per_char)]

    def _sound(self, ms: float) -> bytes:
        samples = round(ms * OUT_RATE / 1000)
        if self.half_wave:
            sign = 1 - 2 * (np.arange(samples) // self.half_wave % 2)
            return (self.sample * sign).astype("<i2").tobytes()
        return self.sample.to_bytes(BYTES_PER_SAMPLE, "little", signed=True) * samples


@dataclass
class ScriptedEars:
    """Ears whose signals are given by the script: `emit` is the open ear's way in."""

    languages: Sequence[str] = ("en", "es")
    emit: Callable[[TurnSignal], None] | None = None
    heard_bytes: int = 0

    def hears(self, language: Language) -> bool:
        return language in self.languages

    async def open(self, language: Language, emit: Callable[[TurnSignal], None]) -> Ear:
        self.emit = emit
        return self

    def hear(self, pcm: bytes) -> None:
        self.heard_bytes += len(pcm)

    def transcript(self, transcript: Transcript) -> None:
        return

    async def close(self) -> None:
        self.emit = None


class NextQuestion:
    """`SpeechToText` that takes whatever is said for the next of its questions; final when it is asked."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts

    def hears(self, language: Language) -> bool:
        return True

    async def open(self, language: Language, emit: Callable[[Transcript], None]) -> _NextStream:
        return _NextStream(self._texts, emit)


class _NextStream:
    """One fan's recogniser."""

    def __init__(self, texts: Sequence[str], emit: Callable[[Transcript], None]) -> None:
        self._texts = texts
        self._emit = emit
        self._asked = 0
        self._open = False

    def hear(self, pcm: bytes) -> None:
        return

    def begin(self) -> None:
        self._open = True

    def settle(self) -> None:
        text = self._texts[self._asked % len(self._texts)] if self._open else ""
        self._asked, self._open = self._asked + self._open, False
        self._emit(Transcript(text, final=True))

    async def close(self) -> None:
        return


class NoKnowledge:
    """Finds nothing, at once; a scripted mind answers all the same."""

    async def search(
        self,
        query: str,
        language: Language,
        k: int = 5,
        before: Sequence[str] = (),
        within: Scope = EVERYTHING,
    ) -> Findings:
        return Findings(declined=False)


class ScriptedTurns:
    """A `TurnDetector` that takes every pause for an end, at once: what a provider that predicts says."""

    async def finished(self, pcm: NDArray[np.int16]) -> float:
        return 1.0
