"""How long a fan waits for a voice: draft policies on scripted services, then the embedded stack."""

from __future__ import annotations

from gemelo.benchmarks import drafted_turns, spoken_turns
from gemelo.benchmarks.drafted_turns import PROFILES, Saying, Setting
from gemelo.benchmarks.fan import render, transcribed
from gemelo.benchmarks.rows import Bench, Finding
from gemelo.benchmarks.scripted_turns import EN, NAMES
from gemelo.benchmarks.watched import watched
from gemelo.models.adapters.local_ear import LocalEars

TURNS, TURNS_FULL = 24, 210
SETTINGS = {
    "scripted": "final 150 ms after speech, words 100-300 ms after their onset, first token 180 ms, 15 ms a "
    "token, voice 90 ms; predicting: eager end 120 ms, end 320 ms, 15 % false; no store",
    "drafts": f"Silero and Smart Turn but where the recogniser predicts; {drafted_turns.SESSIONS} sessions "
    "at once; hits and misses apart",
    "false_early": f"a cut clip answered within {drafted_turns.FALSE_EARLY_S} s of the cut",
    "embedded": "Silero, Smart Turn, pocketsphinx, verbatim, espeak-ng; 20 ms frames at real pace",
    "voice_to_voice": "from the last sample above the noise floor to the first audible sample sent",
    "names_to_avoid": NAMES,
}


async def run(bench: Bench) -> list[Finding]:
    """Plays turns of every kind in real time: some six minutes, with `full` 40."""
    house = await bench.house()
    ears = (await house.place(spoken_turns.DEPLOYMENT)).stage.ears
    turns = TURNS_FULL if bench.full else TURNS
    found: list[Finding] = []
    if isinstance(ears, LocalEars):
        setting = Setting(ears.with_recogniser, house.guard, await _sayings(bench), turns)
        found += await drafted_turns.measure(setting, PROFILES, bench.report)
    bench.report("latency: the embedded stack")
    found += await spoken_turns.measure(bench, turns)
    bench.report("latency: one turn, watched")
    return [*found, await watched(house)]


async def _sayings(bench: Bench) -> list[Saying]:
    """Recorded turns, whole and cut, where there are data; else rendered questions."""
    if bench.data:
        folder = bench.needed("turns")
        return [
            Saying(clip, text, whole)
            for whole in (True, False)
            for clip, text in transcribed(folder, complete=whole)
        ]
    voice = (await (await bench.house()).place(spoken_turns.DEPLOYMENT)).stage.voice
    return [Saying(await render(voice, text, EN), text) for text in spoken_turns.QUESTIONS]
