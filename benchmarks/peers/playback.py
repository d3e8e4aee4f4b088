"""A loudspeaker that plays at real pace and notes, from the samples alone, what sounded when. Neutral."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gemelo.benchmarks.peers.services import call_of
from gemelo.benchmarks.peers.speech import OUT_RATE

_AUDIBLE = 32
"""-60 dBFS."""
_JITTER_S = 0.005
"""A device has a little sound of its own in hand: what comes this late is still in time."""


@dataclass(frozen=True, slots=True)
class Span:
    """Sound of one call of the mind, from and to (s on the loop's clock). `call` 0 is silence."""

    start: float
    stop: float
    call: int

    def moved(self, to: float) -> Span:
        return Span(to, to + self.stop - self.start, self.call)


class Playback:
    """Plays what is written as soon as what was written before has been played.

    Pausing, resuming and clearing take effect at once, at any sample.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._spans: list[Span] = []
        self._held: list[Span] | None = None

    @property
    def playhead(self) -> float:
        """When all that was written will have been played (s); in the past where it has."""
        return self._spans[-1].stop if self._spans else 0.0

    @property
    def is_paused(self) -> bool:
        return self._held is not None

    @property
    def left_s(self) -> float:
        """How much of what was written has not been played (s)."""
        if self._held is not None:
            return sum(span.stop - span.start for span in self._held)
        return max(0.0, self.playhead - self._loop.time())

    @property
    def last_call(self) -> int:
        """The call whose sound was written last; 0 if none."""
        return next((span.call for span in reversed(self._spans) if span.call), 0)

    @property
    def sounding(self) -> list[Span]:
        """Everything audible that was written and not cleared, in order."""
        return [span for span in self._spans if span.call]

    def write(self, pcm: bytes) -> None:
        """Takes s16le mono at `OUT_RATE`."""
        runs = _runs(pcm)
        if self._held is not None:
            self._held += runs
        else:
            self._play(runs)

    def pause(self) -> None:
        """Holds what has not been played."""
        if self._held is None:
            self._held = self._take_back()

    def resume(self) -> None:
        """Plays what was held."""
        held, self._held = self._held or [], None
        self._play(held)

    def clear(self) -> None:
        """Throws away what has not been played."""
        self._take_back()
        self._held = None

    def _play(self, runs: list[Span]) -> None:
        now = self._loop.time()
        at = self.playhead if now - self.playhead < _JITTER_S else now
        for run in runs:
            last = self._spans[-1] if self._spans else None
            if last and last.call == run.call and last.stop == at:
                self._spans[-1] = Span(last.start, at + run.stop - run.start, run.call)
            else:
                self._spans.append(run.moved(at))
            at = self._spans[-1].stop

    def _take_back(self) -> list[Span]:
        """What is still to be played; it will not be."""
        now = self._loop.time()
        left = [Span(max(span.start, now), span.stop, span.call) for span in self._spans if span.stop > now]
        self._spans = [
            Span(span.start, min(span.stop, now), span.call) for span in self._spans if span.start < now
        ]
        return left


def _runs(pcm: bytes) -> list[Span]:
    """Stretches of one value each, as spans that begin at 0."""
    samples = np.frombuffer(pcm, "<i2")
    bounds = [0, *(np.flatnonzero(np.diff(samples)) + 1).tolist(), len(samples)]
    runs: list[Span] = []
    for start, stop in pairwise(bounds):
        sample = int(samples[start])
        runs.append(Span(0.0, (stop - start) / OUT_RATE, call_of(sample) if sample >= _AUDIBLE else 0))
    return runs
