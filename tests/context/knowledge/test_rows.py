"""Tests of `gemelo.context.knowledge.rows`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.rows import FileRows, Spool, ranges, snug, spans, starts

MATRIX = np.random.default_rng(7).integers(-127, 128, (40, 6)).astype(np.int8)
SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda s: (s[0], min(sum(s), 40))))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> FileRows:
    """The matrix, opened; its file is gone again, as when a twin has learned meanwhile."""
    path = tmp_path_factory.mktemp("rows") / "matrix.npy"
    np.save(path, MATRIX)
    opened = FileRows(path)
    path.unlink()
    return opened


@given(start=st.integers(-50, 50), stop=st.integers(-50, 50))
def test_a_slice_is_what_the_array_would_give(rows: FileRows, start: int, stop: int) -> None:
    """Whatever its ends, also beyond the file's."""
    np.testing.assert_array_equal(rows[start:stop], MATRIX[start:stop])


@given(chosen=SPANS)
def test_spans_are_read_one_after_the_other(rows: FileRows, chosen: list[tuple[int, int]]) -> None:
    """From a file or from memory, touching, empty or in any order."""
    firsts, pasts = (np.array([span[at] for span in chosen], np.int64) for at in (0, 1))
    expected = np.concatenate([MATRIX[:0], *(MATRIX[start:end] for start, end in chosen)])
    for source in (rows, MATRIX):
        np.testing.assert_array_equal(spans(source, firsts, pasts), expected)
    numbers, bounds = ranges(firsts, pasts)
    np.testing.assert_array_equal(MATRIX[numbers], expected)
    np.testing.assert_array_equal(np.append(bounds, len(numbers)), starts(pasts - firsts))


def test_another_array_is_refused(tmp_path: Path) -> None:
    """A file that was cut off is not read as a shorter array."""
    np.save(tmp_path / "matrix.npy", MATRIX)
    whole = (tmp_path / "matrix.npy").read_bytes()
    (tmp_path / "matrix.npy").write_bytes(whole[:-1])
    with pytest.raises(ValueError, match=r"mmap|size|bytes"):
        FileRows(tmp_path / "matrix.npy")


@pytest.mark.parametrize("size", [3, 40_000])
def test_what_is_spooled_comes_back(tmp_path: Path, size: int) -> None:
    """Few rows from memory, many from a file that has no name."""
    spool = Spool("f4", tmp_path, 300)
    parts = [np.full((size // 3, 300), at, np.float32) for at in range(3)]
    for part in parts:
        spool.add(part)
    assert len(spool) == 3 * (size // 3)
    np.testing.assert_array_equal(spool.whole(), np.concatenate(parts))
    assert not list(tmp_path.iterdir())


@given(numbers=st.lists(st.integers(0, 1 << 40)))
def test_numbers_fit(numbers: list[int]) -> None:
    """In fewer bytes they are the same numbers."""
    assert snug(np.array(numbers, np.int64)).tolist() == numbers
