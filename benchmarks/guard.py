"""What the output guard catches, what it lets pass, what it takes and how much it holds back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from time import perf_counter

import numpy as np

from gemelo.benchmarks.brands import BENIGN, BRANDS, CARRIERS, COMMON, SHORT
from gemelo.benchmarks.disguises import DISGUISES, composed
from gemelo.benchmarks.rows import Bench, Row, share
from gemelo.benchmarks.scripted_turns import context_avoiding, made_up_context
from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.records import Decision
from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Language

SEED = 20
DRAWN = 30
"""Brands of five letters or more that are drawn from the table."""
COMPOSED = 25
"""Compositions of two disguises that are drawn for each brand."""
CLAUSES = 400
SETTINGS = {
    "seed": SEED,
    "disguises": len(DISGUISES),
    "us": "judging one clause of 25 words, each for the first time, 200 names and every rule of the platform",
    "hold": "characters held back after each piece of four, clean text",
    "near_brand": "written by the matcher's author",
}
_LANGUAGE = Language("en")
_NATURAL = ("retrieval/passages.jsonl", "retrieval/questions.jsonl", "dialogue/utterances.jsonl")
_CLAUSE_WORDS = 25
_PIECE = 4
"""Characters that a mind writes at a time."""


async def run(bench: Bench, seed: int = SEED) -> list[Row]:
    """Draws brands and disguises, and measures both kinds of error, time and hold.

    The data are folders `retrieval`, `dialogue` and `guardrails`; what is not there is left out.

    Raises:
        BadDocument: no data are named, or the folder is not there.
    """
    data = bench.needed("")
    dice = Random(seed)
    names = dice.sample(BRANDS, min(DRAWN, len(BRANDS)))
    house = await bench.house()
    guard = house.guard(context_avoiding([*names, *COMMON, *SHORT]))
    bench.report(f"guard: {len(names)} brands x {len(DISGUISES)} disguises")
    rows: list[Row] = []
    for profile, group in (("brands", names), ("common-word", COMMON), ("short", SHORT)):
        rows += _caught(guard, group, dice, profile)
    rows.append(share("blocked_near_brand", "", [_blocked(guard, text) for text in BENIGN], "benign"))
    natural = [text for file in _NATURAL for text in _texts(data / file)]
    plain = house.guard(made_up_context())
    if natural:
        bench.report(f"guard: {len(natural)} natural sentences")
        rows.append(share("blocked_natural", "", [_blocked(plain, text) for text in natural], "benign"))
        rows += [*_speed(plain, natural), *_profanity(plain, natural)]
    for lang in ("en", "es"):
        words = list(_rows(data / f"guardrails/ldnoobw_{lang}.jsonl"))
        if words:
            rows.append(share("ldnoobw_caught", lang, [_blocked(plain, word) for word in words], "profanity"))
    return rows


def _caught(guard: CompiledGuard, names: Sequence[str], dice: Random, profile: str) -> Iterator[Row]:
    """Recall of single disguises, of compositions of two, and of each disguise below .9."""
    single: dict[str, list[bool]] = {}
    for called, disguise in DISGUISES.items():
        for name in names:
            if (text := disguise(name, dice)) and not _is_the_word(called, profile):
                single.setdefault(called, []).append(_blocked(guard, dice.choice(CARRIERS).format(text)))
    yield share("caught", "", [hit for hits in single.values() for hit in hits], profile)
    double = [
        _blocked(guard, dice.choice(CARRIERS).format(drawn[1]))
        for name in names
        for _ in range(COMPOSED)
        if (drawn := composed(name, dice)) and not _is_the_word(drawn[0], profile)
    ]
    yield share("caught_composed", "", double, profile)
    for called, hits in single.items():
        if sum(hits) < 0.9 * len(hits):
            yield share(f"caught: {called}", "", hits, profile)


def _is_the_word(called: str, profile: str) -> bool:
    """Whether a disguise leaves a word that is also a name what it is: the word."""
    return profile == "common-word" and "lower" in called.split("+")


def _speed(guard: CompiledGuard, natural: Sequence[str]) -> list[Row]:
    words = " ".join(natural).split()
    starts = range(0, min(CLAUSES * _CLAUSE_WORDS, len(words)), _CLAUSE_WORDS)
    clauses = [" ".join(words[start : start + _CLAUSE_WORDS]) for start in starts]
    guard.judge("a clause of no account", _LANGUAGE, "output")
    taken: list[float] = []
    held: list[int] = []
    for clause in clauses:
        begun = perf_counter()
        guard.judge(clause, _LANGUAGE, "output")
        taken.append(1e6 * (perf_counter() - begun))
    for clause in clauses:
        held += _held(guard, clause + " ")
    p50, p95, p99 = (round(float(value), 1) for value in np.percentile(taken, [50, 95, 99]))
    hold, hold95 = (round(float(value), 1) for value in np.percentile(held, [50, 95]))
    return [
        Row("gemelo", "speed", "clause", "", "us", p50, p50, p95, len(taken)),
        Row("gemelo", "speed", "clause_p99", "", "us", p99, n=len(taken)),
        Row("gemelo", "speed", "hold", "", "characters", hold, hold, hold95, len(held)),
    ]


def _held(guard: CompiledGuard, clause: str) -> Iterator[int]:
    """Characters held back after each piece of a clause, as long as none is blocked."""
    stream = guard.open(_LANGUAGE)
    for start in range(0, len(clause), _PIECE):
        judged = stream.feed(clause[start : start + _PIECE])
        if judged.verdict:
            return
        yield min(start + _PIECE, len(clause)) - judged.upto


def _profanity(guard: CompiledGuard, natural: Sequence[str]) -> Iterator[Row]:
    found = sum("profanity" in _rules(guard, text) for text in natural)
    words = sum(len(text.split()) for text in natural)
    yield Row(
        "gemelo", "profanity", "blocked_per_1000_words", "", "", round(1000 * found / words, 4), n=words
    )


def _rules(guard: CompiledGuard, text: str) -> set[str]:
    verdicts = guard.judge(text, _LANGUAGE, "output")
    return {verdict.rule for verdict in verdicts if verdict.decision is Decision.BLOCK}


def _blocked(guard: CompiledGuard, text: str) -> bool:
    return bool(_rules(guard, text))


def _texts(file: Path) -> Iterator[str]:
    for text in _rows(file):
        yield from sentences(text)


def _rows(file: Path) -> Iterable[str]:
    if file.is_file():
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield row["text"] if "text" in row else row["question"]
