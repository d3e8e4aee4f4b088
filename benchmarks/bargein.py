"""How soon a twin stops when the fan talks over it: from the fan's first sample to the pause."""

from __future__ import annotations

import asyncio

from gemelo.benchmarks.fan import Clip, recorded, render, sound_bounds
from gemelo.benchmarks.rows import Bench, Row, share, times
from gemelo.benchmarks.spoken_turns import DEPLOYMENT, EN, Caller, calling
from gemelo.engine.events import ReplyEnded, SpeakingPaused, SpeakingStarted
from gemelo.models.vocabulary import IN_RATE

TURNS = 40
SETTINGS = {"onset_to_pause": "from the fan's first sample above the noise floor to the order to pause"}
INTERRUPTIONS = (
    "Wait, stop there.",
    "No, tell me about something else.",
    "Hold on.",
    "Sorry, what was that?",
)
ASKED = "What is the offside rule?"
_TALKS_S = 0.35
"""How long the twin has been speaking when it is interrupted, and then a little more each turn."""
_WAIT_S = 3.0
_BETWEEN_S = 1.2


async def run(bench: Bench, turns: int = TURNS) -> list[Row]:
    """Interrupts a speaking twin `turns` times in real time: some three minutes."""
    house = await bench.house()
    voice = (await house.place(DEPLOYMENT)).stage.voice
    clips = {"rendered": [await render(voice, text, EN) for text in INTERRUPTIONS]}
    if bench.data:
        clips["speech"] = recorded(bench.needed("speech"))
    rows: list[Row] = []
    for profile, own in clips.items():
        bench.report(f"bargein: {profile}")
        async with calling(house) as caller:
            found = [await _interrupted(caller, own[turn % len(own)], turn) for turn in range(turns)]
        paused = [ms for ms in found if ms is not None]
        rows.append(share("paused", "en", [ms is not None for ms in found], profile))
        if paused:
            rows.append(times("onset_to_pause", "en", paused, profile))
    return rows


async def _interrupted(caller: Caller, clip: Clip, turn: int) -> float | None:
    """Lets the twin talk, talks over it, and returns how long it went on (ms), None if it never stopped."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    caller.session.say(ASKED)
    if await caller.notes.first(SpeakingStarted, begun, _WAIT_S) is None:
        return None
    await asyncio.sleep(_TALKS_S + turn % 7 * 0.011)  # off the grid of frames and windows
    first, last = sound_bounds(clip)
    voiced = clip[first : min(last, first + IN_RATE)]
    onset = caller.microphone.play(voiced)
    paused = await caller.notes.first(SpeakingPaused, onset, _WAIT_S)
    await asyncio.sleep(len(voiced) / IN_RATE + _BETWEEN_S)
    caller.session.interrupt()
    await caller.notes.first(ReplyEnded, begun, _WAIT_S)
    return 1000 * (paused[0] - onset) if paused else None
