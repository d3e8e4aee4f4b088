"""Scripted providers that die, in the ways in which bought ones do, and what they do it with.

A fan's sound tells what is said: each sample is the number of the question while the fan speaks, else zero.
So an ear that hears the same sound again hears the same words.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from enum import Enum, auto

import numpy as np

from gemelo.benchmarks.scripted import ScriptedMind, ScriptedVoice
from gemelo.models.errors import EarError, MindError, ServiceError, VoiceError
from gemelo.models.vocabulary import (
    IN_RATE,
    Language,
    Prompt,
    Signal,
    Speech,
    ToolSpec,
    Transcript,
    TurnSignal,
    Written,
)

_EAGER_MS, _END_MS = 120, 320
"""Silence after which an ear thinks that a turn is over, and says so."""
_FOR_EVER_S = 3600.0
_LAST_PATIENCE_S = 1.0
"""With a mind that has nobody behind it."""


class Death(Enum):
    """How a provider fails."""

    AT_ONCE = auto()
    LATER = auto()
    """After some of what it was asked for."""
    SILENTLY = auto()
    """From some point on nothing comes."""


class Chance:
    """Says which uses of providers fail, and how. `deaths` are when they did (s)."""

    def __init__(self, share: float, seed: int, kinds: tuple[Death, ...] = tuple(Death)) -> None:
        self._share = share
        self._random = random.Random(seed)
        self._kinds = kinds
        self.deaths: list[float] = []

    def death(self) -> Death | None:
        return self._random.choice(self._kinds) if self._random.random() < self._share else None

    def below(self, most: int) -> int:
        return self._random.randrange(most)

    def died(self) -> None:
        self.deaths.append(asyncio.get_running_loop().time())


class MortalMind:
    """A `LanguageModel` that now and then dies; one that falls silent is given up by its own adapter."""

    def __init__(self, chance: Chance, text: str) -> None:
        self._chance = chance
        self._text = text

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
        death = self._chance.death()
        left = 0 if death is Death.AT_ONCE else self._chance.below(8) if death else -1
        async with aclosing(ScriptedMind(self._text).reply(prompt)) as pieces:
            async for piece in pieces:
                if left == 0:
                    self._chance.died()
                    silent_s = prompt.patience_s or _LAST_PATIENCE_S
                    await asyncio.sleep(silent_s if death is Death.SILENTLY else 0)
                    raise MindError("died: scripted")
                left -= 1
                yield piece

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        return


class MortalVoice:
    """A `TextToSpeech` that now and then dies."""

    def __init__(self, chance: Chance, ms_per_char: float) -> None:
        self._chance = chance
        self._ms_per_char = ms_per_char

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        death = self._chance.death()
        left = 0 if death is Death.AT_ONCE else self._chance.below(8) if death else -1
        async with aclosing(ScriptedVoice(ms_per_char=self._ms_per_char).speak(text, language)) as speeches:
            async for speech in speeches:
                if left == 0:
                    self._chance.died()
                    if death is Death.SILENTLY:
                        await asyncio.sleep(_FOR_EVER_S)
                    raise VoiceError("died: scripted")
                left -= 1
                yield speech


class MortalEars:
    """`FallibleEars` that now and then do not open, and are now and then lost while the fan speaks."""

    def __init__(self, chance: Chance, handshake_s: float = 0.1) -> None:
        self._chance = chance
        self._handshake_s = handshake_s

    def hears(self, language: Language) -> bool:
        return True

    async def open(
        self, language: Language, emit: Callable[[TurnSignal], None], lost: Callable[[ServiceError], None]
    ) -> NumberEar:
        await asyncio.sleep(self._handshake_s)
        if self._chance.death():
            raise EarError("down: scripted")
        return NumberEar(emit, lost, self._chance)


class NumberEar:
    """Hears `question N` where the samples say N; says turns as Flux and ink-2 do."""

    def __init__(
        self, emit: Callable[[TurnSignal], None], lost: Callable[[ServiceError], None], chance: Chance
    ) -> None:
        self._emit = emit
        self._lost = lost
        self._chance = chance
        self._number = 0
        self._silent_ms = 0.0
        self._eager = False
        self._dies_in = -1
        self._gone = False

    def hear(self, pcm: bytes) -> None:
        samples = np.frombuffer(pcm, "<i2")
        if self._gone or not len(samples):
            return
        number, ms = int(samples[0]), len(samples) / IN_RATE * 1000
        if number:
            self._speaking(number)
        elif self._number:
            self._silent(ms)

    def transcript(self, transcript: Transcript) -> None:
        return

    async def close(self) -> None:
        self._gone = True

    def _speaking(self, number: int) -> None:
        if number != self._number:
            self._number, self._eager = number, False
            self._dies_in = 1 + self._chance.below(5) if self._chance.death() else -1
            self._emit(TurnSignal(Signal.START))
        self._silent_ms = 0
        self._dies_in -= 1
        if self._dies_in == 0:
            self._gone = True
            self._chance.died()
            asyncio.get_running_loop().call_soon(self._lost, EarError("died: scripted"))
            return
        self._emit(TurnSignal(Signal.UPDATE, f"question {number}"))

    def _silent(self, ms: float) -> None:
        self._silent_ms += ms
        text = f"question {self._number}"
        if self._silent_ms >= _EAGER_MS and not self._eager:
            self._eager = True
            self._emit(TurnSignal(Signal.EAGER_END, text, self._silent_ms))
        if self._silent_ms >= _END_MS:
            self._number = 0
            self._emit(TurnSignal(Signal.END, text, self._silent_ms))
