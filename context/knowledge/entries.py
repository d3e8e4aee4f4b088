"""Passages on disk: read one by one, so that a hundred thousand of them cost no memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from gemelo.context.knowledge.rows import Rows, Spool, snug, starts
from gemelo.context.knowledge.shelf import Entry, Origin, Sources
from gemelo.models.vocabulary import Label

_KEPT = 1_024
"""Entries that stay as they were last read: those that are found are found again."""


class FileEntries(Sequence[Entry]):
    """Entries as they lie in an array of bytes; see `arrays`.

    Args:
        text: uint8 (n,), a JSON object an entry.
        bounds: int64 (p + 1,), where each begins.

    Raises:
        ValueError: the two do not belong together.
    """

    def __init__(self, text: Rows, bounds: NDArray[Any]) -> None:
        if not len(bounds) or int(bounds[-1]) != len(text):
            raise ValueError("half a text")
        self._text, self._bounds = text, bounds
        self._kept: dict[int, Entry] = {}

    def __len__(self) -> int:
        return len(self._bounds) - 1

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Entry]: ...
    def __getitem__(self, at: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        found = self._kept.get(at)
        if found is None:
            text = self._text[int(self._bounds[at]) : int(self._bounds[at + 1])].tobytes()
            found = _entry(json.loads(text))
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[at] = found
        return found


def line(entry: Entry) -> bytes:
    """An entry as it is kept."""
    return json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")


def arrays(entries: Iterable[Entry]) -> dict[str, NDArray[Any]]:
    """What `FileEntries` reads."""
    text, lengths = Spool("u1"), Spool("i8")
    for entry in entries:
        own = line(entry)
        text.add(np.frombuffer(own, np.uint8))
        lengths.add(np.array([len(own)]))
    return {"text": text.whole(), "bounds": snug(starts(lengths.whole()))}


def sources(entries: Iterable[Entry]) -> Sources:
    """What entries are from."""
    names: dict[Origin, int] = {}
    of = [names.setdefault(Origin(entry.document, entry.dated, entry.label), len(names)) for entry in entries]
    return Sources(tuple(names), snug(np.array(of, np.int64)))


def source_arrays(own: Sources) -> dict[str, NDArray[Any]]:
    """What `opened_sources` reads."""
    names = json.dumps(own.names, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return {"names": np.frombuffer(names, np.uint8), "of": own.of}


def opened_sources(names: NDArray[np.uint8], of: NDArray[Any]) -> Sources:
    """Sources as they lie in arrays.

    Raises:
        ValueError: the arrays are damaged.
    """
    listed = json.loads(names.tobytes())
    return Sources(tuple(Origin(document, dated, Label(label)) for document, dated, label in listed), of)


def _entry(item: dict[str, Any]) -> Entry:
    item["sentences"] = tuple(item["sentences"])
    item["label"] = Label(item["label"])
    return Entry(**item)
