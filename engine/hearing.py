"""A session's ear: opened when it is needed, closed when the fan says so, opened anew in another language."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from gemelo.engine.chores import Chores
from gemelo.models.errors import ServiceError
from gemelo.models.routing import Routing
from gemelo.models.seams import Ear, Ears
from gemelo.models.text import MAX_CHARS, readable
from gemelo.models.vocabulary import Language, Signal, Transcript, TurnSignal

log = logging.getLogger(__name__)

_EARLY = 100
"""Frames of audio (2 s) and transcripts kept while an ear is being opened."""


class Hearing:
    """Opens one ear at a time and passes on what the fan says.

    Args:
        language: to begin in.
        signalled: gets the ear's signals.
        troubled: gets the code of a notice: `no_ear` (nothing here hears the language; a browser may),
            `ear_failed` (for the moment nobody hears).
        routing: of the session, by which its ear is chosen.
    """

    def __init__(
        self,
        ears: Ears,
        language: Language,
        signalled: Callable[[TurnSignal], None],
        troubled: Callable[[str], None],
        routing: Routing | None = None,
    ) -> None:
        self._ears = ears
        self.language = language
        self._signalled = signalled
        self._troubled = troubled
        self._routing = routing or Routing()
        self._ear: Ear | None = None
        self._opening: asyncio.Task[None] | None = None
        self._early: deque[bytes | Transcript] = deque(maxlen=_EARLY)
        self._closed = False
        self._chores = Chores()

    def hear(self, said: bytes | Transcript) -> None:
        """Takes audio, or what a browser recognised. What comes after `close` is dropped.

        Raises:
            BadAudio: the ear cannot take these bytes.
        """
        if isinstance(said, Transcript):
            said = Transcript(readable(said.text)[:MAX_CHARS], said.final)
        if self._ear:
            self._pass_on(self._ear, said)
        elif not self._closed:
            self._early.append(said)
            self._begin_opening()

    def open(self) -> None:
        """The microphone was opened. Harmless when it is open already."""
        self._closed = False
        self._begin_opening()

    def close(self) -> bool:
        """The microphone was closed; half a sentence is forgotten. Returns whether an ear was open."""
        self._closed = True
        self._early.clear()
        if self._opening:
            self._opening.cancel()
            self._opening = None
        ear, self._ear = self._ear, None
        if ear:
            self._chores.spawn(ear.close())
        return ear is not None

    def use(self, language: Language) -> bool:
        """Hears in another language from now on. Returns whether half a sentence was forgotten."""
        if language == self.language:
            return False
        self.language = language
        if self._ear is None and self._opening is None:
            return False
        was_open = self.close()
        self.open()
        return was_open

    async def drain(self) -> None:
        """Waits until closed ears have given back what they held."""
        await self._chores.drain()

    def _begin_opening(self) -> None:
        if self._ear is None and self._opening is None:
            opening = self._open(self.language)
            self._opening = asyncio.create_task(opening, context=self._routing.carried())

    async def _open(self, language: Language) -> None:
        try:
            ear = await self._ears.open(language, self._told)
        except ServiceError as error:
            log.warning("an ear did not open: %s", error.code)
            self._opening, self._closed = None, True  # until the fan tries again
            self._early.clear()
            self._troubled("ear_failed")
            return
        self._ear, self._opening = ear, None
        if not self._ears.hears(language):
            self._troubled("no_ear")
        while self._early:
            self._pass_on(ear, self._early.popleft())

    def _told(self, signal: TurnSignal) -> None:
        if signal.kind is Signal.DEAF:
            self._troubled("ear_failed")
        else:
            self._signalled(signal)

    @staticmethod
    def _pass_on(ear: Ear, said: bytes | Transcript) -> None:
        if isinstance(said, Transcript):
            ear.transcript(said)
        else:
            ear.hear(said)
