"""Vectors in a few bytes, and what their products are worth."""

from __future__ import annotations

import numpy as np
import pytest

from gemelo.context.knowledge.codes import Coarse, Codec, Coded, Floats, Plain
from gemelo.context.knowledge.tokens import CodedTokens, TokenCodec

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


def test_tokens_are_known_by_what_they_are_like() -> None:
    """A state is near its code, whether its token was met in training or later, and once it came back."""
    words = units(50)
    ids = CHANCE.integers(0, 40, 2_000).astype(np.int32)
    states = _near(words[ids])
    codec = TokenCodec.trained(ids, states, 1_000)
    later = CHANCE.integers(0, 50, 500).astype(np.int32)
    new = _near(words[later])
    known = codec.met
    codes = codec.encode(later, new)
    assert codec.met > known
    assert len(codec.learned_since(known)["ids"]) == codec.met - known
    again = TokenCodec.of(codec.arrays())
    tokens = CodedTokens(codes, later, again)
    wanted = new[:8].astype(np.float32)
    found = tokens.dots(wanted, *span(0, 500))
    assert float(np.abs(found - new.astype(np.float32) @ wanted.T).mean()) < 0.1
    assert float(found[np.arange(8), np.arange(8)].min()) > 0.8


def test_a_copy_learns_for_itself() -> None:
    """What a new index learns does not change what the old one means."""
    words = units(50)
    ids = np.arange(40, dtype=np.int32)
    codec = TokenCodec.trained(ids, _near(words[ids]), 1_000)
    copy = codec.copy()
    copy.encode(np.arange(50, dtype=np.int32), _near(words))
    assert (codec.met, copy.met) == (40, 50)


def _near(rows: Floats) -> np.ndarray:
    moved = rows + 0.3 * units(len(rows))
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float16)
