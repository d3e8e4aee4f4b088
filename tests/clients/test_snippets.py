"""The programs of docs/clients.md, run as they stand there but for the address."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.clients.programs import ROOT, SNIPPETS, here, node, printed
from tests.server import Server

PAGE = (ROOT / "docs" / "clients.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(?:python|js)\n(.*?)^```$", PAGE, re.M | re.S)


def test_the_page_shows_the_programs() -> None:
    """Every program that a test runs stands on the page, whole, and nothing else does."""
    assert sorted(BLOCKS) == sorted(path.read_text("utf-8") for path in SNIPPETS.iterdir())


@pytest.mark.parametrize("name", ["openai_chat.py", "openai_realtime.py"])
def test_a_program_of_python_is_answered(server: Server, tmp_path: Path, name: str) -> None:
    """It prints who the twin is."""
    assert "virtual" in printed([sys.executable, str(here(SNIPPETS / name, server.url, tmp_path))])


def test_a_program_of_javascript_is_answered(server: Server, tmp_path: Path) -> None:
    """It prints who the twin is, and ends by itself."""
    assert "virtual" in node(here(SNIPPETS / "agents_realtime.js", server.url, tmp_path))
