"""The benchmarks of search and answers, on a handful of passages."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from gemelo.benchmarks import answers, retrieval
from gemelo.benchmarks.rows import Bench, House
from gemelo.context.knowledge.twin import Library
from gemelo.models.errors import BadDocument
from gemelo.models.seams import Translator
from gemelo.models.vocabulary import Language
from tests.hashing import HashingEmbedder

TOPICS = ["the violet lantern", "a copper kettle", "the marble stairs", "an oak barrel", "the silver thimble"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Five passages in one language, a question about each."""
    passages = [
        {"passage_id": f"p-en-{n}", "lang": "en", "text": f"Nobody sold {topic}. It was made in {1900 + n}."}
        for n, topic in enumerate(TOPICS)
    ]
    questions = [
        {"question": f"Who sold {topic}?", "lang": "en", "answer": "Nobody", "passage_id": f"p-en-{n}"}
        for n, topic in enumerate(TOPICS)
    ]
    for name, rows in (("passages", passages), ("questions", questions)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return tmp_path


class Nobody:
    """A translator of every pair that reads nothing but the thing that is asked for."""

    def translates(self, source: Language, target: Language) -> bool:
        return True

    def translate(self, text: str, source: Language, target: Language) -> str:
        thing = text.rpartition(" ")[2].strip("?")
        return f"Who sold {next((topic for topic in TOPICS if _reversed(topic) == thing), thing)}?"


def _reversed(topic: str) -> str:
    return topic.replace(" ", "")[::-1]


def bench(data: Path | None, translator: Translator | None = None) -> Bench:
    """A bench whose house has an encoder, perhaps a translator, and nothing else."""

    async def house() -> House:
        return cast(House, SimpleNamespace(library=Library(Path(), HashingEmbedder(), translator)))

    return Bench(house, data, lambda line: None)


async def test_retrieval_reports_recall(data: Path) -> None:
    """Every gold passage that comes first counts, and the times have their percentiles."""
    rows = {row.metric: row for row in await retrieval.run(bench(data))}
    assert (rows["recall@1"].value, rows["recall@1"].n, rows["recall@1"].lang) == (1.0, 5, "en")
    assert rows["recall@5"].value == 1.0
    assert rows["search"].unit == "ms"
    assert rows["search"].p50 is not None


async def test_retrieval_tells_what_a_translator_makes_of_it(data: Path) -> None:
    """Beside the figures without it, and only from one language into another."""
    for name in ("passages", "questions"):
        rows = [json.loads(line) for line in (data / f"{name}.jsonl").read_text().splitlines()]
        there = [{**row, "lang": "es", "passage_id": row["passage_id"].replace("en", "es")} for row in rows]
        for row, topic in zip(there, TOPICS, strict=True):
            row.update({"question": f"¿Quién {_reversed(topic)}?", "text": "Nada de nada."})
        (data / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in (*rows, *there)))
    measured = await retrieval.run(bench(data, Nobody()))
    value = {(row.lang, row.profile): row.value for row in measured if row.metric == "recall@1"}
    crossed = {(lang, profile) for lang in ("es>en", "en>es") for profile in ("", "translated")}
    assert set(value) == {("en", ""), ("es", ""), *crossed}
    assert value["es>en", ""] < value["es>en", "translated"] == 1.0


async def test_answers_report_sentences_and_refusals(data: Path) -> None:
    """Answers inside the first sentence count; refusals are given at both operating points."""
    rows = await answers.run(bench(data))
    value = {(row.profile, row.metric): row.value for row in rows}
    assert value["", "answer_in_first_sentence"] == 1.0
    assert {profile for profile, metric in value if metric == "declined_absent"} == {"product", "at-10%"}


async def test_data_lie_in_the_folder_or_in_one_of_their_kind(data: Path) -> None:
    """`--data` may name the suite's own folder or the one that holds every suite's."""
    (data / "all").mkdir()
    inside = data / "all" / "retrieval"
    inside.mkdir()
    for name in ("passages.jsonl", "questions.jsonl"):
        (data / name).rename(inside / name)
    for given in (data / "all", inside):
        assert await retrieval.run(bench(given))


async def test_other_data_are_refused(tmp_path: Path) -> None:
    """No folder, a missing one and one without the expected files are clear errors."""
    for data, told in ((tmp_path, r"passages\.jsonl"), (tmp_path / "no", "no folder"), (None, "--data DIR")):
        with pytest.raises(BadDocument, match=told):
            await retrieval.run(bench(data))
