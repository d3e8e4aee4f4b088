"""How many sessions one core holds: the product's own server on one core, a crowd of fans on the other.

    crowd (this process, core B) ── real sockets, real pace ──▶ server (core A): scripted recogniser, mind
                                 ◀── 24 kHz audio ───────────    and voice; everything else is the product

For each number of sessions: processor time a session-minute, lag of the server's loop, voice-to-voice
from the samples that came, memory. A core holds so many sessions as answer within 100 ms of how one alone
is answered (p95), and answer nearly all. Speech is not chosen for the turn model, but of the clips only
those serve that it takes for finished whenever a few fans say them: load is measured here, not judgement.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from statistics import median

import numpy as np

from gemelo.benchmarks.crowd import Crowd, Manners, Speech, Waits
from gemelo.benchmarks.fan import Clip, recorded, render
from gemelo.benchmarks.lag import Times
from gemelo.benchmarks.processes import cpu_s, rss_mb
from gemelo.benchmarks.rows import Bench, Curve, Finding, Row, amount, times
from gemelo.benchmarks.serving import DEPLOYMENT, Server, ServerFailed, scripted
from gemelo.benchmarks.spoken_turns import EN, QUESTIONS
from gemelo.models.errors import UsageError

CHOOSING_S = 30.0, 120.0
"""How long a few fans, who are no load, talk to choose the clips: to see, and in full."""
REFERENCE_S = 60.0, 300.0
"""How long one session is measured alone, likewise. It has some ten answers a minute."""
MEASURED_S = 30.0, 60.0
WARM_S = 14.0
WITHIN_MS = 100.0
"""A p95 this much above that of one session is no longer the same service."""
ANSWERED = 0.97
_ANSWER_S = 2.0
_SAME_MS = 150.0
"""A clip that takes this much longer than the quickest was not taken for finished at its first pause."""
SETTINGS = {
    "server": "gemelo's own, one process on one core; Silero on",
    "turns": "Smart Turn, or the word of a provider (scripted), at every pause",
    "services": "timed words, final 150 ms after speech; first token 180 ms, 15 ms a token; voice 90 ms",
    "guard": "full, 200 names; retrieval and store are the product's",
    "fans": "20 ms frames, open loop: question, six seconds of answer, exponential think time; "
    "playback reports every 200 ms",
    "within_ms": WITHIN_MS,
}
_HEARS = Manners(answer_s=6.8)
_FEW = 8
_HURRIED = Manners(answer_s=1.6, think_s=0.2, cut_s=0.4, first_answer_s=_HEARS.answer_s)
"""Of the few and of the one who is alone: presses stop soon, so that a minute gives many answers."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """One way to run the server, and the crowds that it is given.

    Attributes:
        prefix: of the profiles of its rows.
        arguments: of the scripted server.
        brief, full: sessions to see, and to find where it breaks.
        reference_s: how long one session is measured alone, to see and in full.
    """

    name: str
    prefix: str
    arguments: tuple[str, ...]
    brief: tuple[int, ...]
    full: tuple[int, ...]
    reference_s: tuple[float, float] = REFERENCE_S


LADDERS = (
    Ladder("smart-turn", "", (), (32, 64), (8, 32, 64, 96, 112, 128, 144, 160, 192)),
    Ladder("provider", "provider ", ("--turns", "provider"), (), (64, 128, 160, 192, 224, 256, 288)),
    Ladder("no-guard", "no-guard ", ("--guard", "off"), (), (64,), (60.0, 60.0)),
)
"""Turns by Smart Turn at every pause, by a provider that says when they end, and what the guard costs."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a number of sessions did to the server in one stretch of time."""

    sessions: int
    waits: Waits
    cpu_s_per_min: float
    lag: Times
    client_lag: Times
    rss_mb: float

    @property
    def p95_ms(self) -> float:
        return float(np.percentile(self.waits.ms, 95)) if self.waits.ms else float("inf")

    @property
    def answered(self) -> float:
        return len(self.waits.ms) / max(1, self.waits.asked)


