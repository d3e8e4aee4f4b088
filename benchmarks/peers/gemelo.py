"""Gemelo behind the scripted services: the public `Session` on a `Stage`, as a socket has it.

The only adapter that needs gemelo; it runs in the bench's own interpreter (`admin.wiring.peer`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from gemelo.benchmarks.peers.conversation import Services
from gemelo.benchmarks.peers.services import Recogniser, Synthesis
from gemelo.benchmarks.scripted import NoKnowledge
from gemelo.benchmarks.scripted_turns import Forgetful, OpenGuard
from gemelo.benchmarks.transcripts import EAGER_END_MS, END_MS, Cue, Line
from gemelo.context.guard.seam import Guard
from gemelo.context.policy.context import Context, Drafts
from gemelo.engine.budget import DraftBudget
from gemelo.engine.events import (
    Audio,
    Event,
    ReplyText,
    SpeakingFlushed,
    SpeakingPaused,
    SpeakingResumed,
)
from gemelo.engine.session import Fan, Session
from gemelo.engine.stage import OffLoop, Stage
from gemelo.engine.turns import TurnRules
from gemelo.models.adapters.local_ear import LocalEars
from gemelo.models.clock import LoopClock
from gemelo.models.seams import TurnDetector, VoiceDetector
from gemelo.models.vocabulary import (
    Exchange,
    Language,
    Prompt,
    Signal,
    Speculation,
    Speech,
    SpokenWord,
    ToolSpec,
    Transcript,
    TurnSignal,
    Written,
)

EN = Language("en")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Parts:
    """What all sessions of a server share.

    Attributes:
        guard: of `context`, with all its rules.
        off_loop: see `OffLoop`.
    """

    context: Context
    guard: Guard
    detector: VoiceDetector
    turns: TurnDetector
    off_loop: OffLoop = asyncio.to_thread

    def open_engine(self, services: Services, settings: Mapping[str, Any]) -> Gemelo:
        """See `play.OpenEngine`.

        Settings: `speculation`; `wasted_share` of tokens that it may cost, where one was bought; `guard`:
        whether it is on.
        """
        recogniser = services.recogniser
        stage = Stage(
            context=self.context,
            guard=self.guard if settings.get("guard", True) else OpenGuard(),
            knowledge=NoKnowledge(),
            mind=_Mind(services),
            voice=_Voice(services),
            ears=_PredictingEars(recogniser)
            if recogniser.predicts
            else LocalEars(self.detector, self.turns, _SpeechToText(recogniser)),
            records=Forgetful(),
            clock=LoopClock(),
            tell_language=lambda text, languages, otherwise: otherwise,
            rules=TurnRules(speculation=Speculation[settings["speculation"]]),
            off_loop=self.off_loop,
            budget=DraftBudget(settings.get("wasted_share", Drafts().wasted_share)),
        )
        return Gemelo(services, stage)


class Gemelo:
    """One session."""

    def __init__(self, services: Services, stage: Stage) -> None:
        self._services = services
        greeted = Exchange("hi", stage.context.disclosure(EN))  # a first turn would open with it
        fan = Fan("peer", EN, (greeted,), turns=1)
        self._session = Session(fan, stage, self, spoken=services.spoken)

    async def start(self) -> None:
        if self._services.spoken:
            self._session.open_ear()
            await asyncio.sleep(0)

    async def hear(self, pcm: bytes) -> None:
        self._session.hear(pcm)

    async def say(self, text: str) -> None:
        self._session.say(text)

    async def stop(self) -> None:
        await self._session.close()

    def send(self, event: Event) -> None:
        """Does with the session's events what a fan's client does. See `Outlet`."""
        playback = self._services.playback
        match event:
            case Audio(_, pcm):
                playback.write(pcm)
            case SpeakingPaused():
                playback.pause()
            case SpeakingResumed():
                playback.resume()
            case SpeakingFlushed():
                playback.clear()
            case ReplyText(_, text):
                self._services.texts.write(text)
            case _:
                pass


class _Mind:
    """`LanguageModel`."""

    def __init__(self, services: Services) -> None:
        self._mind = services.mind

    async def reply(self, prompt: Prompt) -> AsyncGenerator[Written, None]:
        async with aclosing(self._mind.answer(prompt.question)) as tokens:
            async for token in tokens:
                yield Written(token)

    async def warm(self, prefix: str, tenant: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        return


class _Voice:
    """`TextToSpeech`."""

    def __init__(self, services: Services) -> None:
        self._voice = services.voice

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        fed = _Fed(self._voice.speak(), self._voice.ms_per_char)
        feeding = asyncio.create_task(fed.take(text))
        try:
            async with aclosing(fed.synthesis.chunks()) as sounds:
                async for sound in sounds:
                    yield Speech(sound.pcm, sound.upto, fed.words(sound.upto))
        finally:
            feeding.cancel()


class _Fed:
    """Text on its way into a synthesis, and its words as they sound."""

    def __init__(self, synthesis: Synthesis, ms_per_char: float) -> None:
        self.synthesis = synthesis
        self._ms_per_char = ms_per_char
        self._text = ""
        self._told = 0

    async def take(self, text: AsyncIterator[str]) -> None:
        async for piece in text:
            self._text += piece
            self.synthesis.feed(piece)
        self.synthesis.end()

    def words(self, upto: int) -> tuple[SpokenWord, ...]:
        """The words that have ended since the last time, now that the sound has come to index `upto`."""
        ended = [word for word in _WORD.finditer(self._text, self._told, upto) if word.end() < upto]
        self._told = ended[-1].end() if ended else self._told
        ms = self._ms_per_char
        return tuple(SpokenWord(w.start(), w.end(), w.start() * ms, w.end() * ms) for w in ended)


class _SpeechToText:
    """`SpeechToText` on the plain script."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser

    def hears(self, language: Language) -> bool:
        return True

    async def open(self, language: Language, emit: Callable[[Transcript], None]) -> _Stream:
        return _Stream(self._recogniser, emit)


class _Stream:
    """`SpeechStream`. Its finals come unasked; where nothing is left to say it says so."""

    def __init__(self, recogniser: Recogniser, emit: Callable[[Transcript], None]) -> None:
        self._emit = emit
        self._final = True
        recogniser.listener = self._said

    def hear(self, pcm: bytes) -> None:
        return

    def begin(self) -> None:
        return

    def settle(self) -> None:
        if self._final:
            self._emit(Transcript("", final=True))

    async def close(self) -> None:
        return

    def _said(self, line: Line) -> None:
        self._final = line.cue is Cue.FINAL
        self._emit(Transcript(line.text, self._final))


class _PredictingEars:
    """`Ears` on the predicting script: its lines are turn signals already."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser

    def hears(self, language: Language) -> bool:
        return True

    async def open(self, language: Language, emit: Callable[[TurnSignal], None]) -> _PredictingEar:
        return _PredictingEar(self._recogniser, emit)


class _PredictingEar:
    def __init__(self, recogniser: Recogniser, emit: Callable[[TurnSignal], None]) -> None:
        self._emit = emit
        recogniser.listener = self._said

    def hear(self, pcm: bytes) -> None:
        return

    def transcript(self, transcript: Transcript) -> None:
        return

    async def close(self) -> None:
        return

    def _said(self, line: Line) -> None:
        silence_ms = {Cue.EAGER_END: EAGER_END_MS, Cue.END: END_MS}.get(line.cue, 0.0)
        self._emit(TurnSignal(Signal(line.cue), line.text, silence_ms))
