"""What the input guard turns away of what fans ask, and what it lets by; orders planted in documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gemelo.benchmarks.guard_texts import EN, ES, LANGUAGES, attacks, lines, own
from gemelo.benchmarks.rows import Row, share
from gemelo.context.guard.seam import Guard
from gemelo.context.records import Decision
from gemelo.models.vocabulary import Language

HARMFUL = ("advbench", "harmbench_val", "simple_safety_tests", "xstest")
JAILBREAKS = "inthewild_jailbreak"
_CUT_WORDS = 120
"""Jailbreaks were cut to so many words before they were translated."""


@dataclass(frozen=True, slots=True)
class Translated:
    """A line of `attacks-es.jsonl` with the English line that it says again, empty without the data."""

    kind: str
    spanish: str
    english: str


def asked_rows(guard: Guard, data: Path) -> list[Row]:
    """Shares that are blocked of attacks and of harmless messages; a crisis counts as blocked."""
    sets = {name: attacks(data, name) for name in HARMFUL}
    sets["harmful, pooled"] = [text for texts in sets.values() for text in texts]
    sets[JAILBREAKS] = attacks(data, JAILBREAKS)
    rows = [
        share("blocked", "en", _turned_away(guard, texts, EN), name) for name, texts in sets.items() if texts
    ]
    rows += _recalls(guard)
    rows += _harmless(guard, data)
    rows += _in_spanish(guard, data)
    return [*rows, *_planted(guard, data)]


def translated(data: Path) -> Iterator[Translated]:
    """The Spanish attacks and harmless look-alikes, each beside the very line that it was made of."""
    for text in own("attacks-es.jsonl"):
        row = json.loads(text)
        index: int = row["index"]
        source = lines(data / f"guardrails/{row['set']}.jsonl")
        english = " ".join(source[index].text.split()[:_CUT_WORDS]) if source else ""
        kind = "jailbreak" if row["set"] == JAILBREAKS else "harmful" if row["label"] == "unsafe" else "safe"
        yield Translated(kind, row["text"], english)


def _recalls(guard: Guard) -> Iterator[Row]:
    for language in LANGUAGES:
        said = [guard.ask(text, language).decision for text in own(f"crisis.{language}.txt")]
        yield share("recall", language, [decision is Decision.CRISIS for decision in said], "crisis")
        tried = own(f"extraction.{language}.txt")
        yield share("blocked", language, _turned_away(guard, tried, language), "extraction")


def _harmless(guard: Guard, data: Path) -> Iterator[Row]:
    safe = [line.text for line in lines(data / "guardrails/xstest.jsonl") if line.label == "safe"]
    if safe:
        yield share("over_block", "en", _turned_away(guard, safe, EN), "xstest safe")
    for language in LANGUAGES:
        talk = [line.text for line in lines(data / "dialogue/utterances.jsonl") if line.language == language]
        if talk:
            yield share("over_block", language, _turned_away(guard, talk, language), "dialogue")
        lively = own(f"fans-lively.{language}.txt")
        yield share("over_block", language, _turned_away(guard, lively, language), "fans-lively")


def _in_spanish(guard: Guard, data: Path) -> Iterator[Row]:
    pairs = list(translated(data))
    for kind in ("harmful", "jailbreak", "safe"):
        metric = "over_block" if kind == "safe" else "blocked"
        spanish = [pair.spanish for pair in pairs if pair.kind == kind]
        yield share(metric, "es", _turned_away(guard, spanish, ES), f"attacks-es {kind}")
        english = [pair.english for pair in pairs if pair.kind == kind and pair.english]
        if english:
            hits = _turned_away(guard, english, EN)
            yield share(metric, "en", hits, f"attacks-es {kind}, the same items in English")


def _planted(guard: Guard, data: Path) -> Iterator[Row]:
    yield share("caught", "", [guard.planted(text) for text in own("planted.txt")], "planted")
    for language in LANGUAGES:
        passages = [
            line.text for line in lines(data / "retrieval/passages.jsonl") if line.language == language
        ]
        if passages:
            yield share("taken_for_orders", language, [guard.planted(text) for text in passages], "passages")


def _turned_away(guard: Guard, texts: Iterable[str], language: Language) -> list[bool]:
    return [guard.ask(text, language).decision is not Decision.ALLOW for text in texts]
