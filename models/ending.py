"""Whether a pause is the end of a turn: the words, the sound and the silence, each asked what it knows.

The words are asked first. Where they leave no doubt ("tell me about the", "yes please") the turn detector
is not asked at all. Where they do, its answer says how much silence makes an end: no more than there is
where it is sure, the time-out where it says no, in between in proportion to the log-odds.

Asked at the first silence the detector takes breath for an end, and asked again until it says yes it ends
every sentence that was cut short: it is asked once a pause. Thresholds and how they were chosen stand in
docs/endpoint.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gemelo.models.completeness import Completeness

_SURE = 1e-4
"""A probability nearer to 0 or 1 than this says no more."""


@dataclass(frozen=True, slots=True)
class EndingParameters:
    """Times of silence (ms)."""

    probe_ms: float = 128
    """After which the turn detector is asked, once a pause. The voice activity model lags by some 70 ms, so
    this is 200 ms after the last sound; asked earlier, it takes breath for an end."""
    timeout_ms: float = 1000
    """That makes an end where the detector's chances are even or worse, or it has not answered..."""
    doubling_ms: float = 190
    """...and so much less each time that the odds of an end double."""
    fragment_ms: float = 500
    """So much more, up to the time-out, after a word or two that nobody says alone."""
    finished_ms: float = 128
    """That makes an end of words that are complete."""
    unfinished_ms: float = 1500
    """That makes an end of a clause that is clearly open."""


def patience_ms(parameters: EndingParameters, judged: float | None, words: Completeness) -> float:
    """How much silence makes an end.

    Args:
        judged: the turn detector's probability of an end; None while it has not said.
        words: what the transcript so far says.
    """
    if words is Completeness.FINISHED:
        return parameters.finished_ms
    if words is Completeness.UNFINISHED:
        return parameters.unfinished_ms
    if judged is None:
        return parameters.timeout_ms
    sure = min(max(judged, _SURE), 1 - _SURE)
    patience = parameters.timeout_ms - parameters.doubling_ms * math.log2(sure / (1 - sure))
    if words is Completeness.FRAGMENT:
        patience += parameters.fragment_ms
    return min(max(patience, parameters.probe_ms), parameters.timeout_ms)


class Pause:
    """One pause of the voice. Silence only grows within it; when the voice comes back it is forgotten."""

    def __init__(self, parameters: EndingParameters) -> None:
        self._p = parameters
        self._asked = False
        self._judged: float | None = None

    def asks(self, silent_ms: float, words: Completeness) -> bool:
        """Whether the turn detector is to be asked now."""
        is_certain = words in (Completeness.FINISHED, Completeness.UNFINISHED)
        if self._asked or is_certain or silent_ms < self._p.probe_ms:
            return False
        self._asked = True
        return True

    def judged(self, probability: float) -> None:
        """Takes the turn detector's answer."""
        self._judged = probability

    def is_end(self, silent_ms: float, words: Completeness) -> bool:
        """Whether the turn is over after so much silence."""
        return silent_ms >= patience_ms(self._p, self._judged, words)
