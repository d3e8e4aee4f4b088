"""The record that every benchmark answers with."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from gemelo.benchmarks.records import Record, machine
from gemelo.benchmarks.rows import Curve, Finding, Trace, amount, share, times
from gemelo.models.errors import BadDocument


def _written(*findings: Finding) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(Record.of("text", {"k": 5}, findings, machine()))))


def test_the_document_has_the_keys_that_scripts_read() -> None:
    """Suite, machine, settings and rows, each row with its keys, stay; others may come."""
    written = _written(times("x", "en", [1.0, 2.0]), share("y", "en", [True]), amount("rss", "MB", 5))
    assert {"suite", "machine", "settings", "rows"} <= set(written)
    keys = {"engine", "profile", "metric", "lang", "unit", "value", "p50", "p95", "n"}
    assert all(keys <= set(row) for row in written["rows"])
    assert written["machine"]["versions"]["gemelo"]
    assert len(written["machine"]["load_at_start"]) == 3


def test_curves_and_turns_are_kept_apart_from_rows() -> None:
    """What is drawn stands in lists of its own."""
    curve = Curve("gemelo", "smart-turn", "voice_to_voice_p95", "sessions", "ms", ((1, 400), (64, 440)))
    written = _written(curve, Trace("gemelo", "A-silence", {"end_of_turn": 150.0}))
    assert written["rows"] == []
    assert written["curves"][0]["points"] == [[1, 400], [64, 440]]
    assert written["traces"][0]["marks"] == {"end_of_turn": 150.0}


def test_targets_stand_in_the_document() -> None:
    """Each target of the suite says how it stands."""
    row = times("first_text", "", [2.0] * 200, "sse")
    stands = {(of["profile"], of["statistic"]): of["met"] for of in _written(row)["targets"]}
    assert stands["sse", "p50"] == "must"
    assert stands["sse", "p95"] == "goal"
    assert stands["websocket", "p50"] == "unmeasured"


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """A record comes back from its file as it was."""
    curve = Curve("gemelo", "x", "y", "sessions", "ms", ((1, 2.5),), knee=64)
    record = Record.of("text", {}, [times("first_text", "", [1.0, 2.0], "sse"), curve], machine())
    record.write(tmp_path / "text.json")
    assert Record.read(tmp_path / "text.json") == record


def test_older_files_are_read(tmp_path: Path) -> None:
    """What they do not have is empty; what is no such file is refused."""
    row = {"engine": "gemelo", "profile": "", "metric": "x", "lang": "", "unit": "ms", "value": 1.0}
    file = tmp_path / "old.json"
    file.write_text(json.dumps({"suite": "text", "machine": {}, "settings": {}, "rows": [row]}))
    assert Record.read(file).rows[0].samples == ()
    file.write_text("[]")
    with pytest.raises(BadDocument):
        Record.read(file)
