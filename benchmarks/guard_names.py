"""What the output guard catches of disguised names and of profanity, and what it takes for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from gemelo.benchmarks.brands import BENIGN, BRANDS, CARRIERS, COMMON, SHORT
from gemelo.benchmarks.disguises import DISGUISES, composed
from gemelo.benchmarks.guard_places import demo_context, with_names, with_topics
from gemelo.benchmarks.guard_texts import EN, LANGUAGES, Line, lines, near_brand
from gemelo.benchmarks.rows import House, Row, share
from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.records import Decision
from gemelo.models.vocabulary import Language

DRAWN = 30
"""Brands of five letters or more that are drawn from the table."""
COMPOSED = 25
"""Compositions of two disguises that are drawn for each brand."""


def name_rows(house: House, dice: Random) -> list[Row]:
    """Recall of disguised names by their kind, and what is blocked of sentences that only come near one."""
    names = dice.sample(BRANDS, min(DRAWN, len(BRANDS)))
    guard = house.guard(with_topics(demo_context([*names, *COMMON, *SHORT])))
    rows: list[Row] = []
    for profile, group in (("brands", names), ("common-word", COMMON), ("short", SHORT)):
        rows += _caught(guard, group, dice, profile)
    rows.append(share("blocked_near_brand", "", [_blocked(guard, text) for text in BENIGN], "same-author"))
    return [*rows, *_near_brand(house)]


def natural_rows(guard: CompiledGuard, natural: Sequence[Line]) -> Iterator[Row]:
    """What is blocked of natural sentences by all rules together, and by each that blocked any."""
    for language in LANGUAGES:
        found = [broken(guard, line.text, language) for line in natural if line.language == language]
        if not found:
            continue
        yield share("blocked", language, [bool(rules) for rules in found], "natural")
        for rule in Counter(rule for rules in found for rule in sorted(rules)):
            yield share(f"blocked by {rule}", language, [rule in rules for rules in found], "natural")


def profanity_rows(guard: CompiledGuard, natural: Sequence[Line], data: Path) -> Iterator[Row]:
    """Recall of a list of words, and what of natural sentences is taken for profanity."""
    found = sum(Rule.PROFANITY in broken(guard, line.text, line.language) for line in natural)
    if words := sum(len(line.text.split()) for line in natural):
        rate = round(1000 * found / words, 4)
        yield Row("gemelo", "natural", "profanity_per_1000_words", "", "", rate, n=words)
    for language in LANGUAGES:
        listed = lines(data / f"guardrails/ldnoobw_{language}.jsonl")
        if listed:
            hits = [_blocked(guard, line.text, language) for line in listed]
            yield share("caught", language, hits, "ldnoobw")


def broken(guard: CompiledGuard, text: str, language: Language) -> set[str]:
    """The rules for which a twin may not say a text."""
    verdicts = guard.judge(text, language, "output")
    return {verdict.rule for verdict in verdicts if verdict.decision is Decision.BLOCK}


def _near_brand(house: House) -> Iterable[Row]:
    """Sentences near the name of one brand, judged where that brand is avoided."""
    bare = with_topics(demo_context())
    for language in LANGUAGES:
        told = near_brand(language)
        guards = {brand: house.guard(with_names(bare, brand)) for brand in {brand for brand, _ in told}}
        found = [broken(guards[brand], sentence, language) for brand, sentence in told]
        yield share("blocked_near_brand", language, [bool(rules) for rules in found], "blind")
        by_name = [Rule.NAMES in rules for rules in found]
        yield share(f"blocked_near_brand by {Rule.NAMES}", language, by_name, "blind")


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


def _blocked(guard: CompiledGuard, text: str, language: Language = EN) -> bool:
    return bool(broken(guard, text, language))
