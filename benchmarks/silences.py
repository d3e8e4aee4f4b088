"""What an ear knows of each silence in a take, found once and kept: models are slow, decisions are not.

The voice is told from silence by the product's own state machine (`gemelo.models.endpointing`) with its
time-outs off, so that it lives through every silence of the take.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from gemelo.benchmarks.sources import voice_activity
from gemelo.benchmarks.takes import Take
from gemelo.models.adapters.silero import WINDOW, SileroVoiceDetector
from gemelo.models.adapters.smart_turn import SAMPLES, SmartTurnDetector
from gemelo.models.ending import EndingParameters
from gemelo.models.endpointing import Endpointer, EndpointingParameters
from gemelo.models.vocabulary import Language, Signal, TurnSignal

PROBES = (4, 8)
"""Windows of silence after which Smart Turn is asked."""
_LEAD = 12
"""Windows before the voice was noticed that belong to the turn, as in the ear."""
_ENDLESS = EndpointingParameters(ending=EndingParameters(timeout_ms=1e9), stall_ms=1e9)


@dataclass(frozen=True, slots=True)
class Silence:
    """A stretch that the ear takes for silence.

    Attributes:
        begin: the sample at which its first window ends.
        windows: how many there are, the two of the voice that ends it included.
        judged: Smart Turn's probability of an end, by windows of silence heard.
    """

    begin: int
    windows: int
    judged: dict[int, float]


class Listener:
    """Finds the silences of takes; what it found before lies in a folder, by the sound's hash."""

    def __init__(self, vad: SileroVoiceDetector, turns: SmartTurnDetector, folder: Path) -> None:
        self._vad = vad
        self._turns = turns
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def silences(self, take: Take) -> list[Silence]:
        key = hashlib.sha256(repr((PROBES, _LEAD)).encode() + take.audio.tobytes()).hexdigest()[:24]
        path = self._folder / f"{key}.json"
        if path.is_file():
            found = [Silence(**kept) for kept in json.loads(path.read_text())]
            return [replace(one, judged={int(at): p for at, p in one.judged.items()}) for one in found]
        found = self._listen(take)
        path.write_text(json.dumps([asdict(silence) for silence in found]))
        return found

    def _listen(self, take: Take) -> list[Silence]:
        found: list[Silence] = []
        begun, stretches = _stretches(voice_activity(self._vad, take.audio), take.language)
        since = max(0, begun - _LEAD) * WINDOW
        for first, windows in stretches:
            judged: dict[int, float] = {}
            for probe in PROBES:
                if probe <= windows:
                    until = (first + probe) * WINDOW
                    clip = take.audio[max(since, until - SAMPLES) : until]
                    judged[probe] = round(self._turns.probability(clip), 4)
            found.append(Silence((first + 1) * WINDOW, windows, judged))
        return found


def _stretches(activity: Sequence[float], language: Language) -> tuple[int, list[tuple[int, int]]]:
    """The window at which the voice was noticed, and each silence's first window and length."""
    endpointer = Endpointer(language, recogniser=False, parameters=_ENDLESS)
    begun, first = 0, None
    found: list[tuple[int, int]] = []
    for at, probability in enumerate(activity):
        for output in endpointer.window(probability, 32.0 * at):
            if not isinstance(output, TurnSignal):
                continue
            if output.kind is Signal.START:
                begun = at
            elif output.kind is Signal.EAGER_END:
                first = at
            elif output.kind is Signal.RESUME and first is not None:
                found.append((first, at - first))
                first = None
    if first is not None:
        found.append((first, len(activity) - first))
    return begun, found
