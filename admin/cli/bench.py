"""`gemelo bench`: the benchmark suites."""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from pathlib import Path

from gemelo.admin.cli.workshop import Commands, Workshop, show, tell
from gemelo.benchmarks.rows import Bench, House, Row, document
from gemelo.models.errors import UsageError

_SUITES = {
    "latency": "how long a fan waits for a voice, engine alone and embedded stack (six minutes)",
    "text": "how soon a typed question's reply begins, through a real server",
    "bargein": "how soon a twin that is talked over stops (three minutes)",
    "size": "memory of a server that has talked, and the install on disk",
    "retrieval": "recall of the right passage, and the time that a search takes",
    "guard": "what the guard catches of disguised names, what it lets pass, and what it takes",
    "answers": "how often a verbatim reply holds the answer, and when it declines",
}
"""Each is a module of `gemelo.benchmarks` with `SETTINGS` and `async run(bench)`."""
_DEVELOPMENT_DATA = Path(__file__).parents[3] / "shared" / "data"
"""Beside a checkout, where there is one."""


def add(commands: Commands) -> None:
    parser = commands.add_parser("bench", help="measure it: " + ", ".join(_SUITES))
    suites = parser.add_subparsers(metavar="SUITE", required=True, dest="suite")
    for name, what in _SUITES.items():
        suite = suites.add_parser(name, help=what, description=what)
        suite.add_argument("--data", metavar="DIR", type=Path, help="data to measure with")
        suite.add_argument("--json", metavar="FILE", type=Path, help="write the figures to a file")
        suite.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    if arguments.json and (arguments.json.is_dir() or not arguments.json.parent.is_dir()):
        raise UsageError(f"{arguments.json} cannot be written: it is a folder, or is in none that exists")
    built: list[House] = []

    async def house() -> House:
        if not built:
            built.append(await workshop.house())
        return built[0]

    suite = import_module(f"gemelo.benchmarks.{arguments.suite}")
    default = _DEVELOPMENT_DATA if _DEVELOPMENT_DATA.is_dir() else None
    rows = await suite.run(Bench(house, arguments.data or default, tell))
    if arguments.json:
        figures = document(arguments.suite, suite.SETTINGS, rows)
        arguments.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2) + "\n", "utf-8")
    show(_table(rows))
    return 0


def _table(rows: list[Row]) -> str:
    """The figures, one a line, in columns."""
    head = ("engine", "profile", "metric", "lang", "value", "p95", "unit", "n")
    cells = [
        (r.engine, r.profile, r.metric, r.lang, f"{r.value:g}", "" if r.p95 is None else f"{r.p95:g}", r.unit)
        for r in rows
    ]
    table = [head, *((*cell, str(row.n)) for cell, row in zip(cells, rows, strict=True))]
    widths = [max(len(line[column]) for line in table) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    )
