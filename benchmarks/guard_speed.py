"""What the guard takes: computing time, text held back, and the first sound of a spoken turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from time import perf_counter
from typing import ParamSpec

import numpy as np

from gemelo.benchmarks.guard_places import demo_context, with_topics
from gemelo.benchmarks.guard_texts import EN, LANGUAGES, Line, natural
from gemelo.benchmarks.rows import Bench, House, Row, distribution, times
from gemelo.benchmarks.scripted import tokens
from gemelo.benchmarks.scripted_turns import (
    FINAL_S,
    FIRST_SOUND_S,
    NAMES,
    TOKEN_S,
    OpenGuard,
    Profile,
    invented_names,
    play,
)
from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.guard.seam import Guard, GuardStream
from gemelo.context.policy.context import Context
from gemelo.engine.stage import OffLoop
from gemelo.models.clauses import first_clause_end
from gemelo.models.vocabulary import Language, Speculation

_P = ParamSpec("_P")

CLAUSES = 400
PATTERNS = 50
TURNS = 8
"""Spoken turns of each first clause and guard."""
FIRST_CLAUSES = (
    "That is fair.",
    "I like that idea.",
    "That is a fair question.",
    "It all depends on the ball.",
)
"""Three to six words."""
_REST = " The long answer needs a whole season of training, so ask me again in spring, when the grass is dry."
_CLAUSE_WORDS = 25
_PIECE = 4
"""Characters that a mind writes at a time."""
SETTINGS = {
    "us": "25 words, each clause for the first time, every deterministic rule of the platform",
    "hold": "characters held back after each piece of four, clean text",
    "first audio": "final 150 ms after speech, first token 180 ms, 15 ms a token, voice 90 ms; English",
}


async def run(bench: Bench, turns: int = TURNS) -> list[Row]:
    """Measures what the guard takes and how much later its twin sounds: some two minutes.

    Without data nothing is judged, and only the sound is timed.

    Raises:
        BadDocument: the folder of data is not there.
    """
    house = await bench.house()
    rows: list[Row] = []
    if bench.data:
        bench.report("guard: what it takes")
        rows += speed_rows(house, list(natural(bench.needed(""))))
    bench.report("guard: how much later a guarded twin sounds")
    return rows + await voice_rows(house, turns)


class SpansOnly(OpenGuard):
    """A guard's span rules without its judgements of meaning."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    def open(self, language: Language, *, spoken: bool = False, branded: bool = True) -> GuardStream:
        return self._guard.open(language, spoken=spoken, branded=branded)


@dataclass(frozen=True, slots=True)
class Places:
    """The contexts whose guards are timed: so many invented names, without and with as many patterns."""

    names: Context
    patterns: Context

    @classmethod
    def made_up(cls) -> Places:
        names = invented_names(NAMES)
        return cls(demo_context(names), demo_context(names, _patterns()))


def speed_rows(house: House, sentences: Sequence[Line]) -> Iterator[Row]:
    """Computing time of each kind of rule, and how much text the span rules hold back.

    Args:
        sentences: of which clauses of 25 words are made.
    """
    places = Places.made_up()
    for profile, context in (("200 names", places.names), ("200 names, 50 patterns", places.patterns)):
        guard = house.guard(with_topics(context))
        clauses = list(_clauses(sentences))
        guard.judge("a clause of no account", EN, "output")
        judged = [_taken(guard.judge, clause.text, clause.language, "output") for clause in clauses]
        yield from _micros("span rules, a clause at once", judged, profile)
        yield from _micros("span rules, a clause in pieces", [_streamed(guard, c) for c in clauses], profile)
        held = [size for clause in clauses for size in _held(guard, clause)]
        yield distribution("hold", "characters", held, profile=profile)
    yield from _by_meaning(house.guard(places.names), sentences)


