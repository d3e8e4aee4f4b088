"""Rows of an array that are read from its file when they are asked for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from weakref import finalize

import numpy as np
from numpy.typing import NDArray


class FileRows:
    """An int8 matrix in an .npy file, by slices of its rows.

    Mapped, every row that some search has touched would count as the process's own memory; the system
    keeps what is read often without that. What is open stays readable after the file is gone.

    Args:
        path: the file.

    Raises:
        OSError, ValueError: it is missing, damaged or holds something else.
    """

    def __init__(self, path: Path) -> None:
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
        if mapped.dtype != np.int8 or mapped.ndim != 2:
            raise ValueError("no int8 matrix")
        self.shape: tuple[int, int] = mapped.shape
        self._offset = int(mapped.offset)
        self._file = os.open(path, os.O_RDONLY)
        finalize(self, os.close, self._file)

    def __getitem__(self, rows: slice) -> NDArray[np.int8]:
        start, stop, _ = rows.indices(self.shape[0])
        width = self.shape[1]
        read = os.pread(self._file, max(stop - start, 0) * width, self._offset + start * width)
        return np.frombuffer(read, np.int8).reshape(-1, width)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self[:], dtype)
