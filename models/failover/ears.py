"""Ears of several vendors behind one seam: where one is lost another hears what was being said.

The sound of the turn that is undecided is kept, so that the next ear hears the whole of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, takewhile

from gemelo.models.errors import BadAudio, EarError, ServiceError
from gemelo.models.failover.line import Line, Provider
from gemelo.models.seams import (
    Clock,
    Ear,
    Ears,
    FallibleEars,
    FallibleSpeechToText,
    SpeechStream,
    SpeechToText,
)
from gemelo.models.usage import FREE, Prices, Used, together
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, Language, Signal, Transcript, TurnSignal

log = logging.getLogger(__name__)

_BYTES_PER_S = IN_RATE * BYTES_PER_SAMPLE
_BEFORE_S = 0.6
"""Sound kept from before a turn begins: an ear says so a little late."""
_TURN_S = 20.0
"""Sound kept of a turn, or while nobody hears; of what lasts longer the end is heard again."""
_AGAIN_S = 1.0
"""Where no ear that hears can be had, how long until they are tried again."""

Emit = Callable[[TurnSignal], None]


class Steady:
    """`FallibleEars` of ears that nothing can take away: they are here."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears

    def hears(self, language: Language) -> bool:
        return self._ears.hears(language)

    async def open(self, language: Language, emit: Emit, lost: Callable[[ServiceError], None]) -> Ear:
        return await self._ears.open(language, emit)


class Worded:
    """`FallibleEars` that decide turns here, by the words of a recogniser that can be lost.

    Args:
        local: makes ears of a recogniser.
    """

    def __init__(self, local: Callable[[SpeechToText], Ears], words: FallibleSpeechToText) -> None:
        self._local = local
        self._words = words

    def hears(self, language: Language) -> bool:
        return self._words.hears(language)

    async def open(self, language: Language, emit: Emit, lost: Callable[[ServiceError], None]) -> Ear:
        return await self._local(_Telling(self._words, lost)).open(language, emit)


@dataclass(frozen=True, slots=True)
class _Telling:
    """`SpeechToText` for one ear, which tells how its stream is lost."""

    words: FallibleSpeechToText
    lost: Callable[[ServiceError], None]

    def hears(self, language: Language) -> bool:
        return self.words.hears(language)

    async def open(self, language: Language, emit: Callable[[Transcript], None]) -> SpeechStream:
        return await self.words.open(language, emit, self.lost)


class FailoverEars:
    """`Ears` of the first vendor that can be had."""

    def __init__(self, line: Line[FallibleEars], clock: Clock, prices: Prices | None = None) -> None:
        self.line = line
        self._clock = clock
        self._prices = prices or {}

    def hears(self, language: Language) -> bool:
        return any(provider.service.hears(language) for provider in self.line.providers)

    async def open(self, language: Language, emit: Emit) -> FailoverEar:
        """Opens the ear of one fan.

        Raises:
            EarError: none opens.
        """
        ear = FailoverEar(self.line, self._clock, self._prices, language, emit)
        await ear.start()
        return ear


@dataclass(eq=False, slots=True)
class _Held:
    """An ear at a vendor.

    Attributes:
        hears: the language, or as little of it as everybody here.
        gone: how it was lost, perhaps before it was taken.
    """

    provider: Provider[FallibleEars]
    hears: bool
    ear: Ear | None = None
    gone: ServiceError | None = None


