"""BM25 against the formula written out."""

from __future__ import annotations

from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.lexical import (
    COMMON_ROWS,
    LENGTH_NORM,
    SATURATION,
    Lines,
    LinesOf,
    Postings,
    PostingsOf,
)

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


def lines_of(passages: list[list[list[str]]], like: Lines | None = None) -> Lines:
    made = LinesOf(like)
    made.add(passages[:1])
    made.add(passages[1:])
    return made.made()


@given(st.lists(st.lists(st.lists(TERMS, max_size=6), min_size=1, max_size=4), min_size=1, max_size=6))
def test_units_and_couples_are_scored_as_bags(passages: list[list[list[str]]]) -> None:
    """The best unit and the best couple of each passage score what they would in an index of their own."""
    query = {"gol": 1.0, "red": 0.5, "new": 1.0}
    units = [unit for own in passages for unit in own]
    couples = [first + second for own in passages for first, second in zip(own, [*own[1:], []], strict=True)]
    bounds = np.cumsum([0, *map(len, passages)])
    found = lines_of(passages).scores(query, bounds[:-1], bounds[1:])
    for leg, bags in zip(found, (units, couples), strict=True):
        alone = build(bags).scores(query)
        best = [float(alone[start:end].max()) for start, end in pairwise(bounds)]
        assert leg == pytest.approx(np.array(best), rel=1e-4, abs=1e-5)
    whole = lines_of(passages + passages)
    again = lines_of(passages, like=whole).scores(query, bounds[:-1], bounds[1:])
    both = np.cumsum([0, *map(len, passages + passages)])
    assert again == pytest.approx(whole.scores(query, both[:-1], both[1:])[:, : len(passages)], rel=1e-4)


def test_what_most_passages_say_finds_none_of_many() -> None:
    """In a large index a term of more than a third of the rows has its rarity and no postings."""
    made = build([["gol", "red"] if row % 2 else ["gol", "var"] for row in range(2 * COMMON_ROWS + 2)])
    assert made.scores({"gol": 1.0}).max() == 0
    assert made.rarity("gol") < made.rarity("red") < made.rarity("new")
    few = build([["gol"], ["red"]])
    assert few.scores({"gol": 1.0})[0] > 0
