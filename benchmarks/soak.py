"""Twenty minutes of fans who behave as they do: they interrupt, type, vanish, come back and read slowly.

A share of the mind's replies and of the voice's utterances fail as well. Afterwards the store is compared
with what the fans sent: nothing that was said or typed may be missing, nothing may be left open; memory,
tasks and times must be as they were at the start.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from picows import WSError

from gemelo.benchmarks.crowd import TYPED, Crowd, Fan, Manners, Speech, waits
from gemelo.benchmarks.density import clips_of, moving, needs_its_own, two_cores
from gemelo.benchmarks.lag import Times
from gemelo.benchmarks.marked import questions_en
from gemelo.benchmarks.processes import rss_mb
from gemelo.benchmarks.rows import Bench, Row, amount, times
from gemelo.benchmarks.serving import Server, ServerFailed, scripted
from gemelo.context.records import TurnStatus
from gemelo.engine.turns import normalise

SESSIONS, BRIEF_SESSIONS = 60, 10
MINUTES, BRIEF_MINUTES = 20.0, 2.0
FAULTS = 0.05
WARM = 0.2
"""Share of the time after which memory is taken for warm."""
SETTINGS = {
    "sessions": SESSIONS,
    "minutes": MINUTES,
    "brief": {"sessions": BRIEF_SESSIONS, "minutes": BRIEF_MINUTES},
    "faults": "5 % of replies and 5 % of utterances fail",
    "fans": "three of ten questions interrupt the answer, one of five is typed; a socket lasts a minute on "
    "average and is taken up again; one of four reads nothing for 2 to 12 s",
    "lost_turns": "ids typed and words spoken that fans sent 2.5 s before their socket ended or earlier, and "
    "that the store does not hold",
}
_INTERRUPTS, _TYPES, _STALLS = 0.3, 0.2, 0.25
_VISIT_S, _AWAY_S, _STALL_S = 60.0, (0.2, 3.0), (2.0, 12.0)
_DELIVERED_S = 2.5
"""What was said so long before a socket ended must have been stored; later, half a turn may be forgotten."""
_SETTLED_S = 8.0
_POLL_S = 0.25
_HEARS = Manners(answer_s=6.8)


@dataclass(frozen=True, slots=True)
class Stored:
    """One turn as the store holds it."""

    session: str
    fan: str
    client_id: str | None
    status: str


@dataclass(frozen=True, slots=True)
class Look:
    """The server at one moment (s); the lag is that since the look before."""

    at: float
    rss_mb: float
    lag: Times
    tasks: int


@dataclass
class Visitor:
    """One person: all the sockets of one session."""

    sockets: list[tuple[Fan, float]] = field(default_factory=list[tuple[Fan, float]])
    """Each with when it ended."""

    @property
    def session(self) -> str:
        return next((fan.session for fan, _ in self.sockets if fan.session), "")

    def typed(self) -> list[str]:
        """Ids of messages that must have been stored."""
        return [
            id
            for fan, ended in self.sockets
            if fan.session
            for id, at in fan.typed
            if at + _DELIVERED_S < ended
        ]

    def said(self) -> list[int]:
        """Numbers of questions that must have been stored, in order."""
        return [
            asked.number
            for fan, ended in self.sockets
            if fan.session
            for asked in fan.asked
            if asked.end + _DELIVERED_S < ended
        ]


def rowdy(lengths_s: Sequence[float], chance: random.Random, until_s: float) -> list[tuple[float, int]]:
    """A timetable of questions aloud and typed; some come while the answer to the last is being heard."""
    plan: list[tuple[float, int]] = []
    at = chance.uniform(0.5, 5)
    while at < until_s:
        clip = TYPED if chance.random() < _TYPES else chance.randrange(len(lengths_s))
        plan.append((at, clip))
        answer_s = chance.uniform(2, 5) if chance.random() < _INTERRUPTS else _HEARS.answer_s
        at += (0.0 if clip == TYPED else lengths_s[clip]) + answer_s + chance.expovariate(1.0)
    return plan


def unstored(said: Iterable[str], stored: Iterable[str]) -> int:
    """How many of the texts that were said, in order, are not among the words stored, in order.

    A turn may have been cut in two, or two may have become one; no word may be lost.
    """
    held = [word for text in stored for word in normalise(text).split()]
    lost = at = 0
    for text in said:
        end = at
        try:
            for word in normalise(text).split():
                end = held.index(word, end) + 1
            at = end
        except ValueError:
            lost += 1
    return lost


def lost(visitor: Visitor, stored: Sequence[Stored], texts: Sequence[str]) -> int:
    """How many turns of a visitor the store lacks, holds twice, or holds as never ended."""
    ids = [turn.client_id for turn in stored if turn.client_id]
    wanting = sum(ids.count(id) != 1 for id in visitor.typed())
    said = [texts[number % len(texts)] for number in visitor.said()]
    unheard = unstored(said, [turn.fan for turn in stored if not turn.client_id])
    return wanting + unheard + sum(turn.status == TurnStatus.OPEN for turn in stored)


def read_store(folder: Path) -> dict[str, list[Stored]]:
    """All turns in the store of a server, by session and in order."""
    turns: dict[str, list[Stored]] = defaultdict(list)
    with closing(sqlite3.connect(f"file:{folder / 'gemelo.sqlite'}?mode=ro", uri=True)) as database:
        query = "SELECT session, fan, client_id, status FROM turns ORDER BY session, number"
        for row in database.execute(query):
            turns[row[0]].append(Stored(*row))
    return turns


async def run(bench: Bench, sessions: int = 0, minutes: float = 0) -> list[Row]:
    """Lets fans loose on a server, and looks at what they left behind.

    Args:
        sessions, minutes: other than those of a full run, or of a brief one.

    Raises:
        ServerFailed: the server did not start.
        UsageError: another server was named.
    """
    needs_its_own(bench)
    sessions = sessions or (SESSIONS if bench.full else BRIEF_SESSIONS)
    seconds = 60 * (minutes or (MINUTES if bench.full else BRIEF_MINUTES))
    speeches = [Speech.of(clip) for clip in await clips_of(bench)]
    bench.report(f"soak: {sessions} sessions for {seconds / 60:g} minutes")
    with two_cores() as core:
        async with scripted(*core, "--faults", str(FAULTS)) as server, moving(server, speeches) as crowd:
            looks = [await _look(server)]
            visitors = [Visitor() for _ in range(sessions)]
            visits = [
                asyncio.create_task(_visit(crowd, visitor, random.Random(number), seconds))
                for number, visitor in enumerate(visitors)
            ]
            for share in (WARM, (1 - WARM) / 2, (1 - WARM) / 2):
                await asyncio.sleep(seconds * share)
                looks.append(await _look(server))
            await asyncio.gather(*visits)
            await asyncio.sleep(_SETTLED_S)
            looks.append(await _look(server))
            stored = read_store(server.folder)
    return findings(visitors, stored, looks)


def findings(
    visitors: Sequence[Visitor], stored: Mapping[str, Sequence[Stored]], looks: Sequence[Look]
) -> list[Row]:
    """The figures; looks: before anybody came, warm, half way, at the end, and when everybody had gone."""
    before, warm, middle, end, after = looks
    fans = [fan for visitor in visitors for fan, _ in visitor.sockets]
    turns = sum(len(visitor.said()) + len(visitor.typed()) for visitor in visitors)
    rows = [
        amount(
            "lost_turns", "turns", sum(lost(v, stored.get(v.session, ()), questions_en()) for v in visitors)
        ),
        amount("turns", "turns", turns),
        amount("sockets", "sockets", len(fans)),
        amount("rss_growth", "share", end.rss_mb / warm.rss_mb - 1),
        amount("rss", "MB", end.rss_mb),
        amount("tasks_left", "tasks", after.tasks - before.tasks),
    ]
    for profile, since, until in (("start", warm, middle), ("end", middle, end)):
        rows.append(amount("loop_lag_p99", "ms", until.lag.at(99), profile))
        if waited := waits(fans, since.at, until.at).ms:
            rows.append(times("voice_to_voice", "en", waited, profile))
            rows.append(amount("voice_to_voice_p99", "ms", float(np.percentile(waited, 99)), profile))
    return rows


async def _look(server: Server) -> Look:
    told = json.loads(await server.ask())
    now = asyncio.get_running_loop().time()
    return Look(now, rss_mb(server.pid), Times(told["lag"]), told["tasks"])


async def _visit(crowd: Crowd, visitor: Visitor, chance: random.Random, seconds: float) -> None:
    """One person's sockets, one after the other, until the time is up."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    resume = ""
    while (left := until - loop.time()) > 1:
        try:
            fan = await crowd.enter(rowdy(crowd.lengths_s, chance, left), _HEARS, resume)
        except (OSError, WSError, ServerFailed):  # a server that is full says so; a fan tries again
            await asyncio.sleep(1)
            continue
        ended = await _stay(fan, chance, min(left, chance.expovariate(1 / _VISIT_S)))
        visitor.sockets.append((fan, ended))
        crowd.leave(fan)
        resume = fan.resume or resume
        await asyncio.sleep(chance.uniform(*_AWAY_S))


async def _stay(fan: Fan, chance: random.Random, stay_s: float) -> float:
    """Talks until it is time to go or the server has gone; says until when it was surely heard."""
    loop = asyncio.get_running_loop()
    until = loop.time() + stay_s
    stalls = chance.random() < _STALLS
    if stalls:
        await asyncio.sleep(chance.uniform(0, stay_s))
    heard_until = loop.time()
    if stalls and not fan.gone:
        fan.read(False)
        await asyncio.sleep(chance.uniform(*_STALL_S))
        fan.read(True)
    while loop.time() < until and not fan.gone:
        await asyncio.sleep(_POLL_S)
        heard_until = heard_until if fan.gone else loop.time()
    return heard_until
