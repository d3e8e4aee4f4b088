"""What a twin of many passages costs: bytes on disk, memory, the time of a search, and how fast it learns."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from gemelo.benchmarks.made import Made, Text, cut, made_documents
from gemelo.benchmarks.processes import kilobytes
from gemelo.benchmarks.questions import Asked, Collection, load
from gemelo.benchmarks.rows import Bench, Curve, Finding, Row, amount, share, times
from gemelo.context.knowledge import index
from gemelo.context.knowledge.choose import findings
from gemelo.context.knowledge.language import in_english
from gemelo.context.knowledge.passages import MAX_WORDS
from gemelo.context.knowledge.readings import Read
from gemelo.context.knowledge.score import question, search
from gemelo.context.knowledge.seam import Cut, Document
from gemelo.models.clauses import sentences
from gemelo.models.seams import Embedder
from gemelo.models.vocabulary import Language

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000}
SETTINGS = {
    "passages": "made of runs of words of real ones, 120 words each; the real ones among them",
    "vectors": "of real passages and questions the encoder's own, of the others made of real token states",
    "search": "the question's vector given, one core: scores, best sentences, whether it answers; from disk",
    "rss": "what a process grows by that opens the index and is asked all questions",
    "learned": f"real text in passages of {MAX_WORDS} words (500 tokens), on every core, index included",
    "recall": "the real passage among the first 1 or 5 of all",
}
QUESTIONS = 400
_ENGLISH = Language("en")
_MB = 1e6


@dataclass(frozen=True, slots=True)
class Searched:
    """What a process of its own found: ms of each search, ranks of the gold passages, MB that it grew by."""

    taken: list[float]
    ranks: list[int | None]
    grown: float


async def run(bench: Bench) -> list[Finding]:
    """Builds three indexes of made passages and asks them real questions (ten minutes, 3 GB of disk).

    The data are `passages.jsonl` and `questions.jsonl`.

    Raises:
        BadDocument: the data are not there.
        EmbedderError: the encoder failed.
    """
    collection = next(one for one in load(bench.needed("retrieval")) if one.lang == _ENGLISH)
    embedder = (await bench.house()).library.embedder
    bench.report("scale: learning real text")
    found: list[Finding] = [learned(collection, embedder)]
    made, asked = Made(embedder, _texts(collection)), collection.questions[:: _every(collection)]
    vectors = [_read(embedder, one) for one in asked]
    sized: dict[str, list[tuple[float, float]]] = {}
    for profile, size in SIZES.items():
        bench.report(f"scale: {size} passages")
        with tempfile.TemporaryDirectory(prefix="gemelo-scale-") as folder:
            pairs = list(zip(asked, vectors, strict=True))
            for row in measured(Path(folder), profile, size, collection, made, pairs):
                found.append(row)
                if row.metric in ("disk", "rss"):
                    sized.setdefault(f"{row.metric}, MB", []).append((size, row.value))
                if row.metric == "search" and row.p95 is not None:
                    sized.setdefault("search p95, ms", []).append((size, row.p95))
    found += [
        Curve("gemelo", "", what.split(",")[0], "passages", what, tuple(points))
        for what, points in sized.items()
    ]
    return found


def measured(
    folder: Path,
    profile: str,
    size: int,
    collection: Collection,
    made: Made,
    asked: Sequence[tuple[Asked, Read]],
) -> list[Row]:
    """Builds one index and asks it."""
    texts = _texts(collection)
    documents = [*(_document(key, text) for key, text in collection.passages.items())]
    documents += made_documents(list(texts.values()), size - len(documents))
    begun = perf_counter()
    built = index.build(documents, made, folder=folder)
    version = index.save(built, folder, made.name)
    taken = perf_counter() - begun
    del built, documents
    weight = sum(path.stat().st_size for path in (folder / version).iterdir())
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        done = alone.submit(_ask, folder, version, made.name, list(asked)).result()
    return [
        amount("built", "s", taken, profile),
        amount("disk", "MB", weight / _MB, profile),
        amount("rss", "MB", done.grown, profile),
        times("search", _ENGLISH, done.taken, profile),
        share("recall@1", _ENGLISH, [rank == 0 for rank in done.ranks], profile),
        share("recall@5", _ENGLISH, [rank is not None for rank in done.ranks], profile),
    ]


def learned(collection: Collection, embedder: Embedder) -> Row:
    """Passages a minute that are learned of real text, passages as long as they are made."""
    lines = [line for text in collection.passages.values() for line in sentences(text)]
    cuts: list[Cut] = []
    while lines:
        own: list[str] = []
        while lines and sum(len(line.split()) for line in own) + len(lines[0].split()) <= MAX_WORDS:
            own.append(lines.pop(0))
        cuts.append(cut(own or [lines.pop(0)]))
    with tempfile.TemporaryDirectory(prefix="gemelo-scale-") as folder:
        begun = perf_counter()
        built = index.build(
            [Document("real", "", tuple(cuts))], embedder, folder=Path(folder), workers=os.cpu_count() or 1
        )
        index.save(built, Path(folder), embedder.name)
        taken = perf_counter() - begun
    return amount("learned", "passages/min", 60 * len(cuts) / taken)


def _ask(folder: Path, version: str, encoder: str, asked: list[tuple[Asked, Read]]) -> Searched:
    """Asks an index, in a process of its own that nothing else has grown."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    before = kilobytes(os.getpid(), "status", "VmRSS")
    shelf = index.load(folder, version, encoder)[_ENGLISH]
    taken: list[float] = []
    ranks: list[int | None] = []
    for one, vector in asked:
        begun = perf_counter()
        prepared = question(one.text, _ENGLISH, _ENGLISH, vector)
        hits = search(prepared, [shelf], 5)
        findings(prepared, hits, shelf)
        taken.append(1000 * (perf_counter() - begun))
        found = [hit.entry.document for hit in hits]
        ranks.append(found.index(one.passage) if one.passage in found else None)
    grown = kilobytes(os.getpid(), "status", "VmRSS") - before
    return Searched(taken, ranks, grown / 1024)


def _read(embedder: Embedder, one: Asked) -> Read:
    found = embedder.embed([in_english(one.text, _ENGLISH)])[0]
    return Read(found.vector, found.tokens, found.ids)


def _every(collection: Collection) -> int:
    return max(len(collection.questions) // QUESTIONS, 1)


def _texts(collection: Collection) -> dict[str, Text]:
    return {key: tuple(sentences(text)) for key, text in collection.passages.items()}


def _document(key: str, text: str) -> Document:
    return Document(key, "", (cut(list(sentences(text))),))
