"""The suite `peers`: renders what fans say, has every engine play it, puts the figures side by side."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

from gemelo.benchmarks.peers import figures, rounds, speech, utterances
from gemelo.benchmarks.peers.environments import own_programs, peer_programs
from gemelo.benchmarks.peers.rounds import Round
from gemelo.benchmarks.peers.speech import Utterance
from gemelo.benchmarks.rows import Bench, Row
from gemelo.models.adapters.espeak import EspeakVoice

_FOLDERS = ("turns", "speech")
_CROWD = 16
"""Utterances that a crowd says over and over."""


async def measure(bench: Bench) -> Sequence[Row]:
    """See `peers.run`."""
    programs = {**own_programs(), **await peer_programs(bench.report)}
    spoken = await _spoken(bench)
    planned = rounds.passes(rounds.FULL if bench.full else rounds.QUICK)
    bench.report(f"peers: {sum(map(len, planned))} rounds of {', '.join(sorted(programs))}")
    with tempfile.TemporaryDirectory(prefix="gemelo-peers-") as folder:
        sayings = _Sayings(spoken, Path(folder))
        within_s = math.inf if bench.full else rounds.QUICK_S
        results = await rounds.play_all(planned, programs, sayings.file, bench.report, within_s)
    found = figures.rows(results)
    bench.report("\n" + figures.side_by_side(found))
    return found


async def _spoken(bench: Bench) -> list[Utterance]:
    """Recordings where there are data, else the project's own voice."""
    if bench.data:
        folders = [bench.data / name for name in _FOLDERS if (bench.data / name).is_dir()]
        if recorded := utterances.recorded(folders or [bench.data]):
            bench.report(f"peers: {len(recorded)} recordings")
            return recorded
    voice = EspeakVoice()
    try:
        return await utterances.rendered(voice)
    finally:
        await voice.close()


class _Sayings:
    """Files of what the fan says, the same for every engine of a pass."""

    def __init__(self, spoken: Sequence[Utterance], folder: Path) -> None:
        self._spoken = spoken
        self._folder = folder

    def file(self, round: Round) -> Path:
        """Sentences are broken off in `latency` only: elsewhere a false end would be another kind of turn."""
        job = round.job
        path = self._folder / f"{job.mode}-{job.seed}.npz"
        if not path.exists():
            count = _CROWD if job.mode == "density" else job.turns + 2
            drawn = utterances.mixed(self._spoken, count, job.seed, cut=job.mode == "latency")
            speech.save(drawn, path)
        return path
