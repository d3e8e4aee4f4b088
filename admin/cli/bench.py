"""`gemelo bench`: the benchmark suites."""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from pathlib import Path

from gemelo.admin.cli.workshop import Commands, Workshop, show, tell
from gemelo.benchmarks.records import document, machine
from gemelo.benchmarks.rows import Bench, House, Row
from gemelo.benchmarks.tables import figures
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
        suite.add_argument("--full", action="store_true", help="long enough for a p95 (from 200 turns)")
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
    ran_on = machine()
    findings = await suite.run(Bench(house, arguments.data or default, tell, arguments.full))
    if arguments.json:
        found = document(arguments.suite, suite.SETTINGS, findings, ran_on)
        arguments.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    show(figures([found for found in findings if isinstance(found, Row)]))
    return 0