def holds(load: Load, alone: Load) -> bool:
    """Whether so many sessions are served as one alone is."""
    return load.answered >= ANSWERED and load.p95_ms <= alone.p95_ms + WITHIN_MS


def knee(loads: Sequence[Load], alone: Load) -> int:
    """The most sessions that were held, all smaller crowds being held too."""
    held = 1
    for load in sorted(loads, key=lambda load: load.sessions):
        if not holds(load, alone):
            break
        held = load.sessions
    return held


async def run(bench: Bench, ladders: Sequence[Ladder] = LADDERS) -> list[Finding]:
    """Loads a server with growing crowds, in each of the ways to run it.

    Raises:
        ServerFailed: the server did not start.
        UsageError: another server was named; of that neither time nor memory could be told.
    """
    needs_its_own(bench)
    speeches = [Speech.of(clip) for clip in await clips_of(bench)]
    found: list[Finding] = []
    with two_cores() as core:
        for ladder in ladders:
            if ladder.full if bench.full else ladder.brief:
                bench.report(f"density: {ladder.name}")
                async with scripted(*core, *ladder.arguments) as server:
                    alone, loads = await _climb(bench, server, speeches, ladder)
                found += findings(ladder, alone, loads)
    return found


async def _climb(
    bench: Bench, server: Server, speeches: Sequence[Speech], ladder: Ladder
) -> tuple[Load, list[Load]]:
    """A few fans choose the clips; then one session alone, then more and more until they are too many."""
    choosing_s, alone_s = CHOOSING_S[bench.full], ladder.reference_s[bench.full]
    sizes, measured_s = ladder.full if bench.full else ladder.brief, MEASURED_S[bench.full]
    async with moving(server, speeches) as crowd:
        await crowd.grow(_FEW, _HURRIED, choosing_s + WARM_S)
        await asyncio.sleep(WARM_S)
        served = finished((await _measure(server, crowd, choosing_s)).waits)
    if not served:
        raise ServerFailed("not one question of a few fans was always answered at its first pause")
    bench.report(f"  {len(served)} of {len(speeches)} clips are taken for finished at their first pause")
    clips = [speeches[clip] for clip in served]
    async with moving(server, clips) as crowd:
        await crowd.grow(1, _HURRIED, alone_s + WARM_S)
        await asyncio.sleep(WARM_S)
        alone = await _measure(server, crowd, alone_s)
        bench.report(told(alone))
    loads: list[Load] = []
    async with moving(server, clips) as crowd:
        for size in sizes:
            await crowd.grow(size, _HEARS, len(sizes) * (measured_s + 2 * WARM_S) + size)
            await asyncio.sleep(WARM_S)
            loads.append(await _measure(server, crowd, measured_s))
            bench.report(told(loads[-1]))
            if bench.full and not holds(loads[-1], alone):  # to see takes every size, however it is served
                break
    return alone, loads


def finished(waits: Waits) -> list[int]:
    """The clips that were always taken for finished at their first pause.

    The quickest quarter of the clips says how long that takes: a single answer may have come before its
    question was over.
    """
    by_clip: dict[int, list[float]] = defaultdict(list)
    for clip, ms in waits.waited:
        by_clip[clip].append(ms)
    if not by_clip:
        return []
    quick = float(np.percentile([median(own) for own in by_clip.values()], 25))
    return [clip for clip, own in sorted(by_clip.items()) if max(own) <= quick + _SAME_MS]


def told(load: Load) -> str:
    """One line of progress."""
    waits = load.waits
    p50 = median(waits.ms) if waits.ms else float("nan")
    return (
        f"  {load.sessions:4d} sessions: {load.cpu_s_per_min:.3f} CPU s/min, "
        f"lag {load.lag.at(50):.1f}/{load.lag.at(99):.1f} ms (client {load.client_lag.at(99):.1f}), "
        f"voice to voice {p50:.0f}/{load.p95_ms:.0f} ms of {len(waits.ms)} in {waits.asked} "
        f"({waits.early} early), {load.rss_mb:.0f} MB"
    )


