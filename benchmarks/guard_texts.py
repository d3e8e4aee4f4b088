"""The texts that the guard is measured on: those beside this file and those of the data folder.

Who wrote what stands in `texts/guard/README.md`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Language

EN, ES = Language("en"), Language("es")
LANGUAGES = (EN, ES)
NATURAL = ("retrieval/passages.jsonl", "retrieval/questions.jsonl", "dialogue/utterances.jsonl")


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a set, with what the set says of it."""

    text: str
    language: Language
    label: str = ""


def own(name: str) -> list[str]:
    """The lines of a set of this package, comments left out: `topic-legal.en.txt`."""
    text = files("gemelo.benchmarks").joinpath("texts", "guard", name).read_text("utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]


def near_brand(language: Language) -> list[tuple[str, str]]:
    """Brands, and sentences in which their names are no names."""
    parted = (line.partition("\t") for line in own(f"near-brand.{language}.tsv"))
    return [(brand, sentence) for brand, _, sentence in parted]


@dataclass(frozen=True, slots=True)
class Figure:
    """A sentence with the figure of an approved claim, which it tells of the `same` or of something else."""

    claim: str
    kind: str
    sentence: str


def figures(language: Language) -> list[Figure]:
    """Sentences that tell the figures of approved claims, `same` or `swapped`."""
    return [Figure(*line.split("\t")) for line in own(f"figures.{language}.tsv")]


@cache
def lines(file: Path) -> tuple[Line, ...]:
    """The lines of a set of the data folder, in their order; none where it is not there."""
    if not file.is_file():
        return ()
    rows = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    return tuple(
        Line(row["text"] if "text" in row else row["question"], row.get("lang", EN), row.get("label", ""))
        for row in rows
    )


def attacks(data: Path, name: str) -> list[str]:
    """The unsafe lines of a set in `guardrails`."""
    return [line.text for line in lines(data / f"guardrails/{name}.jsonl") if line.label == "unsafe"]


def natural(data: Path) -> Iterator[Line]:
    """Every sentence of the data's passages, questions and dialogues."""
    for file in NATURAL:
        for line in lines(data / file):
            for sentence in sentences(line.text):
                yield Line(sentence, line.language)
