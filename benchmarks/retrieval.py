"""How often search puts the right passage first, or among the first five, and how long it takes."""

from __future__ import annotations

import gc
from time import perf_counter

from gemelo.benchmarks.questions import Collection, ask, crossed, load, shelve
from gemelo.benchmarks.rows import Bench, Row, share, times
from gemelo.context.knowledge.shelf import Shelf
from gemelo.models.seams import Embedder, Translator

SETTINGS = {
    "recall": "the gold passage among the first 1 or 5; es>en: asked in es, written in en",
    "profile": "translated: the question put into the passages' language by the translator that is installed",
}
TRANSLATED = "translated"


async def run(bench: Bench) -> list[Row]:
    """Measures recall@1 and recall@5 in each language and from each language into each other: as it is
    without a translator, and where one is installed with it.

    The data are `passages.jsonl` and `questions.jsonl`; passages of two languages that say the same have
    the same number at the end of their id.

    Raises:
        BadDocument: the data are not there.
        EmbedderError: the encoder failed.
    """
    collections = load(bench.needed("retrieval"))
    library = (await bench.house()).library
    embedder, translator = library.embedder, library.translator
    rows: list[Row] = []
    for written in collections:
        bench.report(f"retrieval: {len(written.passages)} passages in {written.lang}")
        shelf = shelve(written, written.passages, embedder)
        gc.collect()
        for spoken in collections:
            rows += _measured(spoken, written, shelf, embedder)
            if translator and spoken is not written and translator.translates(spoken.lang, written.lang):
                rows += _measured(spoken, written, shelf, embedder, translator)
    return rows


def _measured(
    spoken: Collection,
    written: Collection,
    shelf: Shelf,
    embedder: Embedder,
    translator: Translator | None = None,
) -> list[Row]:
    lang = spoken.lang if spoken is written else f"{spoken.lang}>{written.lang}"
    asked = crossed(spoken, written)
    profile = TRANSLATED if translator else ""
    first: list[bool] = []
    among: list[bool] = []
    taken: list[float] = []
    for question in asked.questions:
        begun = perf_counter()
        _, hits = ask(question.text, spoken.lang, shelf, embedder, translator=translator)
        taken.append(1000 * (perf_counter() - begun))
        found = [hit.entry.document == question.passage for hit in hits]
        first.append(found[0])
        among.append(any(found))
    return [
        share("recall@1", lang, first, profile),
        share("recall@5", lang, among, profile),
        times("search", lang, taken, profile),
    ]
