"""Running commands of a demo and reading the one JSON document that they print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.server import gemelo

PORTAL = ("--deployment", "demo-portal")


def ask(data: Path, *arguments: str, status: int = 0, **settings: str) -> dict[str, Any]:
    """The document that a command prints with `--json`, after its exit status was as expected."""
    done = gemelo(data, *arguments, "--json", **settings)
    assert done.returncode == status, done.stderr
    return json.loads(done.stdout)


def refused(data: Path, *arguments: str, **settings: str) -> str:
    """The one sentence with which a command says that it could not: status 1, nothing on stdout."""
    done = gemelo(data, *arguments, **settings)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    [line] = [line for line in done.stderr.splitlines() if line.startswith("gemelo: ")]
    assert "Traceback" not in done.stderr
    return line


def typed(document: dict[str, Any]) -> dict[str, Any]:
    """The shape of a document: its keys with the names of their values' types, first items of lists."""

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {str(key): shape(inner) for key, inner in value.items()}  # pyright: ignore
        if isinstance(value, list):
            return [shape(value[0])] if value else []  # pyright: ignore
        return "number" if type(value) in (int, float) else type(value).__name__

    return shape(document)