def findings(ladder: Ladder, alone: Load, loads: Sequence[Load]) -> list[Finding]:
    """The figures and curves of one ladder."""
    found: list[Finding] = []
    for load in (alone, *loads):
        found += _rows(load, alone, f"{ladder.prefix}N={load.sessions}")
    if len(loads) > 1:
        grown = loads[-1].sessions - loads[0].sessions
        weight = (loads[-1].rss_mb - loads[0].rss_mb) / grown
        found.append(amount("mb_per_session", "MB", weight, ladder.prefix.strip()))
    held = knee(loads, alone)
    broke = any(load.sessions > held for load in loads)  # else it holds more than it was given
    if broke:
        found.append(amount("sessions_per_core", "sessions", held, ladder.name))
    waits = tuple((float(load.sessions), load.p95_ms) for load in (alone, *loads) if load.waits.ms)
    spent = tuple((float(load.sessions), load.cpu_s_per_min) for load in loads)
    of, bend = ("gemelo", ladder.name), float(held) if broke else None
    return [
        *found,
        Curve(*of, "voice_to_voice", "sessions", "voice to voice, p95 (ms)", waits, bend),
        Curve(*of, "cpu_s_per_min", "sessions", "CPU s a session-minute", spent, bend),
    ]


def _rows(load: Load, alone: Load, profile: str) -> list[Row]:
    rows = [
        amount("cpu_s_per_min", "s", load.cpu_s_per_min, profile),
        amount("loop_lag_p50", "ms", load.lag.at(50), profile),
        amount("loop_lag_p99", "ms", load.lag.at(99), profile),
        amount("client_lag_p99", "ms", load.client_lag.at(99), profile),
        amount("answered", "share", load.answered, profile),
        amount("rss", "MB", load.rss_mb, profile),
    ]
    if load.waits.ms:
        rows.append(times("voice_to_voice", "en", load.waits.ms, profile))
        rows.append(amount("p95_over_single", "ms", load.p95_ms - alone.p95_ms, profile))
    return rows


async def _measure(server: Server, crowd: Crowd, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    await server.ask()
    crowd.lag = Times()
    used, began = cpu_s(server.pid), loop.time()
    await asyncio.sleep(seconds)
    ended = loop.time()
    used = cpu_s(server.pid) - used
    lag = Times(json.loads(await server.ask())["lag"])
    client_lag, weight = crowd.lag, rss_mb(server.pid)
    await asyncio.sleep(_ANSWER_S)  # what was asked last may still be answered
    minutes = len(crowd.fans) * (ended - began) / 60
    return Load(
        len(crowd.fans),
        crowd.waits(began, ended),
        used / minutes,
        lag,
        client_lag,
        weight,
    )


@asynccontextmanager
async def moving(server: Server, speeches: Sequence[Speech]) -> AsyncGenerator[Crowd]:
    """A crowd, empty at first, with its clock running."""
    crowd = Crowd(server.port, speeches)
    running = asyncio.create_task(crowd.run())
    try:
        yield crowd
    finally:
        crowd.shrink(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@contextmanager
def two_cores() -> Generator[list[str]]:
    """Keeps this process off one core; gives the arguments with which the server keeps to it."""
    ours = os.sched_getaffinity(0)
    if len(ours) < 2:
        yield []
        return
    server = min(ours)
    os.sched_setaffinity(0, ours - {server})
    try:
        yield ["--core", str(server)]
    finally:
        os.sched_setaffinity(0, ours)


def needs_its_own(bench: Bench) -> None:
    """For suites on the scripted server.

    Raises:
        UsageError: another server was named.
    """
    if bench.target:
        raise UsageError("this suite starts a server of its own and looks into it: leave --target out")


async def clips_of(bench: Bench) -> list[Clip]:
    """Whole questions: recorded where there are data, else in the demo's voice."""
    if bench.data:
        return recorded(bench.needed("turns"), complete=True)
    voice = (await (await bench.house()).place(DEPLOYMENT)).stage.voice
    return [await render(voice, question, EN) for question in QUESTIONS]
