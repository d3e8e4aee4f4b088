"""`gemelo bench`."""

from __future__ import annotations

import json
import re
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path

import pytest

from gemelo.admin.cli.parser import parser
from gemelo.benchmarks.records import Record
from gemelo.benchmarks.rows import amount, times
from tests.admin.cli.asking import refused
from tests.server import ROOT, gemelo


def suites(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The suites that `gemelo bench --help` lists."""
    with pytest.raises(SystemExit):
        parser("bench").parse_args(["bench", "--help"])
    listed = capsys.readouterr().out.split("SUITE\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines() if line.startswith("    ") and line[4] != " "]


def test_every_suite_in_the_help_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """Each suite is a module with settings and a coroutine `run`."""
    names = suites(capsys)
    assert {"latency", "text", "retrieval", "answers", "report"} <= set(names)
    for name in set(names) - {"report"}:
        suite = import_module(f"gemelo.benchmarks.{name.replace('-', '_')}")
        assert suite.SETTINGS
        assert iscoroutinefunction(suite.run)


def test_make_runs_suites_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    """What `make bench` and `make bench-full` run is in the help; the first is part of the second."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    short, full = (re.findall(rf"^{name} := (.*)$", makefile, re.M)[0] for name in ("SUITES", "FULL_SUITES"))
    assert set(short.split()) | set(full.split()) - {"$(SUITES)"} <= set(suites(capsys))
    assert "$(SUITES)" in full


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
    assert [line.split()[1] for line in done.stdout.splitlines()[:4]] == [
        "profile",
        "recall@1",
        "recall@5",
        "search",
    ]


def test_runs_are_put_on_a_page(demo_data: Path, tmp_path: Path) -> None:
    """`report` prints how several suites stand to their targets, and writes their page."""
    Record.of("text", {}, [times("first_text", "", [1.0] * 200, "sse")], {}).write(tmp_path / "text.json")
    Record.of("size", {}, [amount("rss", "MB", 512)], {}).write(tmp_path / "size.json")
    files = [str(tmp_path / f"{name}.json") for name in ("text", "size")]
    done = gemelo(demo_data, "bench", "report", *files, "--html", str(tmp_path / "index.html"))
    assert done.returncode == 0, done.stderr
    assert "goal met" in done.stdout
    page = (tmp_path / "index.html").read_text()
    assert "rss" in page
    assert "first_text" in page


def test_what_cannot_be_compared_is_told_first(demo_data: Path, tmp_path: Path) -> None:
    """An old file without figures, and a target elsewhere, are refused before anything is measured."""
    (tmp_path / "old.json").write_text("{}")
    assert "no figures" in refused(demo_data, "bench", "text", "--compare", str(tmp_path / "old.json"))
    assert "--allow-remote" in refused(demo_data, "bench", "text", "--target", "192.0.2.1:80")


def test_data_that_are_not_there(demo_data: Path, tmp_path: Path) -> None:
    """Missing data and a file that cannot be written are told before anything is measured."""
    assert "no folder" in refused(demo_data, "bench", "retrieval", "--data", str(tmp_path / "no"))
    assert "nowhere" in refused(demo_data, "bench", "retrieval", "--json", str(tmp_path / "nowhere/f.json"))
