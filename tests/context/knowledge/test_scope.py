"""Which of what a twin has learned is searched."""

from __future__ import annotations

import pytest

from gemelo.context.knowledge.scope import EVERYTHING, Kind, Scope, kind_of
from gemelo.models.vocabulary import Language


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a/b.MD", Kind.TEXT),
        ("a.html", Kind.PAGE),
        ("a.pdf", Kind.PDF),
        ("a.docx", Kind.OFFICE),
        ("a.epub", Kind.BOOK),
        ("talk.en.vtt", Kind.SUBTITLES),
        ("a.jsonl", Kind.TABLE),
        ("a.webm", Kind.RECORDING),
        ("noending", Kind.TEXT),
    ],
)
def test_a_document_s_kind_is_told_by_its_name(path: str, kind: Kind) -> None:
    """In capitals or not."""
    assert kind_of(path) is kind


def test_everything_holds_everything() -> None:
    """Also what tells no date."""
    assert EVERYTHING.holds("a.md", "")
    assert EVERYTHING.speaks(Language("es"))


@pytest.mark.parametrize("source", ["subtitles", "talks/one.srt", "talks/*", "*.srt"])
def test_a_source_is_a_kind_a_path_or_a_pattern(source: str) -> None:
    """One of several has to fit."""
    assert Scope(sources=(source,)).holds("talks/one.srt", "")
    assert not Scope(sources=(source,)).holds("rules.md", "")
    assert Scope(sources=("pdf", source)).holds("talks/one.srt", "")


@pytest.mark.parametrize(
    ("dated", "held"),
    [
        ("2024-03-05", True),
        ("2024", True),
        ("2024-06", True),
        ("2023", False),
        ("2025-01-01", False),
        ("", False),
    ],
)
def test_a_span_holds_what_may_be_of_it(dated: str, held: bool) -> None:
    """Both its ends included; what tells no date is in no span."""
    assert Scope(since="2024-03-05", until="2024").holds("a.md", dated) is held


def test_one_end_may_be_open() -> None:
    """Nothing older, or nothing newer."""
    assert Scope(since="2024").holds("a.md", "2031-01")
    assert Scope(until="2024").holds("a.md", "1950")
    assert not Scope(until="2024").holds("a.md", "2025")
