"""The twin's own voice in the fan's microphone: told from the fan's by how loud it can be; pure but for `Echoing`.

A browser cancels the echo of what it plays; a bare loudspeaker and microphone do not, and voice activity
models take the twin for a fan who interrupts it. What comes back is a share of what was just played. The
gate learns the share while only the twin sounds, upwards fast and downwards slowly, and lets pass what is
more than twice as loud as the loudest that could come back now. That the room answers late does not
matter: the loudest of the last 384 ms counts. (An echo *suppressor*, as in Hänsler and Schmidt, Acoustic
Echo and Noise Control, 2004; a canceller would need the client's clock to the sample.)

    played ──▶ [ how loud, until when ] ──▶ bar ──▶ hear: the sound itself, or silence of the same length
"""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from gemelo.engine.events import Audio, Event, Outlet, SpeakingFlushed, SpeakingPaused
from gemelo.models.seams import Clock
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, IN_RATE, OUT_RATE

_MEMORY_S = 0.384
_BLOCK = IN_RATE // 50
"""Samples that are judged together: 20 ms."""
_FULL_SCALE = 32768
_MARGIN = 2.0
_FLOOR = 1e-4
"""Of full scale, -80 dB: below it there is no voice to be let pass."""
_FIRST_GUESS = 0.5
_UP = 0.5
"""Share of the way that the guess goes towards a louder block..."""
_DOWN = 0.02
"""...and towards a quieter one: a second and a half from the first guess to an echo of -20 dB."""
_UP_OPEN = 0.005
"""What is louder than an echo may be one yet, where somebody turned the loudspeaker up."""
_LOUD_OF_THREE = 2
_HOLD_BLOCKS = 10
"""Once a voice is told from the echo, its soft sounds pass too, for 200 ms."""


class EchoGate:
    """Passes a fan's microphone on, silenced where it holds nothing but the twin. Times are seconds."""

    def __init__(self) -> None:
        self._played: deque[tuple[float, float]] = deque()
        self._until = -math.inf
        self._share = _FIRST_GUESS
        self._loud: deque[bool] = deque(maxlen=3)
        self._held = 0

    def played(self, pcm: bytes, now: float) -> None:
        """Notes audio (s16le at `OUT_RATE`) that the client was sent: it sounds after what it has already."""
        begin = max(now, self._until)
        self._until = begin + len(pcm) / BYTES_PER_SAMPLE / OUT_RATE
        self._played.append((begin, _loudness(pcm)))

    def stopped(self, now: float) -> None:
        """The client fell silent, whatever it had been sent."""
        self._until = min(self._until, now)
        while self._played and self._played[-1][0] > now:
            self._played.pop()

    def hear(self, pcm: bytes, now: float) -> bytes:
        """Gives back as many bytes of s16le at `IN_RATE`, silent where only the twin is heard."""
        while self._played and self._played[0][0] < now - _MEMORY_S:
            self._played.popleft()
        if not self._played:
            return pcm
        size = _BLOCK * BYTES_PER_SAMPLE
        blocks = (pcm[at : at + size] for at in range(0, len(pcm), size))
        return b"".join(block if self._passes(block, now) else bytes(len(block)) for block in blocks)

    def _passes(self, block: bytes, now: float) -> bool:
        sounding = max((loudness for begin, loudness in self._played if begin <= now), default=0.0)
        heard = _loudness(block)
        is_loud = heard > _MARGIN * self._share * sounding + _FLOOR
        self._loud.append(is_loud)
        self._held = _HOLD_BLOCKS if sum(self._loud) >= _LOUD_OF_THREE else max(0, self._held - 1)
        if sounding > _FLOOR:
            self._learn(heard / sounding)
        return is_loud or self._held > 0

    def _learn(self, share: float) -> None:
        if self._held:
            pace = _UP_OPEN if share > self._share else 0.0
        else:
            pace = _UP if share > self._share else _DOWN
        self._share += pace * (min(share, 1.0) - self._share)


class Echoing:
    """An `Outlet` to a client whose microphone hears what it plays, and that microphone."""

    def __init__(self, outlet: Outlet, clock: Clock) -> None:
        self._outlet = outlet
        self._clock = clock
        self._gate = EchoGate()

    def send(self, event: Event) -> None:
        if isinstance(event, Audio):
            self._gate.played(event.pcm, self._clock.now())
        elif isinstance(event, SpeakingPaused | SpeakingFlushed):
            self._gate.stopped(self._clock.now())
        self._outlet.send(event)

    def hear(self, pcm: bytes) -> bytes:
        """The fan's voice without the twin's, as far as they can be told apart."""
        return self._gate.hear(pcm, self._clock.now())


def _loudness(pcm: bytes) -> float:
    """Root mean square, of full scale."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    return float(np.sqrt(np.mean(np.square(samples)))) / _FULL_SCALE if len(samples) else 0.0
