"""An ear for a fan who holds a button: turns end when it is let go, whatever the ear makes of a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gemelo.models.seams import Ear, Ears
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, Language, Signal, Transcript, TurnSignal

_SILENCE = bytes(2 * IN_RATE * BYTES_PER_SAMPLE)
"""Longer than any pause that an ear waits out: what it has not said by then it says now."""

_LATE = IN_RATE * BYTES_PER_SAMPLE
"""Audio after which a voice that is noticed belongs to the next press (bytes, 1 s)."""


class PushToTalk:
    """`Ears` whose turns can be held open. Wraps others.

    Attributes:
        is_held: whether a turn ends by `release` alone.
    """

    def __init__(self, ears: Ears) -> None:
        self._ears = ears
        self._ear: _HeldEar | None = None
        self._is_let_go = False
        self.is_held = False

    def hears(self, language: Language) -> bool:
        return self._ears.hears(language)

    async def open(self, language: Language, emit: Callable[[TurnSignal], None]) -> Ear:
        ear = _HeldEar(self, emit)
        ear.inner = await self._ears.open(language, ear.signalled)
        self._ear = ear
        if self._is_let_go:
            self._is_let_go = False
            asyncio.get_running_loop().call_soon(ear.release)  # after what was said while it opened
        return ear

    def release(self) -> None:
        """The button was let go: what was said since the turn began is the turn."""
        if self._ear:
            self._ear.release()
        else:
            self._is_let_go = True

    def leave(self, ear: _HeldEar) -> None:
        """An ear is closed; another may be opened."""
        if self._ear is ear:
            self._ear = None


class _HeldEar:
    """Turns the ends of an inner ear into interims for as long as they are held."""

    inner: Ear

    def __init__(self, owner: PushToTalk, emit: Callable[[TurnSignal], None]) -> None:
        self._owner = owner
        self._emit = emit
        self._ended: list[str] = []
        self._began = self._open = self._releasing = False
        self._late = 0

    def hear(self, pcm: bytes) -> None:
        if self._releasing and not self._began:
            self._late += len(pcm)
            self._releasing = self._late < _LATE  # nobody spoke before the button was let go
        self.inner.hear(pcm)

    def transcript(self, transcript: Transcript) -> None:
        self.inner.transcript(transcript)

    async def close(self) -> None:
        self._owner.leave(self)
        await self.inner.close()

    def signalled(self, signal: TurnSignal) -> None:
        """Takes a signal of the inner ear."""
        if signal.kind is Signal.DEAF or not (self._owner.is_held or self._began):
            self._emit(signal)
            return
        self._open = signal.kind is not Signal.END
        if signal.kind is Signal.START:
            if not self._began:
                self._began = True
                self._emit(signal)
        elif signal.kind is Signal.END:
            self._ended += [signal.text] if signal.text else []
            self._end() if self._releasing or not self._owner.is_held else self._tell("")
        elif signal.text:
            self._tell(signal.text)

    def release(self) -> None:
        """The voice may not have been noticed yet: it is waited for."""
        if self._began and not self._open:
            self._end()
        else:
            self._releasing, self._late = True, 0
            self.inner.hear(_SILENCE)

    def _tell(self, latest: str) -> None:
        text = " ".join((*self._ended, latest)).strip()
        if text:
            self._emit(TurnSignal(Signal.UPDATE, text))

    def _end(self) -> None:
        text, self._ended = " ".join(self._ended), []
        self._began = self._open = self._releasing = False
        self._emit(TurnSignal(Signal.END, text))
