"""The four ways to measure an engine. Neutral; each answers plain figures that go through JSON."""

from __future__ import annotations

import asyncio
import math
import os
import resource
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from gemelo.benchmarks.peers.conversation import (
    FRAME_S,
    Conversation,
    Engine,
    Microphone,
    Said,
    Services,
    Texts,
)
from gemelo.benchmarks.peers.playback import Playback
from gemelo.benchmarks.peers.scoring import TurnScore, is_whole, onset_to_silence_ms, score
from gemelo.benchmarks.peers.services import Mind, Recogniser, Voice
from gemelo.benchmarks.peers.speech import Utterance
from gemelo.benchmarks.transcripts import END_MS, FINAL_MS, FIRST_TOKEN_MS

Open = Callable[[Services], Engine]
"""Makes an engine around the services of one conversation."""

_WAIT_S = 5.0
"""After the fan's last word; who answers later has not answered."""
_QUIET_S = 0.4
"""So long nothing sounds before the fan speaks again."""
_TALKS_S = 1.0
"""The twin has been speaking for so long when it is interrupted, and then a little more each turn."""
_GRID_S = 0.011
"""That little, so that no turn meets the same phase of frames and windows."""
_POLL_S = 0.020
_SETTLES_S = 1.0
_WRITTEN_S = 1.5
"""After which a typed turn's reply has been written."""
_WARM_S = 8.0
_APART_S, _SPREAD_S = 0.617, 6.0
"""In `density` each conversation begins so long after the one before, within so long."""

QUICK_MS_PER_CHAR = 6.0
"""Replies are short in `latency`, where only their beginning counts, and..."""
LONG_MS_PER_CHAR = 60.0
"""...as long as people speak in `bargein`."""
DENSE_MS_PER_CHAR = 25.0


@dataclass(frozen=True, slots=True)
class Job:
    """One round.

    Attributes:
        predicts: which recogniser stands behind.
        turns: of the fan, in `latency`, `bargein` and `text`.
        sessions, seconds: in `density`.
        seed: of scripts, replies and the order of the utterances.
    """

    mode: str
    predicts: bool
    turns: int
    sessions: int
    seconds: float
    seed: int


async def play(job: Job, open_engine: Open, utterances: Sequence[Utterance]) -> dict[str, Any]:
    """Plays one round and says what was measured."""
    if job.mode == "density":
        return await density(job, open_engine, utterances)
    quick = job.mode == "latency"
    talk = await _begin(job, open_engine, QUICK_MS_PER_CHAR if quick else LONG_MS_PER_CHAR)
    try:
        if job.mode == "text":
            return await text(job, talk)
        unscored = 1 if quick else 2
        chosen = list(islice(cycle(utterances), unscored + job.turns))
        return await (latency if quick else bargein)(job, talk, chosen)
    finally:
        talk.sending.cancel()
        await talk.engine.stop()


async def latency(job: Job, talk: Conversation, utterances: Sequence[Utterance]) -> dict[str, Any]:
    """Asks, waits until the answer has sounded, asks again; the first turn warms up and is not scored."""
    await asyncio.sleep(_SETTLES_S)
    turns: list[Said] = []
    for number, utterance in enumerate(utterances):
        turns.append(talk.speak(utterance, job.seed + number))
        await _until_answered(talk, turns[-1])
        await _until_quiet(talk)
    return {"turns": [asdict(found) for found in _scores(job, talk, turns)[1:]]}


async def bargein(job: Job, talk: Conversation, utterances: Sequence[Utterance]) -> dict[str, Any]:
    """Asks, and asks the next question over each answer.

    The first turn is no interruption, and the first interruption is not scored: LiveKit ignores the fan
    for the first three seconds that it ever speaks, while it would learn the room's echo.
    """
    await asyncio.sleep(_SETTLES_S)
    turns: list[Said] = []
    for number, utterance in enumerate(utterances):
        turns.append(talk.speak(utterance, job.seed + number))
        if await _until_answered(talk, turns[-1]):
            await asyncio.sleep(_TALKS_S + number % 7 * _GRID_S)
    sounding = talk.services.playback.sounding
    stopped = [onset_to_silence_ms(turn.onset, sounding) for turn in turns[2:]]
    return {
        "onset_to_silence": stopped,
        "turns": [asdict(found) for found in _scores(job, talk, turns)[2:]],
    }


async def text(job: Job, talk: Conversation) -> dict[str, Any]:
    """Types, and tells what the engine adds to the mind's time until the reply's first text."""
    loop = asyncio.get_running_loop()
    pieces = talk.services.texts.pieces
    added: list[float] = []
    for number in range(job.turns + 1):
        await asyncio.sleep(_QUIET_S + number % 7 * _GRID_S)
        known, asked = len(pieces), loop.time()
        await talk.engine.say(f"What do you think of number {number}?")
        await asyncio.sleep(_WRITTEN_S)
        if len(pieces) > known:
            added.append(1000 * (pieces[known][0] - asked) - FIRST_TOKEN_MS)
    return {"added": added[1:]}


