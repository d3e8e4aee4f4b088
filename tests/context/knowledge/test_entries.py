"""Passages that are read from their file one by one."""

from __future__ import annotations

import numpy as np
import pytest

from gemelo.context.knowledge.entries import FileEntries, arrays, opened_sources, source_arrays, sources
from gemelo.context.knowledge.shelf import Entry
from gemelo.models.vocabulary import Label

ENTRIES = [
    Entry(
        f"{name}.md#{n}",
        (f"Sentence {n} of {name}.", "¿Y qué más? \ud83d"),
        f"{name}.md",
        "A › B",
        "B",
        dated=day,
    )
    for name, day in (("año", "2024-03"), ("b", ""))
    for n in range(3)
]


def test_what_is_read_is_what_was_kept() -> None:
    """Each by its number, in any order and any letters, as often as it is asked for."""
    kept = arrays(ENTRIES)
    read = FileEntries(kept["text"], kept["bounds"])
    assert len(read) == len(ENTRIES)
    assert [read[at] for at in (5, 0, 5, 3)] == [ENTRIES[at] for at in (5, 0, 5, 3)]
    assert list(read) == ENTRIES
    assert read[1:3] == ENTRIES[1:3]
    with pytest.raises(IndexError):
        read[len(ENTRIES)]


def test_half_a_text_is_refused() -> None:
    """A text that was cut off is not read."""
    kept = arrays(ENTRIES)
    with pytest.raises(ValueError, match="half"):
        FileEntries(kept["text"][:-1], kept["bounds"])


def test_sources_are_told_without_reading_passages() -> None:
    """Document, date and label of each passage, every document once."""
    made = sources([*ENTRIES, Entry("x#1", ("Buy.",), "x", "", "", Label.SPONSORED)])
    kept = source_arrays(made)
    read = opened_sources(kept["names"], kept["of"])
    assert read.names == made.names
    np.testing.assert_array_equal(read.of, made.of)
    assert [tuple(read.names[int(at)]) for at in read.of.tolist()] == [
        *((one.document, one.dated, one.label) for one in ENTRIES),
        ("x", "", Label.SPONSORED),
    ]
