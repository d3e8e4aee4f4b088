"""Data that an earlier version of the program wrote."""

from __future__ import annotations

import json
from pathlib import Path

from tests.server import gemelo


def test_an_index_of_another_version_is_built_anew(own_demo: Path) -> None:
    """After an upgrade the twin answers as before instead of declining everything."""
    [meta] = (own_demo / "indexes").rglob("meta.json")
    written = json.loads(meta.read_text("utf-8"))
    meta.write_text(json.dumps({**written, "format": -1}), "utf-8")
    done = gemelo(own_demo, "say", "--deployment", "demo-portal", "What is offside?", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["declined"] is False
    assert "built anew" in done.stderr
