"""The twin's own voice in the fan's microphone, told from the fan's by how loud it can be; pure.

A browser cancels the echo of what it plays. A bare loudspeaker and microphone do not, and a voice activity
model takes the twin for a fan who interrupts. Cancelling would need the client's clock to the sample; to know
*when* only the twin is heard it is enough to know how loud its echo may be now, in each of eight bands:

    played ──▶ [ power, by 20 ms and band ] ──delay, decay, gain──▶ expected echo ──▶ hear: sound, or hush

The delay is the one at which what was recorded follows best what was played. A room lets a sound die away and
no faster. Each band's gain is the one that nine of ten blocks stay under, learned while nobody else speaks.
What rises above the expected echo and the room's noise in half of the bands is the fan: two voices at once
seldom sound at the same pitch, so that one shows beside another that is louder in all. A voice makes itself
heard in two of three blocks; its softer sounds then pass too, for a while.

In place of what does not pass comes the room's own noise, as loud as it always is: a voice activity model
takes noise that begins after dead silence for a voice.
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from gemelo.models.vocabulary import BYTES_PER_SAMPLE, FRAME_MS, IN_RATE, OUT_RATE

Bands = NDArray[np.float64]
"""Powers, as shares of full scale's; one, or a row of them, for each band."""

_BLOCK = IN_RATE * FRAME_MS // 1000
_OUT_BLOCK = OUT_RATE * FRAME_MS // 1000
_BLOCKS_A_S = 1000 / FRAME_MS
_EDGES_HZ = np.array([100, 400, 700, 1000, 1500, 2100, 3000, 4500, 7500])
_BINS = _EDGES_HZ * FRAME_MS // 1000
_BANDS = len(_BINS) - 1
_SILENT = np.zeros(_BANDS)
_DELAYS = 20
"""Blocks by which an echo may be late: 400 ms."""
_JITTER = 1
"""Blocks by which a sound may come earlier or later than it used to."""
_ONE_OF = 4
"""Blocks from which the delay is learned; it seldom changes."""
_FORGETS = 0.992
"""Of what tells the delay, each time: half is left after 7 s."""
_AVERAGES = 0.02
"""The pace of the mean level that levels are compared with, once 50 were heard..."""
_FAR = 1.0
"""...and how far from it a level counts: silence would outweigh all speech."""
_DECAY = 0.6
"""Of a room's echo, a block: 60 dB in half a second."""
_FIRST_GAIN = 0.1
"""Before anything is known: -10 dB."""
_UP, _DOWN = 1.25, 0.975
"""Of a gain at each block above and below it: nine of ten are below."""
_UP_OVER_VOICE = 1.01
"""While a voice is heard: it may be an echo, where somebody turned the loudspeaker up."""
_AUDIBLE = 0.25
"""Of the room's noise: an echo that is softer tells nothing of its gain."""
_MARGIN = 2.5
"""Above the expected echo by 4 dB..."""
_MARGIN_OVER_NOISE = 8.0
"""...and above the noise by 9: what is always there is known by its softest block."""
_BANDS_OF_A_VOICE = 4
_INAUDIBLE = 1e-9
_FLOOR_RISE = 1.01
"""A block, of the noise that is always there: 2 dB in a second."""
_SOFTEST = 1.5
"""Times by which a noise is louder than its softest block, by which it is known."""
_OF_THREE = 2
_HOLD = 15
"""Blocks that pass after a voice was told from the echo: 300 ms."""


