"""Tests of `gemelo.context.knowledge.rows`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.rows import FileRows

MATRIX = np.random.default_rng(7).integers(-127, 128, (40, 6)).astype(np.int8)


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


@pytest.mark.parametrize("array", [MATRIX.astype(np.float32), MATRIX[0]])
def test_another_array_is_refused(tmp_path: Path, array: np.ndarray) -> None:
    """Neither another type nor another shape is read as rows of bytes."""
    np.save(tmp_path / "matrix.npy", array)
    with pytest.raises(ValueError, match="int8"):
        FileRows(tmp_path / "matrix.npy")
