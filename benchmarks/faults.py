"""Scripted services that fail now and then, in the ways in which bought ones do."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator

from gemelo.benchmarks.scripted import ScriptedMind, ScriptedVoice
from gemelo.models.errors import MindError, VoiceError
from gemelo.models.vocabulary import Language, Prompt, Speech, ToolSpec, Written

_MOST_TOKENS = 30


class FaultyMind:
    """A `LanguageModel` that breaks off a share of its replies, some of them before the first word."""

    def __init__(self, share: float, seed: int = 1) -> None:
        self._share = share
        self._chance = random.Random(seed)

    def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
        mind = ScriptedMind(calls=deque(maxlen=1))
        if self._chance.random() < self._share:
            mind.error = MindError("died: scripted")
            mind.fails_after = self._chance.randrange(_MOST_TOKENS)
        return mind.reply(prompt)

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        return


class FaultyVoice:
    """A `TextToSpeech` that fails a share of its utterances."""

    def __init__(self, share: float, ms_per_char: float, half_wave: int = 0, seed: int = 2) -> None:
        self._share = share
        self._sound = ScriptedVoice(ms_per_char=ms_per_char, half_wave=half_wave)
        self._silence = ScriptedVoice(error=VoiceError("scripted"))
        self._chance = random.Random(seed)

    def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        fails = self._chance.random() < self._share
        return (self._silence if fails else self._sound).speak(text, language)
