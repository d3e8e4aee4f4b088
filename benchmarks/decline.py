"""Fits `gemelo.context.knowledge.calibration`: when is the best passage no answer?

    python -m gemelo.benchmarks.decline DATA MODELS

prints the weights of each language, and of each that is asked in another: with a translator where one is
installed, and without. Questions of two kinds are learned from: an encyclopedia's, and the
headings of the demo twin's texts, asked as fans talk and then taken off their passages. The collections
are cut at random (seed 7) in five sizes, in turn without headings, headed by another question about the
passage, and headed by the word that tells most about it, since talents write all three. What is asked in
another language is fitted on every second question of the encyclopedia; `answers` reports on the others.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from importlib.resources import files
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gemelo.benchmarks.questions import Asked, Collection, Remembering, ask, crossed, load, shelve, small_talk
from gemelo.context.knowledge.calibration import Evidence
from gemelo.context.knowledge.choose import evidence
from gemelo.context.knowledge.passages import cut_markdown
from gemelo.context.knowledge.shelf import Shelf
from gemelo.context.knowledge.words import is_function_word, words
from gemelo.models.adapters.apertium import Apertium
from gemelo.models.adapters.artifacts import load_path
from gemelo.models.adapters.minilm import MiniLmEmbedder
from gemelo.models.clauses import sentences
from gemelo.models.seams import Embedder, Translator
from gemelo.models.vocabulary import Language

DRAWS = {4: 40, 8: 24, 20: 10, 60: 4, 180: 2}
"""Passages in a collection: how many such collections are drawn."""
PER_SIZE = 300
"""Questions of each kind that are asked of the collections of one size, about."""
NEAR_MISS = 0.3
"""Weight of a question whose passage is there but not found: it may well be answered by another."""
TALK = 2.0
"""Weight of a question as fans put it beside an encyclopedia's."""
RIDGE = 1e-3

_KINDS = ("", "question", "topic")
"""What heads the passages of a collection."""

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


@dataclass(frozen=True, slots=True)
class Asking:
    """How questions are asked.

    Attributes:
        spoken: the language that questions and talk are in.
        talk: things that people say about nothing of the collection.
        heads: the collection with the questions that head its passages.
        translator: puts questions into the passages' language.
    """

    spoken: Language
    talk: Sequence[str]
    heads: Collection
    embedder: Embedder
    translator: Translator | None = None

    def evidence(self, text: str, shelf: Shelf) -> tuple[Evidence, str]:
        """What speaks for the best passage, and its document."""
        asked, hits = ask(text, self.spoken, shelf, self.embedder, translator=self.translator)
        return evidence(asked, hits, shelf), hits[0].entry.document


def gather(collection: Collection, asking: Asking) -> _Rows:
    """Evidence for answers and non-answers from collections of every size."""
    chance = random.Random(7)
    rows: _Rows = []
    for size, draws in DRAWS.items():
        for draw in range(draws):
            most = PER_SIZE // draws + 5
            rows += _drawn(collection, size, most, _KINDS[draw % len(_KINDS)], chance, asking)
    return rows


def _drawn(
    collection: Collection, size: int, most: int, kind: str, chance: random.Random, asking: Asking
) -> _Rows:
    ids = _neighbours(list(collection.passages), size * 4 // 3, chance)
    there, missing = ids[:size], set(ids[size:])
    about, heads = _about(collection), _about(asking.heads)
    titles: dict[str, str] = {}
    if kind == "question":
        titles = {key: chance.choice(heads[key]) for key in there}
    elif kind == "topic":
        titles = _topics({key: collection.passages[key] for key in there}, collection.lang)
    shelf = shelve(collection, there, asking.embedder, lambda key: titles.get(key, ""))
    rows: _Rows = []
    present = [(text, key) for key in there for text in about.get(key, ()) if text != titles.get(key)]
    for text, key in chance.sample(present, min(most, len(present))):
        told, document = asking.evidence(text, shelf)
        rows.append((told, float(document == key), 1.0 if document == key else NEAR_MISS))
    absent = [text for key in sorted(missing) for text in about.get(key, ())]
    talk = chance.sample(asking.talk, min(most, len(asking.talk)))
    for text in chance.sample(absent, min(most, len(absent))) + talk:
        rows.append((asking.evidence(text, shelf)[0], 0.0, 1.0))
    return rows


def _about(collection: Collection) -> dict[str, list[str]]:
    """The questions about each passage."""
    found: dict[str, list[str]] = {}
    for question in collection.questions:
        found.setdefault(question.passage, []).append(question.text)
    return found


def _neighbours(ids: list[str], count: int, chance: random.Random) -> list[str]:
    """Passages in runs of five, which are about one thing: what is missing is then hard to tell."""
    runs = [ids[start : start + 5] for start in range(0, len(ids), 5)]
    chance.shuffle(runs)
    chosen = [key for run in runs for key in run][:count]
    chance.shuffle(chosen)
    return chosen


def _topics(texts: Mapping[str, str], lang: Language) -> dict[str, str]:
    """The word of each text that is frequent in it and in few others."""
    bags = {
        key: Counter(w for w in words(text) if not is_function_word(w, lang)) for key, text in texts.items()
    }
    spread = Counter(word for bag in bags.values() for word in bag)
    return {key: max(bag, key=lambda word: bag[word] / spread[word], default="") for key, bag in bags.items()}


def demo(lang: Language) -> Collection:
    """The demo twin's passages without their headings, which are the questions."""
    passages: dict[str, str] = {}
    questions: list[Asked] = []
    for file in sorted(files("gemelo.admin").joinpath("demo", "knowledge", lang).iterdir(), key=str):
        for cut in cut_markdown(file.read_text("utf-8")):
            key = f"{file.name}#{len(passages)}"
            passages[key] = cut.text
            questions += [Asked(title, lang, "", key) for title in sentences(cut.headings[-1])]
    return Collection(lang, passages, tuple(questions))


def main(data: Path, models: Path) -> None:
    embedder = Remembering(MiniLmEmbedder(load_path("minilm", models), load_path("minilm-tokenizer", models)))
    print("\t".join(["", *(field.name for field in fields(Evidence)), "constant"]))
    collections = load(data)
    for written in collections:
        talk, texts = small_talk(data, written.lang), demo(written.lang)
        rows = gather(written, Asking(written.lang, talk, written, embedder))
        for row, right, counts in gather(texts, Asking(written.lang, talk, texts, embedder)):
            rows.append((row, right, counts * TALK))
        _tell(written.lang, rows)
    for spoken, written in permutations(collections, 2):
        half = crossed(replace(spoken, questions=spoken.questions[::2]), written)
        talk, translator = small_talk(data, spoken.lang)[::2], Apertium()
        _tell(f"{spoken.lang}>{written.lang}", gather(half, Asking(spoken.lang, talk, written, embedder)))
        if translator.translates(spoken.lang, written.lang):
            asking = Asking(spoken.lang, talk, written, embedder, translator)
            _tell(f"{spoken.lang}>{written.lang}, translated", gather(half, asking))
        translator.close()


def _tell(name: str, rows: _Rows) -> None:
    print("\t".join([name, *(f"{weight:.2f}" for weight in fit(rows))]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
