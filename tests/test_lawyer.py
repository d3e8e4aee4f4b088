"""docs/lawyer.md: every answer names tests, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ANSWERS = (ROOT / "docs" / "lawyer.md").read_text("utf-8").split("\n## ")[1:]
QUESTIONS = 20


def _tests(path: str) -> set[str]:
    file = ROOT / path
    if not file.is_file():
        return set()
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_answer_names_a_test_that_exists() -> None:
    """Twenty questions, each with at least one proof."""
    assert len(ANSWERS) == QUESTIONS
    for answer in ANSWERS:
        proofs = re.findall(r"^- `(tests/\S+\.py)::(test_\w+)`$", answer, re.MULTILINE)
        assert proofs, answer.splitlines()[0]
        assert [(path, name) for path, name in proofs if name not in _tests(path)] == []


def test_every_proof_is_written_so_that_it_is_checked() -> None:
    """No test is named in a form that the check above would miss."""
    named = [line for answer in ANSWERS for line in answer.splitlines() if "::" in line]
    assert [line for line in named if not re.fullmatch(r"- `tests/\S+\.py::test_\w+`", line)] == []
