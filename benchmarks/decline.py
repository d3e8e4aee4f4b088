"""Fits `gemelo.context.knowledge.calibration`: when is the best passage no answer?

    python -m gemelo.benchmarks.decline DATA MODELS

prints the weights of each language. The collections are cut from the data at random (seed 7) in five
sizes; every second one has headings (another question about the passage), as talents' texts have.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gemelo.benchmarks.questions import Asked, Collection, Remembering, ask, load, shelve, small_talk
from gemelo.context.knowledge.calibration import Evidence
from gemelo.context.knowledge.choose import evidence
from gemelo.models.adapters.artifacts import load_path
from gemelo.models.adapters.minilm import MiniLmEmbedder
from gemelo.models.seams import Embedder

DRAWS = {4: 40, 8: 24, 20: 10, 60: 4, 180: 2}
"""Passages in a collection: how many such collections are drawn."""
PER_SIZE = 300
"""Questions of each kind that are asked of the collections of one size, about."""
NEAR_MISS = 0.3
"""Weight of a question whose passage is there but not found: it may well be answered by another."""
RIDGE = 1e-3

_Rows = list[tuple[Evidence, float, float]]
"""Evidence, whether it was the answer (1 or 0), weight."""


def fit(rows: _Rows) -> NDArray[np.float64]:
    """Weights and constant of a ridge logistic regression, by Newton's method."""
    features = np.array([[*astuple(row), 1.0] for row, _, _ in rows])
    answer = np.array([right for _, right, _ in rows])
    weight = np.array([counts for _, _, counts in rows]) / len(rows)
    ridge = RIDGE * np.diag([*np.ones(features.shape[1] - 1), 0.0])  # the constant is free
    found = np.zeros(features.shape[1])
    for _ in range(50):
        sure = 1 / (1 + np.exp(-features @ found))
        gradient = features.T @ (weight * (sure - answer)) + ridge @ found
        curvature = (features.T * (weight * sure * (1 - sure))) @ features + ridge
        found -= np.linalg.solve(curvature, gradient)
    return found


def gather(collection: Collection, embedder: Embedder, talk: Sequence[str]) -> _Rows:
    """Evidence for answers and non-answers from collections of every size."""
    chance = random.Random(7)
    rows: _Rows = []
    for size, draws in DRAWS.items():
        for draw in range(draws):
            rows += _drawn(collection, size, PER_SIZE // draws + 5, draw % 2 == 1, chance, embedder, talk)
    return rows


def _drawn(
    collection: Collection,
    size: int,
    most: int,
    headed: bool,
    chance: random.Random,
    embedder: Embedder,
    talk: Sequence[str],
) -> _Rows:
    ids = _neighbours(list(collection.passages), size * 4 // 3, chance)
    there, missing = ids[:size], set(ids[size:])
    about: dict[str, list[Asked]] = {}
    for question in collection.questions:
        about.setdefault(question.passage, []).append(question)
    titles = {key: chance.choice(about[key]).text for key in there} if headed else {}
    shelf = shelve(collection, there, embedder, lambda key: titles.get(key, ""))
    rows: _Rows = []
    present = [q for key in there for q in about[key] if q.text != titles.get(key)]
    for question in chance.sample(present, min(most, len(present))):
        asked, hits = ask(question.text, collection.lang, shelf, embedder)
        found = hits[0].entry.document == question.passage
        rows.append((evidence(asked, hits, shelf), float(found), 1.0 if found else NEAR_MISS))
    absent = [q.text for key in missing for q in about[key]]
    others = chance.sample(absent, min(most, len(absent))) + chance.sample(talk, min(most, len(talk)))
    for text in others:
        asked, hits = ask(text, collection.lang, shelf, embedder)
        rows.append((evidence(asked, hits, shelf), 0.0, 1.0))
    return rows


def _neighbours(ids: list[str], count: int, chance: random.Random) -> list[str]:
    """Passages in runs of five, which are about one thing: what is missing is then hard to tell."""
    runs = [ids[start : start + 5] for start in range(0, len(ids), 5)]
    chance.shuffle(runs)
    chosen = [key for run in runs for key in run][:count]
    chance.shuffle(chosen)
    return chosen


def main(data: Path, models: Path) -> None:
    embedder = MiniLmEmbedder(load_path("minilm", models), load_path("minilm-tokenizer", models))
    print("\t".join(["", *(field.name for field in fields(Evidence)), "constant"]))
    for collection in load(data):
        rows = gather(collection, Remembering(embedder), small_talk(data, collection.lang))
        print("\t".join([collection.lang, *(f"{weight:.2f}" for weight in fit(rows))]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
