"""Voice activity by Silero VAD v5, one model for all sessions, batched across them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gemelo.models.adapters.onnx_session import OnnxModel
from gemelo.models.errors import BadAudio
from gemelo.models.vocabulary import IN_RATE

WINDOW = 512
"""Samples of one window: 32 ms at 16 kHz."""
_CONTEXT = 64
_STATE = 128
_BATCH_S = 0.010
_BATCH_S_A_SESSION = _BATCH_S / 32
"""Alone a window is answered at once; batching is worth its wait only where there is something to batch."""
_FIRST_SLOTS = 8


class SileroVoiceDetector:
    """`VoiceDetector` on Silero VAD.

    Windows of all sessions that come within a short while go through the model in one call: 10 ms
    where 32 sessions or more are open, less in proportion where there are fewer. Each session has a
    slot in the arrays of contexts (slots, 64 + 512) and recurrent states (2, slots, 128).

    Args:
        path: the ONNX file.

    Raises:
        ModelFileError: the file is missing or no model.
    """

    def __init__(self, path: Path) -> None:
        self._model = OnnxModel(path)
        self._input = np.zeros((_FIRST_SLOTS, _CONTEXT + WINDOW), np.float32)
        self._state = np.zeros((2, _FIRST_SLOTS, _STATE), np.float32)
        self._rate = np.array(IN_RATE, np.int64)
        self._free = list(range(_FIRST_SLOTS))
        self._waiting: dict[_Voice, deque[NDArray[np.int16]]] = {}
        self._flush_at: asyncio.Handle | None = None

    def open(self, heard: Callable[[float], None]) -> _Voice:
        if not self._free:
            self._grow()
        slot = self._free.pop()
        self._input[slot] = 0
        self._state[:, slot] = 0
        return _Voice(self, slot, heard)

    def take(self, voice: _Voice, window: NDArray[np.int16]) -> None:
        """Queues a window of a session; called by its `VoiceActivity`."""
        self._waiting.setdefault(voice, deque()).append(window)
        if self._flush_at is None:
            sessions = len(self._input) - len(self._free)
            wait = min(_BATCH_S, _BATCH_S_A_SESSION * sessions)
            self._flush_at = asyncio.get_running_loop().call_later(wait, self._flush)

    def release(self, slot: int) -> None:
        self._free.append(slot)

    def probabilities(self, slots: list[int], windows: NDArray[np.int16]) -> list[float]:
        """Runs one window (n, 512) for each of n different slots."""
        index = np.array(slots)
        self._input[index, :_CONTEXT] = self._input[index, WINDOW:]
        self._input[index, _CONTEXT:] = windows * np.float32(1 / 32768)
        feed = {"input": self._input[index], "state": self._state[:, index], "sr": self._rate}
        found, state = self._model.run(feed)
        self._state[:, index] = state
        return [float(probability) for probability in found[:, 0]]

    def _grow(self) -> None:
        slots = len(self._input)
        self._input = np.concatenate((self._input, np.zeros_like(self._input)))
        self._state = np.concatenate((self._state, np.zeros_like(self._state)), axis=1)
        self._free.extend(range(slots, 2 * slots))

    def _flush(self) -> None:
        """Answers one window of every session that has sent any.

        After a stall many wait: they are answered in rounds, between which the loop serves the rest.
        """
        batch = {voice: windows.popleft() for voice, windows in self._waiting.items() if voice.is_open}
        self._waiting = {voice: left for voice, left in self._waiting.items() if left and voice.is_open}
        if batch:
            slots = [voice.slot for voice in batch]
            found = self.probabilities(slots, np.stack(tuple(batch.values())))
            for voice, probability in zip(batch, found, strict=True):
                voice.answer(probability)
        self._flush_at = asyncio.get_running_loop().call_soon(self._flush) if self._waiting else None


class _Voice:
    """One session's place in the batch."""

    def __init__(self, detector: SileroVoiceDetector, slot: int, heard: Callable[[float], None]) -> None:
        self.slot = slot
        self.is_open = True
        self._detector = detector
        self._heard = heard

    def hear(self, window: NDArray[np.int16]) -> None:
        """See `VoiceActivity.hear`.

        Raises:
            BadAudio: the window has not 512 samples.
        """
        if window.shape != (WINDOW,):
            raise BadAudio(f"A window of {WINDOW} samples was expected, not one of {window.size}.")
        self._detector.take(self, window)

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
