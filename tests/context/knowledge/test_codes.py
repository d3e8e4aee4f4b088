"""Vectors in a few bytes, and what their products are worth."""

from __future__ import annotations

import numpy as np
import pytest

from gemelo.context.knowledge.codes import Coarse, Codec, Coded, Floats, Plain

CHANCE = np.random.default_rng(7)


def units(count: int) -> Floats:
    """Vectors of unit length that lie mostly in a few directions, as an encoder's do."""
    rows = CHANCE.standard_normal((count, 64)) * np.linspace(2, 0.2, 64)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


ROWS, QUERIES = units(3_000), units(5)


def span(start: int, end: int) -> tuple[np.ndarray, np.ndarray]:
    return np.array([start]), np.array([end])


def test_products_are_nearly_those_of_what_was_encoded() -> None:
    """Four bits a number cost two hundredths of a cosine at most, by spans or in blocks."""
    codec = Codec.trained(ROWS, "SQ4", 64)
    coded = Coded(codec.encode(ROWS), codec)
    assert coded.rows.shape == (3_000, 32)
    off = coded.dots(QUERIES, *span(0, 3_000)) - ROWS @ QUERIES.T
    assert float(off.std()) < 0.02
    firsts, pasts = np.array([5, 100]), np.array([9, 103])
    np.testing.assert_allclose(
        coded.dots(QUERIES, firsts, pasts),
        np.concatenate([coded.dots(QUERIES, *span(5, 9)), coded.dots(QUERIES, *span(100, 103))]),
        atol=1e-5,
    )
    many = Coded(np.tile(coded.rows, (4, 1)), codec)
    np.testing.assert_allclose(
        many.dots(QUERIES, *span(0, 12_000))[9_000:], coded.dots(QUERIES, *span(0, 3_000)), atol=1e-5
    )


def test_a_codec_comes_back_from_its_arrays() -> None:
    """Codes mean the same to the one that was kept; damaged arrays are a clear error."""
    codec = Codec.trained(ROWS, "SQ4", 64)
    again = Codec.of(codec.arrays()["turn"], codec.arrays()["codec"])
    np.testing.assert_array_equal(again.encode(ROWS[:9]), codec.encode(ROWS[:9]))
    with pytest.raises(ValueError, match="FAISS"):
        Codec.of(codec.arrays()["turn"], codec.arrays()["codec"][:20])


def test_the_nearest_rows_are_among_those_found() -> None:
    """The coarse index misses hardly any of the ten nearest of three thousand among its fifty."""
    codec = Codec.trained(ROWS, "SQ4", 64)
    made = Coarse.trained(codec.decode(codec.encode(ROWS)), codec)
    made.add(codec.decode(codec.encode(ROWS)))
    coarse = Coarse.of(made.array(), codec)
    for query in QUERIES:
        nearest = np.argsort(-(ROWS @ query))[:10]
        assert len(set(nearest.tolist()) & set(coarse.near(query, 50).tolist())) >= 9
    assert len(coarse.near(QUERIES[0], 9_999)) == len(ROWS)


def test_plain_rows_are_what_they_are() -> None:
    """Bytes count in steps."""
    steps = np.round(ROWS * 127).astype(np.int8)
    np.testing.assert_allclose(
        Plain(steps, 1 / 127).dots(QUERIES, *span(0, 3_000)),
        Plain(ROWS).dots(QUERIES, *span(0, 3_000)),
        atol=0.03,
    )