async def density(job: Job, open_engine: Open, utterances: Sequence[Utterance]) -> dict[str, Any]:
    """Many conversations in this process, all talking all the time; measured once they have warmed up.

    They are left as they are: what it takes to end them is not measured.
    """
    loop = asyncio.get_running_loop()
    crowd = [
        await _begin(job, open_engine, DENSE_MS_PER_CHAR, number * _APART_S % _SPREAD_S)
        for number in range(job.sessions)
    ]
    said: list[list[Said]] = [[] for _ in crowd]
    talking = [
        asyncio.create_task(_talk_on(job, talk, utterances, turns, 1000 * number))
        for number, (talk, turns) in enumerate(zip(crowd, said, strict=True))
    ]
    await asyncio.sleep(_WARM_S)
    sent = [len(talk.microphone.late) for talk in crowd]
    cpu, begun = _cpu_s(), loop.time()
    await asyncio.sleep(job.seconds)
    cpu, wall, memory = _cpu_s() - cpu, loop.time() - begun, rss_mb()
    for task in talking:
        task.cancel()
    scores = [
        found
        for talk, turns in zip(crowd, said, strict=True)
        for turn, found in zip(turns, _scores(job, talk, turns), strict=True)
        if turn.ended >= begun and (found.voice_to_voice_ms is not None or turn is not turns[-1])
    ]
    late = [s for talk, known in zip(crowd, sent, strict=True) for s in talk.microphone.late[known:]]
    return {
        "cpu_s_per_min": 60 * cpu / wall / job.sessions,
        "frames": len(late) * FRAME_S / wall / job.sessions,
        "late_ms": [round(1000 * s, 2) for s in late],
        "memory_mb": memory,
        "voice_to_voice": [found.voice_to_voice_ms for found in scores if found.voice_to_voice_ms],
        "answered": [found.voice_to_voice_ms is not None for found in scores],
    }


async def _begin(job: Job, open_engine: Open, ms_per_char: float, begins: float = 0.0) -> Conversation:
    """Starts an engine, and the fan's microphone `begins` s from now."""
    mind = Mind(job.seed)
    services = Services(
        recogniser=Recogniser(predicts=job.predicts),
        mind=mind,
        voice=Voice(mind, ms_per_char),
        playback=Playback(),
        texts=Texts(),
        spoken=job.mode != "text",
    )
    engine = open_engine(services)
    await engine.start()
    microphone = Microphone(engine, begins)
    sending = asyncio.create_task(microphone.run() if services.spoken else asyncio.sleep(0))
    return Conversation(services, engine, microphone, sending)


async def _talk_on(
    job: Job, talk: Conversation, utterances: Sequence[Utterance], turns: list[Said], seed: int
) -> None:
    """Asks for ever, and notes every turn."""
    await asyncio.sleep(max(0.0, talk.microphone.begins - asyncio.get_running_loop().time()))
    await asyncio.sleep(_QUIET_S)
    for number, utterance in enumerate(cycle(utterances)):
        turns.append(talk.speak(utterance, job.seed + seed + number))
        await _until_answered(talk, turns[-1])
        await _until_quiet(talk)


async def _until_answered(talk: Conversation, turn: Said) -> bool:
    """Waits until an answer to the whole question sounds, for so long as a fan would."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(max(0.0, turn.ended - loop.time()))
    calls, wrong = talk.services.mind.calls, 0
    while loop.time() < turn.ended + _WAIT_S:
        last = talk.services.playback.last_call
        if last > wrong:
            if calls[last - 1].at >= turn.begun and is_whole(calls[last - 1], turn):
                return True
            wrong = last
        await asyncio.sleep(_POLL_S)
    return False


async def _until_quiet(talk: Conversation) -> None:
    """Waits until nothing has sounded for a while."""
    loop = asyncio.get_running_loop()
    while True:
        left = talk.services.playback.playhead + _QUIET_S - loop.time()
        if left <= 0:
            return
        await asyncio.sleep(left)


def _scores(job: Job, talk: Conversation, turns: Sequence[Said]) -> list[TurnScore]:
    decided_ms = END_MS if job.predicts else FINAL_MS
    ends = [*(turn.begun for turn in turns[1:]), math.inf]
    calls, sounding = talk.services.mind.calls, talk.services.playback.sounding
    return [score(turn, end, decided_ms, calls, sounding) for turn, end in zip(turns, ends, strict=False)]


def _cpu_s() -> float:
    """Of this process, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def rss_mb() -> float:
    """Memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
