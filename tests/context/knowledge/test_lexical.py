"""BM25 against the formula written out."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.lexical import LENGTH_NORM, SATURATION, Postings, PostingsOf

TERMS = st.sampled_from(["gol", "var", "red", "mano", "juez"])
BAGS = st.lists(st.lists(TERMS, max_size=12), min_size=1, max_size=12)


def build(bags: list[list[str]], like: Postings | None = None) -> Postings:
    made = PostingsOf(like)
    made.add(bags[:2])
    made.add(bags[2:])
    return made.made()


def by_hand(bags: list[list[str]], query: dict[str, float], row: int) -> float:
    mean = sum(map(len, bags)) / len(bags)
    total = 0.0
    for term, weight in query.items():
        df = sum(term in bag for bag in bags)
        idf = log(1 + (len(bags) - df + 0.5) / (df + 0.5))
        tf = bags[row].count(term)
        norm = SATURATION * (1 - LENGTH_NORM + LENGTH_NORM * len(bags[row]) / max(mean, 1e-9))
        total += weight * idf * tf * (SATURATION + 1) / (tf + norm) if tf else 0.0
    return total


@given(BAGS, st.dictionaries(st.sampled_from(["gol", "var", "red", "new"]), st.floats(0.1, 2)))
def test_scores_are_bm25(bags: list[list[str]], query: dict[str, float]) -> None:
    """Every row's score is what the formula gives."""
    expected = [by_hand(bags, query, row) for row in range(len(bags))]
    assert build(bags).scores(query) == pytest.approx(np.array(expected), rel=1e-5, abs=1e-6)


@given(BAGS, BAGS)
def test_a_small_index_scores_like_the_large_one(bags: list[list[str]], more: list[list[str]]) -> None:
    """Rows that the large index holds too get the same score from a small index built like it."""
    whole = build(bags + more)
    part = build(bags, like=whole)
    query = {"gol": 1.0, "juez": 0.5}
    assert part.scores(query) == pytest.approx(whole.scores(query)[: len(bags)], rel=1e-5, abs=1e-6)


def test_no_rows() -> None:
    """An index of nothing answers with nothing."""
    assert build([]).scores({"gol": 1.0}).shape == (0,)