class EchoGate:
    """Passes a fan's microphone on, hushed where it holds nothing but the twin. Times are seconds."""

    def __init__(self) -> None:
        self._played: dict[int, Bands] = {}
        self._until = -math.inf
        self._floor = np.ones(_BANDS)
        self._delay = _Delay()
        self._ringing = np.zeros(_BANDS)
        self._gain = np.full(_BANDS, _FIRST_GAIN)
        self._loud: deque[bool] = deque(maxlen=3)
        self._held = 0

    def played(self, pcm: bytes, now: float) -> None:
        """Notes audio (s16le at `OUT_RATE`) that the client was sent: it sounds after what it has already."""
        for block in _blocks(pcm, _OUT_BLOCK):
            begin = max(now, self._until)
            self._until = begin + 1 / _BLOCKS_A_S
            self._played[round(begin * _BLOCKS_A_S)] = _powers(block, _OUT_BLOCK)

    def stopped(self, now: float) -> None:
        """The client fell silent, whatever it had been sent."""
        self._until = min(self._until, now)
        self._played = {at: powers for at, powers in self._played.items() if at <= now * _BLOCKS_A_S}

    def hear(self, pcm: bytes, now: float) -> bytes:
        """Gives back as many bytes of s16le at `IN_RATE`, a hush where only the twin is heard.

        Args:
            pcm: of any length; what is recorded last is recorded `now`.
        """
        blocks = _blocks(pcm, _BLOCK)
        first = round(now * _BLOCKS_A_S) - len(blocks)
        self._played = {at: powers for at, powers in self._played.items() if at >= first - _DELAYS - _JITTER}
        passed: list[bytes] = []
        for at, block in enumerate(blocks, first):
            heard = _powers(block, _BLOCK)
            self._floor = np.minimum(self._floor * _FLOOR_RISE, heard + _INAUDIBLE)
            passes = not self._played or self._passes(heard, at)
            passed.append(block if passes else self._hush(len(block), at))
        return b"".join(passed)

    def _passes(self, heard: Bands, at: int) -> bool:
        if not self._held and at % _ONE_OF == 0:
            self._delay.learn(self._sounding(at, range(_DELAYS)), heard)
        late = self._delay.blocks
        near = self._sounding(at, range(late - _JITTER, late + _JITTER + 1))
        self._ringing = np.maximum(near.max(axis=0), _DECAY * self._ringing)
        echo = self._gain * self._ringing
        rises = heard > _MARGIN * echo + _MARGIN_OVER_NOISE * self._floor
        is_loud = int(np.count_nonzero(rises)) >= _BANDS_OF_A_VOICE
        self._loud.append(is_loud)
        self._held = _HOLD if sum(self._loud) >= _OF_THREE else max(0, self._held - 1)
        self._learn(heard, echo)
        return is_loud or self._held > 0

    def _hush(self, size: int, at: int) -> bytes:
        """Noise of so many bytes, as loud as what is always there."""
        power = float((self._floor - _FLOOR_RISE * _INAUDIBLE).clip(0).sum())
        noise = _NOISE[at % len(_NOISE), : size // BYTES_PER_SAMPLE]
        loudness = 32768 * _SOFTEST * math.sqrt(power / _OF_NOISE)
        return np.clip(loudness * noise, -32768, 32767).astype("<i2").tobytes()

    def _sounding(self, at: int, ago: range) -> Bands:
        """What was played so many blocks before `at`."""
        return np.array([self._played.get(at - blocks, _SILENT) for blocks in ago])

    def _learn(self, heard: Bands, echo: Bands) -> None:
        up, down = (_UP_OVER_VOICE, 1.0) if self._held else (_UP, _DOWN)
        step = np.where(heard > echo + 2 * self._floor, up, down)
        self._gain = np.where(echo > _AUDIBLE * self._floor, self._gain * step, self._gain)


class _Delay:
    """How many blocks an echo is late: where the levels played and recorded rise and fall together."""

    def __init__(self) -> None:
        self.blocks = 0
        self._heard = 0
        self._mean_played = np.zeros(_BANDS)
        self._mean = np.zeros(_BANDS)
        self._alike = np.zeros(_DELAYS)

    def learn(self, played: Bands, heard: Bands) -> None:
        """Takes what is recorded now, and what was played so many blocks ago (delays, bands)."""
        self._heard += 1
        pace = max(_AVERAGES, 1 / self._heard)
        levels, level = np.log10(played + 10 * _INAUDIBLE), np.log10(heard + 10 * _INAUDIBLE)
        self._mean_played += pace * (levels.mean(axis=0) - self._mean_played)
        self._mean += pace * (level - self._mean)
        away = (level - self._mean).clip(-_FAR, _FAR)
        self._alike = _FORGETS * self._alike + (levels - self._mean_played).clip(-_FAR, _FAR) @ away
        self.blocks = int(self._alike.argmax())


def _blocks(pcm: bytes, samples: int) -> list[bytes]:
    size = samples * BYTES_PER_SAMPLE
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]


def _powers(pcm: bytes, samples: int) -> Bands:
    """Of each band of a block; a shorter one is filled up with silence."""
    sound = np.zeros(samples)
    sound[: len(pcm) // BYTES_PER_SAMPLE] = np.frombuffer(pcm, "<i2") / 32768
    spectrum = np.fft.rfft(sound * _WINDOWS[samples])[: _BINS[-1]]
    return np.add.reduceat(spectrum.real**2 + spectrum.imag**2, _BINS[:-1]) / samples**2


_NOISE = np.random.default_rng(1).standard_normal((50, _BLOCK)).astype(np.float32)
_OF_NOISE = 3 / 8 * (_BINS[-1] - _BINS[0]) / _BLOCK
"""The power in all bands of white noise at full scale, the window taken into account."""
_WINDOWS = {samples: np.hanning(samples) for samples in (_BLOCK, _OUT_BLOCK)}