class FailoverEar:
    """One fan's ear, at one vendor at a time; opened by `FailoverEars`.

    An ear that does not hear the language takes a browser's words while those that do are tried again.
    """

    def __init__(
        self, line: Line[FallibleEars], clock: Clock, prices: Prices, language: Language, emit: Emit
    ) -> None:
        self._line = line
        self._clock = clock
        self._prices = prices
        self._language = language
        self._emit = emit
        self._somebody_hears = any(one.service.hears(language) for one in line.providers)
        others = (one for one in line.providers if not self._hears(one))
        self._providers = (*line.chosen(self._hears), *others)
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._used: list[Used] = []
        self._in_turn = False
        self._text = ""
        self._inherited = False  # the turn was begun at an ear that was lost
        self._held: _Held | None = None
        self._opening: asyncio.Task[None] | None = None
        self._again_at = 0.0
        self._told = False
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Opens the first ear that can be had.

        Raises:
            EarError: there is none.
        """
        await self._open()
        if self._held is None:
            raise EarError("down: no ear can be had")
        if self._is_deaf:
            self._without()

    def hear(self, pcm: bytes) -> None:
        """See `Ear.hear`.

        Raises:
            BadAudio: the bytes are not whole samples.
        """
        if len(pcm) % BYTES_PER_SAMPLE:
            raise BadAudio("Audio must be whole 16-bit samples; an odd number of bytes came.")
        self._keep(pcm)
        if self._held:
            self._give(self._held, pcm)
        self._seek()

    def transcript(self, transcript: Transcript) -> None:
        """See `Ear.transcript`."""
        if self._held and self._held.ear:
            self._held.ear.transcript(transcript)
        self._seek()

    async def close(self) -> None:
        self._closed = True
        if self._opening:
            self._opening.cancel()
            self._leaving.add(self._opening)
        if self._held:
            self._leave(self._held)
        self._held = None
        if self._leaving:
            await asyncio.wait(self._leaving)

    # -- one vendor after the other -----------------------------------------------------------------

    @property
    def _is_deaf(self) -> bool:
        """Whether nobody is there who hears the language, although somebody could."""
        return self._held is None or not self._held.hears

    @property
    def _is_understood(self) -> bool:
        """Whether the ear at hand is in the middle of a turn and has words of it."""
        return self._in_turn and (not self._is_deaf or bool(self._text))

    def _hears(self, provider: Provider[FallibleEars]) -> bool:
        return provider.service.hears(self._language) or not self._somebody_hears

    def _seek(self) -> None:
        """Has another ear opened where that would be better; an ear is not changed in mid-turn."""
        if self._opening or self._closed or self._clock.now() < self._again_at:
            return
        if self._held is None or (not self._is_understood and next(self._order(), None)):
            self._opening = asyncio.create_task(self._reopen())

    def _order(self) -> Iterator[Provider[FallibleEars]]:
        """Whom to ask: who hears the language, then who can at least take a browser's words.

        Where an ear is at hand only who is better: of those that hear, the ones before it that do not rest.
        """
        held, ranked = self._held, self._providers
        hearing = self._line.order(self._hears, ranked)
        if held is None:
            return chain(hearing, self._line.order(lambda one: not self._hears(one), ranked))
        if not held.hears:
            return hearing
        before = takewhile(lambda one: one is not held.provider, ranked)
        return (one for one in before if self._hears(one) and one.breaker.admits(self._clock.now()))

    async def _open(self) -> None:
        """Opens the next ear that can be had; where there is none, all stays as it is."""
        for provider in self._order():
            held = _Held(provider, self._hears(provider))
            provider.breaker.ask(self._clock.now())
            try:
                held.ear = await provider.service.open(
                    self._language, partial(self._signalled, held), partial(self._lost, held)
                )
                if held.gone:
                    self._leave(held)
                    raise held.gone
            except asyncio.CancelledError:
                provider.breaker.abandoned(self._clock.now())
                raise
            except Exception as error:
                self._line.failed(provider, error)
                continue
            self._take(held)
            return

    def _take(self, held: _Held) -> None:
        """Hears by another ear from now on, which is given what is kept; not where a turn has begun."""
        if self._held and self._is_understood:
            self._leave(held)
            return
        if self._held:
            if self._in_turn:  # a voice of which nobody understood a word
                self._tell(TurnSignal(Signal.END))
            self._leave(self._held)
        self._held = held
        if held.hears:
            for pcm in tuple(self._kept):
                self._give(held, pcm)

    def _leave(self, held: _Held) -> None:
        held.provider.breaker.abandoned(self._clock.now())
        if held.ear:
            leaving = asyncio.create_task(held.ear.close())
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    def _lost(self, held: _Held, error: ServiceError) -> None:
        held.gone = error
        if held is not self._held or self._closed:
            return
        self._line.failed(held.provider, error)
        self._held, self._inherited = None, self._in_turn
        self._leave(held)
        now = self._clock.now()
        if self._opening:
            return  # somebody better is being asked
        if any(one.breaker.admits(now) for one in self._line.providers if self._hears(one)):
            self._opening = asyncio.create_task(self._reopen())
        else:
            self._without()

    async def _reopen(self) -> None:
        await self._open()
        self._opening = None
        self._again_at = self._clock.now() + _AGAIN_S
        if self._is_deaf:
            self._without()

    def _without(self) -> None:
        """Nobody who hears is there: what was understood is answered, and the fan is told, once."""
        self._again_at = self._clock.now() + _AGAIN_S
        if self._in_turn and (self._held is None or self._inherited):
            self._tell(TurnSignal(Signal.END, self._text))
        if not self._told:
            self._told = True
            log.error("no ear can be had")
            self._emit(TurnSignal(Signal.DEAF))

    def _signalled(self, held: _Held, signal: TurnSignal) -> None:
        if held is not self._held:
            return  # what a lost one still says is not heard
        self._told = self._told and not held.hears
        if signal.kind is Signal.END and signal.text and signal.silence_ms:
            held.provider.pace.took(signal.silence_ms)
        if signal.text:
            held.provider.breaker.succeeded()
        if signal.kind is Signal.START and self._in_turn:
            return  # this ear hears from its beginning what another has told of
        if signal.kind is Signal.END and self._inherited:
            signal = replace(signal, text=signal.text or self._text)
        self._tell(signal)

    def _tell(self, signal: TurnSignal) -> None:
        if signal.kind is Signal.END:
            self._in_turn, self._inherited, self._text = False, False, ""
            if signal.text or not self._is_deaf:  # else somebody may yet understand it
                self._trim(min(_BEFORE_S, signal.silence_ms / 1000))
            signal = replace(signal, used=(*signal.used, *together(self._used)))
            self._used.clear()
        else:
            self._in_turn, self._text = True, signal.text or self._text
        self._emit(signal)

    # -- sound --------------------------------------------------------------------------------------

    def _give(self, held: _Held, pcm: bytes) -> None:
        assert held.ear is not None
        held.ear.hear(pcm)
        name = held.provider.name
        self._used.append(self._prices.get(name, FREE).of(Used(name, seconds=len(pcm) / _BYTES_PER_S)))
        self._used[:] = together(self._used)

    def _keep(self, pcm: bytes) -> None:
        self._kept.append(pcm)
        self._kept_bytes += len(pcm)
        self._trim(_TURN_S if self._in_turn or self._is_deaf else _BEFORE_S)

    def _trim(self, seconds: float) -> None:
        while self._kept and self._kept_bytes - len(self._kept[0]) >= seconds * _BYTES_PER_S:
            self._kept_bytes -= len(self._kept.popleft())
