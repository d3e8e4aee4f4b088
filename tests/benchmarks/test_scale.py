"""What many passages take, on a few of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gemelo.benchmarks.made import Made, made_documents
from gemelo.benchmarks.questions import Asked, Collection
from gemelo.benchmarks.scale import learned, measured
from gemelo.context.knowledge.readings import Read
from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Language
from tests.hashing import HashingEmbedder

EN = Language("en")
TOPICS = ["the violet lantern", "a copper kettle", "the marble stairs", "an oak barrel", "the silver thimble"]
COLLECTION = Collection(
    EN,
    {f"p-{n}": f"Nobody sold {topic}. It was made in {1900 + n}." for n, topic in enumerate(TOPICS)}
    | {f"q-{n}": " ".join(f"Other{n}n{at} words." for at in range(20)) for n in range(40)},
    tuple(Asked(f"Who sold {topic}?", EN, "Nobody", f"p-{n}") for n, topic in enumerate(TOPICS)),
)
TEXTS = {key: sentences(text) for key, text in COLLECTION.passages.items()}


def test_real_passages_are_found_among_made_ones(tmp_path: Path) -> None:
    """The index is built, saved, opened by another process and asked; every figure is there."""
    embedder = HashingEmbedder()
    found = [embedder.embed([one.text])[0] for one in COLLECTION.questions]
    asked = [
        (one, Read(read.vector, read.tokens, read.ids))
        for one, read in zip(COLLECTION.questions, found, strict=True)
    ]
    rows = {
        row.metric: row for row in measured(tmp_path, "few", 80, COLLECTION, Made(embedder, TEXTS), asked)
    }
    assert rows.keys() == {"built", "disk", "rss", "search", "recall@1", "recall@5"}
    assert {row.profile for row in rows.values()} == {"few"}
    assert rows["recall@1"].value == 1.0
    assert rows["disk"].value > 0
    assert rows["search"].n == len(TOPICS)


def test_as_many_passages_are_made_as_are_asked_for() -> None:
    """The same ones each time, each of its own words."""
    first, again = (made_documents(list(TEXTS.values()), 250) for _ in range(2))
    assert first == again
    texts = [one.text for document in first for one in document.passages]
    assert len(set(texts)) == len(texts) == 250


def test_real_texts_keep_the_vectors_that_the_encoder_gives_them() -> None:
    """What is made has the same shape, and states that the encoder has given."""
    made, real = Made(HashingEmbedder(), TEXTS), TEXTS["p-0"][0]
    of_real, of_made = made.embed([real, "words that nobody wrote"])
    np.testing.assert_array_equal(of_real.vector, HashingEmbedder().embed([real])[0].vector)
    assert of_made.vector.shape == of_real.vector.shape
    assert abs(float(np.linalg.norm(of_made.vector)) - 1) < 1e-5
    assert len(of_made.tokens) == len(of_made.ids)


def test_learning_is_counted_in_passages_a_minute() -> None:
    """Of real text, however little there is."""
    row = learned(COLLECTION, HashingEmbedder())
    assert (row.metric, row.unit) == ("learned", "passages/min")
    assert row.value > 0
