"""Which rounds are played, where, and in which order.

A pass plays every engine once, one after the other, on one core. Cores take passes in turn, so that no
engine has a core, a minute or a neighbour to itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gemelo.benchmarks.peers.configs import CONFIGS, Config
from gemelo.benchmarks.peers.environments import Program
from gemelo.benchmarks.peers.modes import Job

LANES = 2
"""At most so many cores are used."""
QUICK_S = 14 * 60
"""No round of a quick run begins later."""
_TIMEOUT_S = 600.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured.

    Attributes:
        turns: scored in a round, by mode.
        passes: of `latency`, and of `bargein` with `text`.
        crowds: sessions of the rounds of `density`, each `crowd_s` long.
    """

    turns: Mapping[str, int]
    passes: tuple[int, int]
    crowds: tuple[int, ...]
    crowd_s: float


QUICK = Size({"latency": 5, "bargein": 6, "text": 8}, (2, 1), (8, 32), 12.0)
FULL = Size({"latency": 20, "bargein": 20, "text": 20}, (10, 10), (8, 16, 32, 64), 40.0)


@dataclass(frozen=True, slots=True)
class Round:
    """One engine, set up one way, measured once."""

    config: Config
    job: Job


@dataclass(frozen=True, slots=True)
class Result:
    """What a round measured: see `modes`."""

    round: Round
    found: Mapping[str, Any]


def passes(size: Size) -> list[list[Round]]:
    """All rounds, in passes: what a quick run may have no time for comes last."""
    spoken, short = size.passes
    return [
        *(_pass("latency", size, seed) for seed in range(spoken)),
        *(_pass("bargein", size, 100 + seed) + _pass("text", size, 200 + seed) for seed in range(short)),
        [round for sessions in size.crowds for round in _pass("density", size, 300, sessions)],
    ]


def _pass(mode: str, size: Size, seed: int, sessions: int = 1) -> list[Round]:
    turns = size.turns.get(mode, 0)
    return [
        Round(config, Job(mode, config.predicts, turns, sessions, size.crowd_s, seed))
        for config in CONFIGS
        if mode in config.modes
    ]


async def play_all(
    passes: Sequence[Sequence[Round]],
    programs: Mapping[str, Program],
    speech: Callable[[Round], Path],
    report: Callable[[str], None],
    within_s: float,
) -> list[Result]:
    """Plays passes, each on one core; says what it had to leave out.

    Args:
        speech: a file of `speech.save` for a round.
        within_s: no round begins later than this.
    """
    until = time.monotonic() + within_s
    waiting = list(passes)
    results: list[Result] = []

    async def take_passes(core: int | None) -> None:
        while waiting:
            for round in waiting.pop(0):
                if round.config.engine not in programs:
                    continue
                if time.monotonic() > until:
                    report(f"peers: no time left for {_name(round)}")
                    continue
                found = await _play(round, programs[round.config.engine], speech(round), core)
                if "error" in found:
                    report(f"peers: {_name(round)} failed: {found['error']}")
                else:
                    results.append(Result(round, found))

    async with asyncio.TaskGroup() as group:
        for core in _cores():
            group.create_task(take_passes(core))
    return results


def _cores() -> list[int | None]:
    """The cores to pin to, or one None where nothing here can pin."""
    if not hasattr(os, "sched_getaffinity") or not shutil.which("taskset"):
        return [None]
    return sorted(os.sched_getaffinity(0))[:LANES]  # pyright: ignore[reportReturnType]


async def _play(round: Round, program: Program, speech: Path, core: int | None) -> dict[str, Any]:
    """Starts a process for a round and reads what it answers."""
    order = {
        "engine": round.config.engine,
        "settings": round.config.settings,
        "job": asdict(round.job),
        "speech": str(speech),
    }
    pinned = () if core is None else ("taskset", "--cpu-list", str(core))
    process = await asyncio.create_subprocess_exec(
        *pinned,
        *program.command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=program.environment,
    )
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            answer, said = await process.communicate(json.dumps(order).encode())
    except TimeoutError:
        return {"error": f"no answer within {_TIMEOUT_S:.0f} s"}
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    lines = [line for line in answer.decode().splitlines() if line.startswith("{")]
    if not lines:
        return {"error": said.decode(errors="replace").strip().rpartition("\n")[2] or "no answer"}
    return json.loads(lines[-1])


def _name(round: Round) -> str:
    crowd = f", N={round.job.sessions}" if round.job.mode == "density" else ""
    return f"{round.config.name} {round.config.profile}, {round.job.mode}{crowd}"
