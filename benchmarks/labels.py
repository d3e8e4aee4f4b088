"""How well the sentences of a model's reply are labelled, on sentences that people wrote and labelled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from gemelo.benchmarks.questions import shipped
from gemelo.benchmarks.rows import Bench, Row, share, times
from gemelo.context.knowledge.labels import Grounds
from gemelo.context.knowledge.language import guess
from gemelo.context.knowledge.seam import Knowledge
from gemelo.models.vocabulary import Label, Language

SETTINGS = {
    "right": "the sentence has the label that a person gave it",
    "let through": "what no passage says is called verbatim or a paraphrase",
    "fresh": "lines that were written when the rules stood; seen: those that they were made with",
    "read": "the five passages that a search for the heading finds, as a mind gets them",
}
_SEEN = 66
"""Lines of a language that were looked at while the rules were made."""
FAULTS = ("number", "name", "denied", "swapped", "invented", "talk")


@dataclass(frozen=True, slots=True)
class Sample:
    """One sentence, what it was written about, its label and, where that is none, what is wrong with it."""

    heading: str
    label: Label
    fault: str
    sentence: str
    fresh: bool


async def run(bench: Bench) -> list[Row]:
    """Some seconds.

    Raises:
        UnknownDeployment: the demo is not there.
    """
    place = await (await bench.house()).place("demo-portal")
    rows: list[Row] = []
    for language in place.stage.context.languages:
        bench.report(f"labels: {language}")
        labelled = [
            (one, *await _labelled(one, language, place.stage.knowledge)) for one in samples(language)
        ]
        for part in ("fresh", "seen"):
            rows += _rows([one for one in labelled if one[0].fresh is (part == "fresh")], part, language)
        rows.append(times("labelling", language, [ms for *_, ms in labelled]))
    return rows


def samples(language: Language) -> Iterator[Sample]:
    """The sentences of one language."""
    for number, (heading, label, fault, sentence) in enumerate(shipped("labels", language)):
        yield Sample(heading, Label(label), fault, sentence, fresh=number >= _SEEN)


async def _labelled(one: Sample, language: Language, knowledge: Knowledge) -> tuple[Label, float]:
    """The label that a sentence gets, and how long that took, its passages read included (ms)."""
    found = await knowledge.search(one.heading, guess(one.heading, language))
    begun = perf_counter()
    label, _ = Grounds(found.passages).label(one.sentence, language)
    return label, 1000 * (perf_counter() - begun)


def _rows(labelled: Sequence[tuple[Sample, Label, float]], part: str, language: Language) -> Iterator[Row]:
    yield share(f"label right {part}", language, [one.label is label for one, label, _ in labelled])
    for label in (Label.VERBATIM, Label.PARAPHRASE, Label.NONE):
        mine = [told is label for one, told, _ in labelled if one.label is label]
        yield share(f"{label} right {part}", language, mine)
    for fault in FAULTS:
        mine = [told is not Label.NONE for one, told, _ in labelled if one.fault == fault]
        if mine:
            yield share(f"let through {part}, {fault}", language, mine)
