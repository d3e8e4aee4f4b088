"""Making parts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.passages import cut
from gemelo.models.adapters.reading.parts import PART_WORDS, escaped, in_parts
from gemelo.models.errors import BadDocument
from gemelo.models.vocabulary import Notation, Part


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=80))
def test_escaped_text_is_read_as_it_stands(text: str) -> None:
    """Whatever looks like markup in a document of another format is only text."""
    words = " ".join(text.split())
    try:
        [passage] = cut((Part(escaped(text), Notation.MARKDOWN),))
    except BadDocument:
        assert not any(letter.isalnum() for letter in words)
        return
    assert " ".join(passage.text.split()) == words


@given(st.lists(st.integers(1, 2 * PART_WORDS), min_size=1, max_size=30))
def test_parts_hold_every_line_once(lengths: list[int]) -> None:
    """In order, each part with the place of its first line, none begun after it was long enough."""
    lines = [(str(number), "word " * length + str(number)) for number, length in enumerate(lengths)]
    parts = list(in_parts(lines))
    assert [line for part in parts for line in part.text.split("\n")] == [line for _, line in lines]
    assert all(part.text.split("\n")[0].rsplit(maxsplit=1)[-1] == part.place for part in parts)
    assert all(len(part.text.rpartition("\n")[0].split()) < PART_WORDS for part in parts)
