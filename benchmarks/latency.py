"""How long a fan waits for a voice: the engine alone on scripted services, then the embedded stack."""

from __future__ import annotations

from gemelo.benchmarks import scripted_turns, spoken_turns
from gemelo.benchmarks.rows import Bench, Finding
from gemelo.benchmarks.watched import watched

TURNS, FULL_TURNS = 40, 240
SETTINGS = {
    "scripted": "final 150 ms after speech, first token 180 ms, 15 ms a token, voice 90 ms; no store",
    "embedded": "Silero, Smart Turn, pocketsphinx, verbatim, espeak-ng; 20 ms frames at real pace",
    "voice_to_voice": "from the last sample above the noise floor to the first audible sample sent",
    "names_to_avoid": scripted_turns.NAMES,
}


async def run(bench: Bench) -> list[Finding]:
    """Plays 40 turns of every kind in real time, or 240: some six minutes, or half an hour."""
    turns = FULL_TURNS if bench.full else TURNS
    bench.report("latency: the engine alone")
    rows: list[Finding] = []
    rows += await scripted_turns.measure(turns, (await bench.house()).guard)
    bench.report("latency: the embedded stack")
    rows += await spoken_turns.measure(bench, turns)
    bench.report("latency: one turn, watched")
    return [*rows, await watched(await bench.house())]
