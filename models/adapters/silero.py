"""Voice activity by Silero VAD v5, one model for all sessions, batched across them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gemelo.models.adapters.silero_network import CONTEXT, WIDTH, WINDOW, SileroNetwork
from gemelo.models.errors import BadAudio

_BATCH_S = 0.020
_BATCH_S_A_SESSION = _BATCH_S / 64
"""Alone a window is answered at once; batching is worth its wait only where there is something to batch."""
_FIRST_SLOTS = 8


class SileroVoiceDetector:
    """`VoiceDetector` on Silero VAD.

    Windows of all sessions that come within a short while go through the network in one call: 20 ms
    where 64 sessions or more are open, less in proportion where there are fewer. Each session has a
    slot in the arrays of what is remembered between windows: the end of the last one (slots, 64) and
    the recurrent state (2, slots, 128).

    Args:
        path: the network's weights.

    Raises:
        ModelFileError: the file is missing or holds no such weights.
    """

    def __init__(self, path: Path) -> None:
        self._network = SileroNetwork(path)
        self._context = np.zeros((_FIRST_SLOTS, CONTEXT), np.float32)
        self._state = np.zeros((2, _FIRST_SLOTS, WIDTH), np.float32)
        self._free = list(range(_FIRST_SLOTS))
        self._waiting: list[_Voice] = []
        self._flush_at: asyncio.Handle | None = None

    def open(self, heard: Callable[[float], None]) -> _Voice:
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self._context[slot] = 0
        self._state[:, slot] = 0
        return _Voice(self, slot, heard)

    def await_turn(self, voice: _Voice) -> None:
        """Puts a session that has a window to be answered into the next batch."""
        self._waiting.append(voice)
        if self._flush_at is None:
            sessions = len(self._context) - len(self._free)
            wait = min(_BATCH_S, _BATCH_S_A_SESSION * sessions)
            self._flush_at = asyncio.get_running_loop().call_later(wait, self._flush)

    def release(self, slot: int) -> None:
        self._free.append(slot)

    def probabilities(self, slots: list[int], windows: NDArray[np.int16]) -> list[float]:
        """Runs one window (n, 512) for each of n different slots."""
        index = np.array(slots)
        sound = np.concatenate((self._context[index], windows * np.float32(1 / 32768)), 1)
        found, *state = self._network.run(sound, *self._state[:, index])
        self._context[index] = sound[:, -CONTEXT:]
        self._state[:, index] = state
        return found.tolist()

    def _grow(self) -> None:
        slots = len(self._context)
        self._context = np.concatenate((self._context, np.zeros_like(self._context)))
        self._state = np.concatenate((self._state, np.zeros_like(self._state)), axis=1)
        self._free.extend(range(slots, 2 * slots))

    def _flush(self) -> None:
        """Answers one window of every session that has sent any.

        After a stall many wait: they are answered in rounds, between which the loop serves the rest.
        """
        batch = [voice for voice in self._waiting if voice.is_open]
        windows = [voice.windows.popleft() for voice in batch]
        self._waiting = [voice for voice in batch if voice.windows]
        if batch:
            slots = [voice.slot for voice in batch]
            found = self.probabilities(slots, np.concatenate(windows).reshape(-1, WINDOW))
            for voice, probability in zip(batch, found, strict=True):
                voice.answer(probability)
        self._flush_at = asyncio.get_running_loop().call_soon(self._flush) if self._waiting else None


class _Voice:
    """One session's place in the batch, and its windows that wait for an answer."""

    def __init__(self, detector: SileroVoiceDetector, slot: int, heard: Callable[[float], None]) -> None:
        self.slot = slot
        self.is_open = True
        self.windows: deque[NDArray[np.int16]] = deque()
        self._detector = detector
        self._heard = heard

    def hear(self, window: NDArray[np.int16]) -> None:
        """See `VoiceActivity.hear`.

        Raises:
            BadAudio: the window has not 512 samples.
        """
        if window.shape != (WINDOW,):
            raise BadAudio(f"A window of {WINDOW} samples was expected, not one of {window.size}.")
        self.windows.append(window)
        if len(self.windows) == 1:
            self._detector.await_turn(self)

    def answer(self, probability: float) -> None:
        """Hands on an answer. One session's failure must not reach the others in its batch."""
        if not self.is_open:
            return
        try:
            self._heard(probability)
        except Exception as error:
            asyncio.get_running_loop().call_exception_handler(
                {"message": "a listener of voice activity failed", "exception": error}
            )

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            self._detector.release(self.slot)
