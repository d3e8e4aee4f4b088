"""Ears of several vendors behind one seam: where one is lost another hears what was being said.

The sound of the turn that is undecided is kept, so that the next ear hears the whole of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from gemelo.models.errors import EarError, ServiceError
from gemelo.models.failover.line import Line, Provider
from gemelo.models.seams import Clock, Ear, Ears, FallibleEars
from gemelo.models.usage import FREE, Prices, Used, together
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, Language, Signal, Transcript, TurnSignal

log = logging.getLogger(__name__)

_BYTES_PER_S = IN_RATE * BYTES_PER_SAMPLE
_BEFORE_S = 0.6
"""Sound kept from before a turn begins: an ear says so a little late."""
_TURN_S = 20.0
"""Sound kept of a turn; of one that lasts longer the end is heard again."""
_AGAIN_S = 1.0
"""Where no ear opens at all, how long until they are tried again."""

Emit = Callable[[TurnSignal], None]


class Steady:
    """`FallibleEars` of ears that nothing can take away: they are here."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears

    def hears(self, language: Language) -> bool:
        return self._ears.hears(language)

    async def open(self, language: Language, emit: Emit, lost: Callable[[ServiceError], None]) -> Ear:
        return await self._ears.open(language, emit)


class FailoverEars:
    """`Ears` of the first vendor that can be had."""

    def __init__(self, line: Line[FallibleEars], clock: Clock, prices: Prices | None = None) -> None:
        self._line = line
        self._clock = clock
        self._prices = prices or {}

    def hears(self, language: Language) -> bool:
        return any(provider.service.hears(language) for provider in self._line.providers)

    async def open(self, language: Language, emit: Emit) -> FailoverEar:
        """Opens the ear of one fan.

        Raises:
            EarError: none opens.
        """
        ear = FailoverEar(self._line, self._clock, self._prices, language, emit)
        await ear.start()
        return ear


class FailoverEar:
    """One fan's ear, at one vendor at a time; opened by `FailoverEars`."""

    def __init__(
        self, line: Line[FallibleEars], clock: Clock, prices: Prices, language: Language, emit: Emit
    ) -> None:
        self._line = line
        self._clock = clock
        self._prices = prices
        self._language = language
        self._emit = emit
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._used: list[Used] = []
        self._in_turn = False
        self._text = ""
        self._provider: Provider[FallibleEars] | None = None
        self._ear: Ear | None = None
        self._opened = 0
        self._opening: asyncio.Task[None] | None = None
        self._again_at = 0.0
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False

    async def start(self) -> None:
        """Opens the first ear that can be had.

        Raises:
            EarError: there is none.
        """
        await self._open()
        if self._ear is None:
            raise EarError("down: no ear can be had")

    def hear(self, pcm: bytes) -> None:
        """See `Ear.hear`."""
        self._keep(pcm)
        if self._ear:
            self._give(self._ear, pcm)
        elif not self._closed and self._opening is None and self._clock.now() >= self._again_at:
            self._opening = asyncio.create_task(self._reopen())

    def transcript(self, transcript: Transcript) -> None:
        """See `Ear.transcript`."""
        if self._ear:
            self._ear.transcript(transcript)

    async def close(self) -> None:
        self._closed = True
        if self._opening:
            self._opening.cancel()
        if self._provider:
            self._provider.breaker.abandoned(self._clock.now())
        ear, self._ear = self._ear, None
        if ear:
            await ear.close()
        if self._leaving:
            await asyncio.wait(self._leaving)

    # -- one vendor after the other -----------------------------------------------------------------

    async def _open(self) -> None:
        """Opens the next ear and lets it hear what is kept; leaves none open where none can be had."""
        for provider in self._order():
            self._opened += 1
            number = self._opened
            provider.breaker.ask(self._clock.now())
            try:
                ear = await provider.service.open(
                    self._language,
                    lambda signal, number=number: self._signalled(number, signal),
                    lambda error, number=number: self._lost(number, error),
                )
            except Exception as error:
                self._line.failed(provider, error)
                continue
            self._provider, self._ear = provider, ear
            for pcm in tuple(self._kept):
                self._give(ear, pcm)
            return

    def _order(self) -> Iterator[Provider[FallibleEars]]:
        """Whom to ask: who hears the language, then who can at least take a browser's words."""
        language = self._language
        hearing = self._line.order(lambda one: one.service.hears(language))
        return chain(hearing, self._line.order(lambda one: not one.service.hears(language)))

    def _lost(self, number: int, error: ServiceError) -> None:
        if number != self._opened or self._closed:
            return
        assert self._provider is not None
        self._line.failed(self._provider, error)
        self._opened += 1  # what the lost one still says is not heard
        ear, self._ear, self._provider = self._ear, None, None
        if ear:
            leaving = asyncio.create_task(ear.close())
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
        self._opening = asyncio.create_task(self._reopen())

    async def _reopen(self) -> None:
        await self._open()
        self._opening = None
        if self._ear is None:
            self._again_at = self._clock.now() + _AGAIN_S
            log.error("no ear can be had")
            if self._in_turn:  # what was understood is answered
                self._tell(TurnSignal(Signal.END, self._text))

    def _signalled(self, number: int, signal: TurnSignal) -> None:
        if number != self._opened:
            return
        if self._provider and signal.text:
            self._provider.breaker.succeeded()
        if signal.kind is Signal.START and self._in_turn:
            return  # this ear hears from its beginning what another has told of
        self._tell(signal)

    def _tell(self, signal: TurnSignal) -> None:
        if signal.kind is Signal.END:
            self._in_turn, self._text = False, ""
            self._trim(_BEFORE_S)
            signal = replace(signal, used=(*signal.used, *together(self._used)))
            self._used.clear()
        else:
            self._in_turn, self._text = True, signal.text or self._text
        self._emit(signal)

    # -- sound --------------------------------------------------------------------------------------

    def _give(self, ear: Ear, pcm: bytes) -> None:
        ear.hear(pcm)
        if self._provider:
            used = Used(self._provider.name, seconds=len(pcm) / _BYTES_PER_S)
            self._used.append(self._prices.get(self._provider.name, FREE).of(used))
            self._used[:] = together(self._used)

    def _keep(self, pcm: bytes) -> None:
        self._kept.append(pcm)
        self._kept_bytes += len(pcm)
        self._trim(_TURN_S if self._in_turn else _BEFORE_S)

    def _trim(self, seconds: float) -> None:
        while self._kept and self._kept_bytes - len(self._kept[0]) > seconds * _BYTES_PER_S:
            self._kept_bytes -= len(self._kept.popleft())
