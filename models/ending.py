"""Whether a pause is the end of a turn: the turn detector is asked once, else the silence decides.

Asked at the first silence it takes breath for an end, and asked again until it says yes it ends every
sentence that was cut short: each further answer only lowers the bar.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EndingParameters:
    """Thresholds (probabilities 0-1) and times of silence (ms)."""

    probe_ms: float = 128
    """Silence after which the turn detector is asked, once a pause. The voice activity model lags by some
    70 ms, so this is 200 ms after the last sound; asked earlier, it takes breath for an end."""
    finished: float = 0.5
    """Above this the turn detector's answer ends the turn."""
    unfinished: float = 0.1
    """Below this it is clear that the fan will go on."""
    timeout_ms: float = 1000
    """Silence that ends a turn whatever the detector said..."""
    unfinished_timeout_ms: float = 1500
    """...unless the fan was clearly in mid-sentence."""


class Pause:
    """One pause of the voice. Silence only grows within it; when the voice comes back it is forgotten."""

    def __init__(self, parameters: EndingParameters) -> None:
        self._p = parameters
        self._asked = False
        self._finished: float | None = None

    def asks(self, silent_ms: float) -> bool:
        """Whether the turn detector is to be asked now."""
        if self._asked or silent_ms < self._p.probe_ms:
            return False
        self._asked = True
        return True

    def judged(self, probability: float) -> None:
        """Takes the turn detector's answer."""
        self._finished = probability

    def is_end(self, silent_ms: float) -> bool:
        """Whether the turn is over after so much silence."""
        if self._finished is None:
            return silent_ms >= self._p.timeout_ms
        if self._finished > self._p.finished:
            return True
        midway = self._finished < self._p.unfinished
        return silent_ms >= (self._p.unfinished_timeout_ms if midway else self._p.timeout_ms)
