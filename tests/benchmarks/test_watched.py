"""The watched turn and its picture."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import cast

import pytest

from gemelo.benchmarks.records import Record
from gemelo.benchmarks.rows import House, Span, Trace
from gemelo.benchmarks.timeline import draw
from gemelo.benchmarks.watched import watched
from gemelo.models.errors import BadDocument
from tests.benchmarks.test_spoken_suites import Hall
from tests.fakes import World
from tests.virtual import virtually


@pytest.fixture(scope="module")
def trace() -> Trace:
    """In virtual time, so that it is the same each time."""

    async def played() -> Trace:
        return await watched(cast(House, Hall(World().stage())))

    return virtually(played())


def test_a_draft_of_fewer_words_is_thrown_away(trace: Trace) -> None:
    """All but the last one, and before the next begins: one is alive at a time."""
    drafts = sorted({span.who for span in trace.spans if span.who.startswith("draft")})
    thrown = {span.who: span.from_ms for span in trace.spans if span.what == "thrown away"}
    assert sorted(thrown) == drafts[:-1]
    begun = {span.who: span.from_ms for span in trace.spans if span.what == "waits for the mind"}
    assert all(begun[then] >= thrown[who] for who, then in pairwise(drafts))


def test_what_was_ready_waits_at_the_gate(trace: Trace) -> None:
    """The last draft has its sound before the turn is decided, and is heard as soon as it is."""
    marks = trace.marks
    assert marks["draft_begun"] < marks["first_token"] < marks["sound_ready"] < marks["end_of_turn"]
    assert marks["end_of_turn"] <= marks["gate_opens"] <= marks["first_audio"] < marks["end_of_turn"] + 30


def test_the_picture_is_drawn_from_the_figures(trace: Trace, tmp_path: Path) -> None:
    """Of what `gemelo bench latency` wrote; without a watched turn there is none."""
    figures, picture = tmp_path / "latency.json", tmp_path / "turn.svg"
    Record("latency", {}, {}, (), traces=(trace,)).write(figures)
    draw(figures, picture)
    assert all(span.who in picture.read_text() for span in trace.spans)
    assert Record.read(tmp_path / "turn.json").traces == (trace,)
    Record("latency", {}, {}, ()).write(figures)
    with pytest.raises(BadDocument):
        draw(figures, picture)


def test_the_picture_in_the_docs_is_of_the_turn_beside_it() -> None:
    """Its data lie beside it, and the text under it tells them."""
    docs = Path(__file__).parents[2] / "docs"
    [trace] = Record.read(docs / "turn.json").traces
    assert Span("gate", "opens", trace.marks["gate_opens"]) in trace.spans
    assert "<svg" in (docs / "turn.svg").read_text()
    told = (docs.parent / "ARCHITECTURE.md").read_text("utf-8")
    assert all(f"{ms:.0f} ms" in told for ms in trace.marks.values())
