"""The twin's own voice in the fan's microphone, told from the fan's by how loud it can be; pure.

A browser cancels the echo of what it plays. A bare loudspeaker and microphone do not, and a voice activity
model takes the twin for a fan who interrupts. Cancelling would need the client's clock to the sample; to know
*when* only the twin is heard it is enough to know how loud an echo may be now: the power of the last 400 ms
played, each 20 ms weighted by how much of it comes back that late. The weights are learned while nobody
else speaks, by normalised least mean squares, as a residual echo's are (Hänsler and Schmidt 2004, Acoustic
Echo and Noise Control, 10.1), so that they come to hold the client's delay, its loudness and its room.

    played ──▶ [ power, by 20 ms ] ──weights──▶ expected echo ──▶ hear: the sound, or as much silence

What is more than twice as loud as the expected echo and the room's noise is the fan. A voice makes itself
heard in two of three blocks; its softer sounds then pass too, for a while.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from gemelo.models.vocabulary import BYTES_PER_SAMPLE, FRAME_MS, IN_RATE, OUT_RATE

_BLOCK_BYTES = IN_RATE * FRAME_MS // 1000 * BYTES_PER_SAMPLE
_OUT_BLOCK_BYTES = OUT_RATE * FRAME_MS // 1000 * BYTES_PER_SAMPLE
_BLOCKS_A_S = 1000 / FRAME_MS
_TAPS = 20
_JITTER = 1
"""Blocks by which a sound may come earlier or later than it used to."""
_FIRST_GUESS = 0.02
"""Of the power played, what may come back at each delay before anything is known: -17 dB."""
_PACE = 0.1
"""Of learning while only the twin is heard..."""
_PACE_OVER_VOICE = 0.001
"""...and, upwards only, while a voice is: it may be an echo, where somebody turned the loudspeaker up."""
_MARGIN = 4.0
"""Twice as loud, as power."""
_INAUDIBLE = 1e-8
"""Power of what is -80 dB of full scale."""
_FLOOR_RISE = 1.01
"""A block, of the noise that is always there: 2 dB in a second."""
_OF_THREE = 2
_HOLD = 15
"""Blocks that pass after a voice was told from the echo: 300 ms."""


class EchoGate:
    """Passes a fan's microphone on, silenced where it holds nothing but the twin. Times are seconds."""

    def __init__(self) -> None:
        self._played: dict[int, float] = {}
        self._until = -math.inf
        self._floor = 1.0
        self._weights = np.full(_TAPS, _FIRST_GUESS)
        self._loud: deque[bool] = deque(maxlen=3)
        self._held = 0

    def played(self, pcm: bytes, now: float) -> None:
        """Notes audio (s16le at `OUT_RATE`) that the client was sent: it sounds after what it has already."""
        for at in range(0, len(pcm), _OUT_BLOCK_BYTES):
            begin = max(now, self._until)
            self._until = begin + 1 / _BLOCKS_A_S
            self._played[round(begin * _BLOCKS_A_S)] = _power(pcm[at : at + _OUT_BLOCK_BYTES])

    def stopped(self, now: float) -> None:
        """The client fell silent, whatever it had been sent."""
        self._until = min(self._until, now)
        self._played = {at: power for at, power in self._played.items() if at <= now * _BLOCKS_A_S}

    def hear(self, pcm: bytes, now: float) -> bytes:
        """Gives back as many bytes of s16le at `IN_RATE`, silent where only the twin is heard.

        Args:
            pcm: of any length; what is recorded last is recorded `now`.
        """
        last = round(now * _BLOCKS_A_S) - 1
        count = math.ceil(len(pcm) / _BLOCK_BYTES)
        oldest = last - count - _TAPS - _JITTER
        self._played = {at: power for at, power in self._played.items() if at > oldest}
        blocks = [pcm[at : at + _BLOCK_BYTES] for at in range(0, len(pcm), _BLOCK_BYTES)]
        if not self._played:
            for block in blocks:
                self._note_floor(_power(block))
            return pcm
        passed = (
            block if self._passes(block, last - count + 1 + number) else bytes(len(block))
            for number, block in enumerate(blocks)
        )
        return b"".join(passed)

    def _passes(self, block: bytes, at: int) -> bool:
        ago = range(-_JITTER, _TAPS + _JITTER)
        played = np.array([self._played.get(at - blocks, 0.0) for blocks in ago])
        expected = np.convolve(played, self._weights[::-1], "valid")
        heard = _power(block)
        self._note_floor(heard)
        is_loud = heard > _MARGIN * (float(expected.max()) + self._floor)
        self._loud.append(is_loud)
        self._held = _HOLD if sum(self._loud) >= _OF_THREE else max(0, self._held - 1)
        self._learn(played[_JITTER : _JITTER + _TAPS], heard - self._floor - float(expected[_JITTER]))
        return is_loud or self._held > 0

    def _note_floor(self, heard: float) -> None:
        self._floor = min(self._floor * _FLOOR_RISE, heard + _INAUDIBLE)

    def _learn(self, played: NDArray[np.float64], error: float) -> None:
        if self._held:
            error = max(0.0, error)
        pace = _PACE_OVER_VOICE if self._held else _PACE
        step = pace * error * played / (float(played @ played) + _INAUDIBLE)
        self._weights = np.maximum(0.0, self._weights + step)


def _power(pcm: bytes) -> float:
    """Mean square, of full scale."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    return float(np.mean(np.square(samples))) if len(samples) else 0.0
