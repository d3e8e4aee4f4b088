"""How often the verbatim mind's first sentences hold the answer, and how well it knows when to decline."""

from __future__ import annotations

import numpy as np

from gemelo.benchmarks.questions import Collection, Remembering, ask, load, shelve, small_talk
from gemelo.benchmarks.rows import Bench, Row, share
from gemelo.context.knowledge.choose import evidence, findings
from gemelo.context.knowledge.shelf import Shelf
from gemelo.models.adapters.verbatim import VerbatimMind
from gemelo.models.seams import Embedder
from gemelo.models.vocabulary import Language, Prompt

FOLDS = 4
WRONGLY_DECLINED = 0.1
"""The operating point at which decline rates are compared, beside the product's own."""


SETTINGS = {"folds": FOLDS}


async def run(bench: Bench) -> list[Row]:
    """Measures answers and refusals on questions whose passage is there, is missing, or never was.

    A passage is missing when the search ran again without its whole fold: taking the gold passage out of
    a finished list would flatter the figure.

    Raises:
        BadDocument: the data are not there.
        EmbedderError: the encoder failed.
    """
    data = bench.needed("retrieval")
    collections = load(data)
    remembering = Remembering((await bench.house()).library.embedder)
    rows: list[Row] = []
    for collection in collections:
        bench.report(f"answers: {len(collection.questions)} questions in {collection.lang}")
        whole = shelve(collection, collection.passages, remembering)
        rows += await _answers(collection, whole, remembering)
        rows += _refusals(collection, whole, remembering, small_talk(data, collection.lang))
    return rows


async def _answers(collection: Collection, shelf: Shelf, embedder: Embedder) -> list[Row]:
    first: list[bool] = []
    two: list[bool] = []
    for question in collection.questions:
        asked, hits = ask(question.text, collection.lang, shelf, embedder)
        found = findings(asked, hits, shelf)
        best = found.passages[0]
        picked = [best.sentences[at] for at in best.best[:2]]
        first.append(question.answer.casefold() in picked[0].casefold())
        two.append(question.answer.casefold() in " ".join(picked).casefold())
    said = await _said(collection, shelf, embedder)
    return [
        share("answer_in_first_sentence", collection.lang, first),
        share("answer_in_first_two", collection.lang, two),
        share("answer_said", collection.lang, said),
    ]


async def _said(collection: Collection, shelf: Shelf, embedder: Embedder) -> list[bool]:
    """Whether the reply that a fan hears holds the answer; a wrongly declined question does not."""
    mind = VerbatimMind()
    held: list[bool] = []
    for question in collection.questions:
        asked, hits = ask(question.text, collection.lang, shelf, embedder)
        prompt = Prompt("", (), findings(asked, hits, shelf), question.text, collection.lang)
        reply = "".join([written.text async for written in mind.reply(prompt)])
        held.append(question.answer.casefold() in reply.casefold())
    return held


def _refusals(collection: Collection, whole: Shelf, embedder: Embedder, talk: list[str]) -> list[Row]:
    lang = collection.lang
    present: list[float] = []
    for question in collection.questions:
        sure, document = _sure(question.text, lang, whole, embedder)
        if document == question.passage:
            present.append(sure)
    absent: list[float] = []
    ids = list(collection.passages)
    for fold in range(FOLDS):
        missing = set(ids[fold::FOLDS])
        shelf = shelve(collection, [key for key in ids if key not in missing], embedder)
        absent += [
            _sure(q.text, lang, shelf, embedder)[0] for q in collection.questions if q.passage in missing
        ]
    off = [_sure(text, lang, whole, embedder)[0] for text in talk]
    rows: list[Row] = []
    for profile, bar in (
        ("product", whole.calibration.enough),
        ("at-10%", float(np.quantile(present, WRONGLY_DECLINED))),
    ):
        for metric, sure in (
            ("wrongly_declined", present),
            ("declined_absent", absent),
            ("declined_off_topic", off),
        ):
            rows.append(share(metric, lang, [value < bar for value in sure], profile))
    return rows


def _sure(text: str, lang: Language, shelf: Shelf, embedder: Embedder) -> tuple[float, str]:
    asked, hits = ask(text, lang, shelf, embedder)
    return shelf.calibration.answered(evidence(asked, hits, shelf)), hits[0].entry.document
