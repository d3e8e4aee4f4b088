"""When the product's decision (`gemelo.models.ending`) ends a take, by what it is let know; pure."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from gemelo.benchmarks.alignment import spoken_form
from gemelo.benchmarks.silences import Silence
from gemelo.benchmarks.takes import Take
from gemelo.models.adapters.silero import WINDOW
from gemelo.models.completeness import Completeness, completeness
from gemelo.models.ending import EndingParameters, Pause
from gemelo.models.vocabulary import IN_RATE

_WINDOW_MS = 1000 * WINDOW / IN_RATE
_MS = IN_RATE // 1000
_EARLY = 200 * _MS
"""A voice may be lost this long before its last sound."""
_LEAST_WINDOWS = 6
"""A silence that the ear takes for a pause where there is none counts as one from 200 ms on."""
_WORD_LAG_MS = (100, 300)
"""A word is heard this long after its onset..."""
_FINAL_MS = 150
"""...and all of them this long after the voice pauses."""
NEVER_MS = 3000.0
"""The delay of an end that is never found."""


@dataclass(frozen=True, slots=True)
class Knowing:
    """What of the evidence a decision gets beside the silence."""

    name: str
    sound: bool
    words: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """A take, its silences, and what the words of each say after each window of silence."""

    take: Take
    silences: tuple[Silence, ...]
    words: tuple[tuple[Completeness, ...], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision made of one take.

    Attributes:
        source: the take's.
        false: of each pause, whether the turn was ended in it.
        delay_ms: from the last sound to the decision; None where the turn has no end.
        asked: how often the turn detector was asked.
    """

    source: str
    false: tuple[bool, ...]
    delay_ms: float | None
    asked: int


def hurried(parameters: EndingParameters, factor: float) -> EndingParameters:
    """All times of silence, times `factor`; the detector is asked no earlier and no later.

    The more patient, the less its certainty is worth: with `doubling_ms` over the factor's square the
    points follow the best that a grid of both found on the development half.
    """
    scaled = {field.name: getattr(parameters, field.name) * factor for field in fields(parameters)}
    kept = {"probe_ms": parameters.probe_ms, "doubling_ms": parameters.doubling_ms / factor**2}
    return replace(parameters, **{**scaled, **kept})


def hear(take: Take, silences: Sequence[Silence]) -> Heard:
    """Scripts when the take's words are recognised, drawn by its sound."""
    chance = np.random.default_rng(zlib.crc32(take.audio.tobytes()))
    ends = [word.end / _MS for word in take.words]
    onsets = [0.0, *ends][: len(ends)]
    known = [onset + chance.uniform(*_WORD_LAG_MS) for onset in onsets]
    stops = [pause.begin / _MS for pause in take.pauses] + ([take.end / _MS] if take.end else [])
    for stop in stops:
        for at, end in enumerate(ends):
            if end <= stop + 1:
                known[at] = min(known[at], stop + _FINAL_MS)
    texts = [spoken_form(word.text) for word in take.words]
    classes = [completeness(" ".join(texts[:count]), take.language) for count in range(len(texts) + 1)]
    words: list[tuple[Completeness, ...]] = []
    for silence in silences:
        times = silence.begin / _MS + _WINDOW_MS * np.arange(silence.windows)
        words.append(tuple(classes[sum(at <= now for at in known)] for now in times))
    return Heard(take, tuple(silences), tuple(words))


def decide(heard: Heard, knowing: Knowing, parameters: EndingParameters) -> Outcome:
    """Runs the decision through every silence of a take, whatever it decided in an earlier one."""
    take = heard.take
    false = [False] * len(take.pauses)
    delay: float | None = None
    asked = 0
    for silence, words in zip(heard.silences, heard.words, strict=True):
        ended_at, asks = _ends_at(silence, words, knowing, parameters)
        begin = silence.begin
        pause = next((n for n, p in enumerate(take.pauses) if p.begin - _EARLY <= begin < p.end), None)
        if take.end is not None and begin >= take.end - _EARLY:
            asked += asks
            if ended_at is not None and delay is None:
                delay = (ended_at - take.end) / _MS
        elif pause is not None:
            asked += asks
            in_time = ended_at is not None and (take.end is not None or ended_at < take.pauses[pause].end)
            false[pause] = false[pause] or in_time
        elif all(p.natural for p in take.pauses) and (silence.windows >= _LEAST_WINDOWS or ended_at):
            asked += asks
            false.append(ended_at is not None)
    if take.end is not None and delay is None:
        delay = NEVER_MS
    return Outcome(take.source, tuple(false), delay, asked)


def _ends_at(
    silence: Silence, words: Sequence[Completeness], knowing: Knowing, parameters: EndingParameters
) -> tuple[int | None, int]:
    """The sample at which the turn is ended in a silence, and how often the detector was asked.

    The detector's answer comes with the next window: 32 ms, where it takes 25 to 30.
    """
    pause = Pause(parameters)
    asks, answer = 0, None
    for window in range(1, silence.windows + 1):
        silent_ms = window * _WINDOW_MS
        known = words[window - 1] if knowing.words else Completeness.DOUBTFUL
        if answer is not None:
            pause.judged(answer)
            answer = None
        if pause.asks(silent_ms, known) and knowing.sound:
            asks += 1
            answer = silence.judged[max(probe for probe in silence.judged if probe <= window)]
        if pause.is_end(silent_ms, known):
            return silence.begin + (window - 1) * WINDOW, asks
    return None, asks
