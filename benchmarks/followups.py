"""How often a question that leans on the one before it finds its passage, on the demo twin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from gemelo.benchmarks.questions import shipped
from gemelo.benchmarks.rows import Bench, Row, share
from gemelo.context.guard.meaning import seeds
from gemelo.context.knowledge.seam import Knowledge
from gemelo.models.vocabulary import Language

SETTINGS = {
    "found": "the passage that answers is first, and the question is not declined",
    "odd": "lines that nobody looked at while the rules were made; even: those that were",
    "alone": "the same questions without what was said before",
    "declined": "the same after something else that people say, which they then lean on",
}
_KINDS = ("bare", "points", "goes on", "new subject")
_A_KIND = 20
_IN_BETWEEN = " || "


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and one that follows it, by kind; `heading` is that of the passage that answers it."""

    before: tuple[str, ...]
    question: str
    heading: str
    kind: str
    odd: bool


async def run(bench: Bench) -> list[Row]:
    """Some seconds.

    Raises:
        UnknownDeployment: the demo is not there.
    """
    place = await (await bench.house()).place("demo-portal")
    rows: list[Row] = []
    for language in place.stage.context.languages:
        bench.report(f"followups: {language}")
        told = [
            (
                pair,
                *[
                    await _found(place.stage.knowledge, pair, language, before)
                    for before in (pair.before, ())
                ],
            )
            for pair in pairs(language)
        ]
        for half in ("odd", "even"):
            mine = [one for one in told if one[0].odd is (half == "odd")]
            rows.append(share(f"followup {half}", language, [found for _, found, _ in mine]))
            rows.append(share(f"followup {half}, alone", language, [alone for _, _, alone in mine]))
        leaning = [pair for pair, *_ in told if pair.kind != _KINDS[-1]]
        elsewhere = [await _declined(place.stage.knowledge, pair, language) for pair in leaning]
        rows.append(share("followup to other talk declined", language, elsewhere))
        for kind in _KINDS:
            mine = [found for pair, found, _ in told if pair.kind == kind and pair.odd]
            rows.append(share(f"followup odd, {kind}", language, mine))
    return rows


def pairs(language: Language) -> Iterator[Pair]:
    """The pairs of one language."""
    for number, (before, question, heading) in enumerate(shipped("followups", language)):
        kind = _KINDS[number // _A_KIND]
        yield Pair(tuple(before.split(_IN_BETWEEN)), question, heading, kind, odd=number % 2 == 0)


async def _declined(knowledge: Knowledge, pair: Pair, language: Language) -> bool:
    other = Random(pair.question).choice(seeds("asked-assistant", language))
    return (await knowledge.search(pair.question, language, before=(other,))).declined


async def _found(knowledge: Knowledge, pair: Pair, language: Language, before: tuple[str, ...]) -> bool:
    found = await knowledge.search(pair.question, language, before=before)
    return not found.declined and found.passages[0].source.place.rpartition(" › ")[2] == pair.heading