async def voice_rows(house: House, turns: int = TURNS, off_loop: OffLoop = asyncio.to_thread) -> list[Row]:
    """How much later a twin that is guarded begins to sound, in scripted turns in real time."""
    context = demo_context(invented_names(NAMES))
    full = house.guard(context)
    full.judge(FIRST_CLAUSES[0], EN, "output")
    guards: dict[str, Guard] = {"open": OpenGuard(), "span rules": SpansOnly(full), "full guard": full}
    rows: list[Row] = []
    for called, guard in guards.items():
        delayed: list[float] = []
        beyond: list[float] = []
        for clause in FIRST_CLAUSES if turns else ():
            profile = Profile(called, Speculation.NEVER, False, FINAL_S + FIRST_SOUND_S, clause + _REST)
            taken, _ = await play(profile, context, guard, turns, off_loop)
            delayed += [ms - 1000 * profile.sum_s for ms in taken]
            beyond += [ms - 1000 * max(profile.sum_s, _clause_s(profile.text)) for ms in taken]
        if delayed:
            rows.append(times("first audio delayed", "en", delayed, called))
            rows.append(times("first audio delayed beyond the clause", "en", beyond, called))
    return rows


def _clause_s(text: str) -> float:
    """When a mind has written a reply's first clause, seconds after the end of speech."""
    end = first_clause_end(text)
    assert end is not None
    return FINAL_S + FIRST_SOUND_S - 0.090 + TOKEN_S * (len(tokens(text[:end])) - 1)


def _by_meaning(guard: CompiledGuard, sentences: Sequence[Line]) -> Iterator[Row]:
    for language in LANGUAGES:
        own = [line for line in sentences if line.language == language][:CLAUSES]
        if not own:
            continue
        guard.weigh("", own[0].text, language)
        guard.ask(own[0].text, language)
        weighed = [_taken(guard.weigh, "", clause.text, language) for clause in _clauses(own)]
        asked = [_taken(guard.ask, line.text, language) for line in own]
        yield times("clause rules, a clause", language, [us / 1000 for us in weighed], "full guard")
        yield times("input, a message", language, [us / 1000 for us in asked], "full guard")


def _clauses(sentences: Sequence[Line]) -> Iterator[Line]:
    """Clauses of 25 words, one language after the other, as many of each."""
    for language in LANGUAGES:
        words = " ".join(line.text for line in sentences if line.language == language).split()
        most = min(CLAUSES // 2 * _CLAUSE_WORDS, len(words))
        for start in range(0, most, _CLAUSE_WORDS):
            yield Line(" ".join(words[start : start + _CLAUSE_WORDS]), language)


def _micros(metric: str, taken: Sequence[float], profile: str) -> Iterator[Row]:
    yield distribution(metric, "us", taken, profile=profile)
    p99 = round(float(np.percentile(taken, 99)), 1)
    yield Row("gemelo", profile, f"{metric}, p99", "", "us", p99, n=len(taken))


def _taken(work: Callable[_P, object], *args: _P.args, **kwargs: _P.kwargs) -> float:
    """Microseconds that a call takes."""
    begun = perf_counter()
    work(*args, **kwargs)
    return 1e6 * (perf_counter() - begun)


def _streamed(guard: CompiledGuard, clause: Line) -> float:
    """Microseconds that the span rules spend on a clause that comes in pieces."""
    stream = guard.open(clause.language)
    for start in range(0, len(clause.text), _PIECE):
        stream.feed(clause.text[start : start + _PIECE])
    stream.finish()
    return stream.receipt().micros


def _held(guard: CompiledGuard, clause: Line) -> Iterator[int]:
    """Characters held back after each piece of a clause, as long as none is blocked."""
    text = clause.text + " "
    stream = guard.open(clause.language)
    for start in range(0, len(text), _PIECE):
        judged = stream.feed(text[start : start + _PIECE])
        if judged.verdict:
            return
        yield min(start + _PIECE, len(text)) - judged.upto


def _patterns() -> list[str]:
    """Patterns of two invented words each."""
    words = invented_names(2 * PATTERNS, Random(8))
    return [rf"\b{first}\s+{second}\b" for first, second in zip(words[::2], words[1::2], strict=True)]
