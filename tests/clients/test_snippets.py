"""The programs of the docs, run as they stand there but for the address."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.clients.programs import ROOT, SNIPPETS, here, node, printed
from tests.server import Server

PAGES = [(ROOT / "docs" / name).read_text("utf-8") for name in ("clients.md", "pipecat.md")]
BLOCKS = re.findall(r"^```(?:python|js)\n(.*?)^```$", "".join(PAGES), re.M | re.S)


def test_the_pages_show_the_programs() -> None:
    """Every program that a test runs stands on a page, whole, and nothing else does."""
    programs = [path.read_text("utf-8") for path in SNIPPETS.iterdir() if path.is_file()]
    assert sorted(BLOCKS) == sorted(programs)


@pytest.mark.parametrize("name", ["openai_chat.py", "openai_realtime.py"])
def test_a_program_of_python_is_answered(server: Server, tmp_path: Path, name: str) -> None:
    """It prints who the twin is."""
    assert "virtual" in printed([sys.executable, str(here(SNIPPETS / name, server.url, tmp_path))])


def test_a_program_of_javascript_is_answered(server: Server, tmp_path: Path) -> None:
    """It prints who the twin is, and ends by itself."""
    assert "virtual" in node(here(SNIPPETS / "agents_realtime.js", server.url, tmp_path))
