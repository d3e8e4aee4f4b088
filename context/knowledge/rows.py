"""Arrays by slices of their rows: read from their files when they are asked for, or grown into nameless ones.

What is mapped counts as the process's own memory once some search has touched it. Large arrays are therefore
read: the system keeps what is read often without that.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO, Any, cast
from weakref import finalize

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

MAPPED_BYTES = 16 << 20
"""Arrays up to this size are mapped: it costs little memory, and to read them would cost a system call."""
_IN_MEMORY_BYTES = 32 << 20


class FileRows:
    """An array in an .npy file. What is open stays readable after the file is gone.

    Args:
        path: the file.

    Raises:
        OSError, ValueError: it is missing, damaged or holds objects.
    """

    def __init__(self, path: Path) -> None:
        mapped: Any = np.load(path, mmap_mode="r", allow_pickle=False)
        if mapped.ndim not in (1, 2):
            raise ValueError("no rows")
        self.shape: tuple[int, ...] = mapped.shape
        self.dtype: np.dtype[Any] = mapped.dtype
        self._offset = int(mapped.offset)
        self._width = self.dtype.itemsize * int(np.prod(self.shape[1:], dtype=np.int64))
        self._file = os.open(path, os.O_RDONLY)
        finalize(self, os.close, self._file)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        start, stop, _ = rows.indices(len(self))
        made = np.empty((max(stop - start, 0), *self.shape[1:]), self.dtype)
        self.read_into(made, start)
        return made

    def read_into(self, rows: NDArray[Any], start: int) -> None:
        """Fills `rows` with those that begin at `start`.

        Raises:
            OSError: the file has become shorter.
        """
        if rows.size:
            read = os.preadv(
                self._file, [rows.reshape(-1).view(np.uint8).data], self._offset + start * self._width
            )
            if read != rows.nbytes:
                raise OSError("the file is shorter than it was")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.array(self[:], dtype)


Rows = NDArray[Any] | FileRows


def opened(path: Path) -> Rows:
    """An array on disk, mapped where it is small.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    return FileRows(path) if path.stat().st_size > MAPPED_BYTES else mapped(path)


def mapped(path: Path) -> NDArray[Any]:
    """An array on disk whose pages are read when they are touched.

    Raises:
        OSError, ValueError: the file is missing or damaged.
    """
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


def spans(rows: Rows, firsts: NDArray[np.int64], pasts: NDArray[np.int64]) -> NDArray[Any]:
    """The rows `firsts[i] : pasts[i]`, one span after the other; those that touch are read as one."""
    some = np.flatnonzero(firsts < pasts)
    firsts, pasts = firsts[some], pasts[some]
    if not len(firsts):
        return rows[0:0]
    apart = np.flatnonzero(firsts[1:] != pasts[:-1]) + 1
    starts = [int(firsts[0]), *cast(list[int], firsts[apart].tolist())]
    ends = [*cast(list[int], pasts[apart - 1].tolist()), int(pasts[-1])]
    if len(starts) == 1:
        return rows[starts[0] : ends[0]]
    if not isinstance(rows, FileRows):
        return np.concatenate([rows[start:end] for start, end in zip(starts, ends, strict=True)])
    made = np.empty((int((pasts - firsts).sum()), *rows.shape[1:]), rows.dtype)
    at = 0
    for start, end in zip(starts, ends, strict=True):
        rows.read_into(made[at : at + end - start], start)
        at += end - start
    return made


def ranges(
    firsts: NDArray[np.int64], pasts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers `firsts[i] .. pasts[i] - 1` one after the other, and where those of each `i` begin."""
    lengths = pasts - firsts
    bounds = np.cumsum(lengths) - lengths
    return np.repeat(firsts - bounds, lengths) + np.arange(int(lengths.sum())), bounds


def starts(counts: ArrayLike) -> NDArray[np.int64]:
    """Where each of some runs of rows begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(np.asarray(counts, np.int64))]).astype(np.int64)


def snug(numbers: NDArray[np.int64]) -> NDArray[Any]:
    """Numbers from 0 in the fewest bytes that hold them."""
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))


class Spool:
    """Rows that are added at the end: in memory while they are few, in a file without a name beyond that.

    Args:
        folder: where that file may lie; the system's own place for such files where it is None.
        width: of a row; rows are single numbers where it is None.
    """

    def __init__(self, dtype: DTypeLike, folder: Path | None = None, width: int | None = None) -> None:
        self._dtype = np.dtype(dtype)
        self._tail = () if width is None else (width,)
        self._folder = folder
        self._parts: list[NDArray[Any]] = []
        self._bytes = 0
        self._file: IO[bytes] | None = None
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, rows: NDArray[Any]) -> None:
        self._parts.append(np.ascontiguousarray(rows, self._dtype))
        self._length += len(rows)
        self._bytes += self._parts[-1].nbytes
        if self._bytes > _IN_MEMORY_BYTES:
            self._spill()

    def whole(self) -> NDArray[Any]:
        """All rows; mapped where they lie in a file, which goes when nobody holds them any more."""
        if self._file is None:
            return np.concatenate([np.empty((0, *self._tail), self._dtype), *self._parts])
        self._spill()
        self._file.flush()
        return np.asarray(np.memmap(self._file, self._dtype, "r", shape=(self._length, *self._tail)))

    def _spill(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 (it is held)
            finalize(self, self._file.close)
        for part in self._parts:
            self._file.write(part.data)
        self._parts, self._bytes = [], 0
