"""Token states by what their words are usually like."""

from __future__ import annotations

import numpy as np
import pytest

from gemelo.context.knowledge.codes import Floats
from gemelo.context.knowledge.tokens import CodedTokens, TokenCodec

CHANCE = np.random.default_rng(7)


def units(count: int) -> Floats:
    """Vectors of unit length that lie mostly in a few directions, as an encoder's do."""
    rows = CHANCE.standard_normal((count, 64)) * np.linspace(2, 0.2, 64)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


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
    found = tokens.dots(wanted, np.array([0]), np.array([500]))
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


def test_damaged_arrays_are_a_clear_error() -> None:
    """What is missing or half is said so, never read as something else."""
    arrays = TokenCodec.trained(np.arange(40, dtype=np.int32), _near(units(40)), 1_000).arrays()
    with pytest.raises(ValueError, match="FAISS"):
        TokenCodec.of({**arrays, "codec": arrays["codec"][:20]})
    with pytest.raises(KeyError):
        TokenCodec.of({name: array for name, array in arrays.items() if name != "usual"})


def _near(rows: Floats) -> np.ndarray:
    moved = rows + 0.3 * units(len(rows))
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float16)
