"""How long a fan hears nothing when a provider dies, with scripted providers that answer as bought ones do.

In each turn the first provider of one seam dies, with an error or without a word; the second is well. What is
told is the time from the death to the next sound, or, where sound made before was still to be heard, from
its end. The mind's and the voice's turns are those of the law (see `scripted`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

from gemelo.benchmarks.failing import Chance, Death, MortalMind, MortalVoice
from gemelo.benchmarks.rows import Bench, Row, times
from gemelo.benchmarks.scripted import REPLY, ScriptedMind, ScriptedVoice
from gemelo.models.clock import LoopClock
from gemelo.models.failover.line import Line, Provider
from gemelo.models.failover.minds import FailoverMind
from gemelo.models.failover.voices import FailoverVoice
from gemelo.models.seams import LanguageModel, TextToSpeech
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, Findings, Language, Prompt, Written

TURNS, FULL_TURNS = 300, 1200
_TOGETHER = 20
SETTINGS = {
    "turns": f"{TURNS} of each kind ({FULL_TURNS} with --full), {_TOGETHER} at once",
    "voice_patience_ms": "500, the default of GEMELO_VOICE_PATIENCE_S",
    "mind_patience_ms": "400, the default of GEMELO_LLM_PATIENCE_S; only silent deaths wait for it",
    "death_to_sound": "from the death, or the end of the sound made before, to the next sound",
}
_EN = Language("en")
_PROMPT = Prompt("", (), Findings(), "?", _EN)
_KINDS = {"error": (Death.AT_ONCE, Death.LATER), "silence": (Death.SILENTLY,)}


async def run(bench: Bench) -> list[Row]:
    """Has providers die in real time: a minute."""
    logging.getLogger("gemelo.models.failover").setLevel(logging.ERROR)  # a line for each death is too many
    turns = FULL_TURNS if bench.full else TURNS
    found: list[Row] = []
    for seam in ("voice", "mind"):
        for kind, deaths in _KINDS.items():
            gaps: list[float] = []
            for first in range(0, turns, _TOGETHER):
                seeds = range(first, min(first + _TOGETHER, turns))
                for gap in await asyncio.gather(*(_turn(seam, deaths, seed) for seed in seeds)):
                    gaps += gap
            bench.report(f"{seam}, {kind}: {len(gaps)} deaths")
            found.append(times("death_to_sound", "", gaps, f"{seam}-{kind}"))
    return found


async def _turn(seam: str, deaths: tuple[Death, ...], seed: int) -> list[float]:
    """One reply whose first provider dies; the silence after its death in ms, none where it lived."""
    chance = Chance(1.0, seed, deaths)
    clock = LoopClock()
    minds: list[LanguageModel] = [ScriptedMind(REPLY)]
    voices: list[TextToSpeech] = [ScriptedVoice()]
    if seam == "mind":
        minds.insert(0, MortalMind(chance, REPLY))
    else:
        voices.insert(0, MortalVoice(chance, ScriptedVoice().ms_per_char))
    mind = FailoverMind(Line([Provider(str(n), one) for n, one in enumerate(minds)], clock), clock)
    voice = FailoverVoice(Line([Provider(str(n), one) for n, one in enumerate(voices)], clock), clock)
    heard_until, gaps = 0.0, list[float]()
    async with aclosing(voice.speak(_words(mind), _EN)) as speeches:
        async for speech in speeches:
            if not speech.pcm:
                continue
            now = clock.now()
            if chance.deaths and not gaps:
                gaps.append(max(0.0, now - max(chance.deaths[0], heard_until)) * 1000)
            heard_until = max(heard_until, now) + len(speech.pcm) / BYTES_PER_SAMPLE / OUT_RATE
    return gaps


async def _words(mind: LanguageModel) -> AsyncIterator[str]:
    pieces: AsyncGenerator[object, None] = mind.reply(_PROMPT)
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Written):
                yield piece.text
