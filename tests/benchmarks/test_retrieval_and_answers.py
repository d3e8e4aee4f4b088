"""The benchmarks of search and answers, on a handful of passages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gemelo.benchmarks import answers, retrieval
from gemelo.models.errors import BadDocument
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


def test_retrieval_reports_recall(data: Path) -> None:
    """Every gold passage that comes first counts, and the times have their percentiles."""
    rows = {row["metric"]: row for row in retrieval.run(data, HashingEmbedder())["rows"]}
    assert (rows["recall@1"]["value"], rows["recall@1"]["n"], rows["recall@1"]["lang"]) == (1.0, 5, "en")
    assert rows["recall@5"]["value"] == 1.0
    assert rows["search"]["unit"] == "ms"
    assert rows["search"]["p50"] is not None


def test_answers_report_sentences_and_refusals(data: Path) -> None:
    """Answers inside the first sentence count; refusals are given at both operating points."""
    rows = answers.run(data, HashingEmbedder())["rows"]
    value = {(row["profile"], row["metric"]): row["value"] for row in rows}
    assert value["", "answer_in_first_sentence"] == 1.0
    assert {profile for profile, metric in value if metric == "declined_absent"} == {"product", "at-10%"}


def test_other_data_are_refused(tmp_path: Path) -> None:
    """A folder without the expected files is a clear error."""
    with pytest.raises(BadDocument, match=r"passages\.jsonl"):
        retrieval.run(tmp_path, HashingEmbedder())
