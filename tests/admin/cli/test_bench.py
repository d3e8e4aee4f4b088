"""`gemelo bench`."""

from __future__ import annotations

import json
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path

import pytest

from gemelo.admin.cli.parser import parser
from tests.admin.cli.asking import refused
from tests.server import gemelo


def suites(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The suites that `gemelo bench --help` lists."""
    with pytest.raises(SystemExit):
        parser("bench").parse_args(["bench", "--help"])
    listed = capsys.readouterr().out.split("SUITE\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines() if line.startswith("    ") and line[4] != " "]


def test_every_suite_in_the_help_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Each suite is a module with settings and a coroutine `run`."""
    names = suites(capsys)
    assert {"latency", "text", "retrieval", "answers"} <= set(names)
    for name in names:
        suite = import_module(f"gemelo.benchmarks.{name}")
        assert suite.SETTINGS
        assert iscoroutinefunction(suite.run)


def test_figures_are_shown_and_written(demo_data: Path, tmp_path: Path) -> None:
    """The figures stand as a table on standard output and as a document in the file."""
    passages = [
        {"passage_id": f"p-{n}", "lang": "en", "text": f"Number {n} is painted {n * 'very '}blue."}
        for n in (1, 2)
    ]
    questions = [{"question": "What is number 1?", "lang": "en", "answer": "blue", "passage_id": "p-1"}]
    for name, rows in (("passages", passages), ("questions", questions)):
        (tmp_path / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    file = tmp_path / "figures.json"
    done = gemelo(demo_data, "bench", "retrieval", "--data", str(tmp_path), "--json", str(file))
    assert done.returncode == 0, done.stderr
    written = json.loads(file.read_text())
    assert written["suite"] == "retrieval"
    assert [row["metric"] for row in written["rows"]] == ["recall@1", "recall@5", "search"]
    assert [line.split()[1] for line in done.stdout.splitlines()] == [
        "profile",
        "recall@1",
        "recall@5",
        "search",
    ]


def test_data_that_are_not_there(demo_data: Path, tmp_path: Path) -> None:
    """Missing data and a file that cannot be written are told before anything is measured."""
    assert "no folder" in refused(demo_data, "bench", "retrieval", "--data", str(tmp_path / "no"))
    assert "nowhere" in refused(demo_data, "bench", "retrieval", "--json", str(tmp_path / "nowhere/f.json"))
