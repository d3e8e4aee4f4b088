"""`gemelo bench`: the benchmark suites, and the page that shows what they found."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Any

from gemelo.admin.cli.workshop import Commands, Workshop, show, tell
from gemelo.benchmarks import tables
from gemelo.benchmarks.compare import changes, differences
from gemelo.benchmarks.hosts import allowed
from gemelo.benchmarks.records import Record, machine
from gemelo.benchmarks.rows import Bench, House
from gemelo.models.errors import UsageError

_SUITES = {
    "latency": "how long a fan waits for a voice, by draft policy and with the embedded stack (six minutes)",
    "density": "how many sessions one core holds, through a real server (ten minutes)",
    "soak": "ten unruly fans for two minutes (--full: sixty for twenty), and what they left behind",
    "text": "how soon a typed question's reply begins, through a real server",
    "hotswap": "how soon a change by a manager reaches 200 live sessions (two minutes)",
    "admin": "how long the admin API takes with a million turns in its store (three minutes)",
    "bargein": "how soon a twin that is talked over stops (three minutes)",
    "protocols": "what /rtvi, /v1/realtime and a LiveKit room add to the same session (three minutes)",
    "failover": "how long a fan hears nothing when a provider dies (a minute)",
    "endpoint": "how often a pause is taken for the end of a turn, against how long a true end takes",
    "size": "memory of a server that has talked, and the install on disk",
    "retrieval": "recall of the right passage, and the time that a search takes",
    "scale": "what 1,000 to 100,000 passages take of disk, memory and time (fifteen minutes)",
    "guard": "what the guard catches of disguised names, what it lets pass, and what it takes",
    "guard-speed": "only what the guard takes and holds back (two minutes)",
    "peers": "beside pipecat and LiveKit Agents on the same services (15 minutes; installs them once)",
    "followups": "how often a question that leans on the one before finds its passage (some seconds)",
    "labels": "how well the sentences of a model are told apart: quoted, worded anew, made up (some seconds)",
    "books": "who, when, where and why of whole books that were learned as twins (some seconds)",
    "answers": "how often a verbatim reply holds the answer, and when it declines",
}
"""Each is a module of `gemelo.benchmarks` with `SETTINGS` and `async run(bench)`."""
_TARGETED = ("text",)
"""What needs nothing but a socket; others start servers of their own, on loopback."""
_DEVELOPMENT_DATA = Path(__file__).parents[3] / "shared" / "data"
"""Beside a checkout, where there is one."""


def add(commands: Commands) -> None:
    parser = commands.add_parser("bench", help="measure it: " + ", ".join(_SUITES))
    suites = parser.add_subparsers(metavar="SUITE", required=True, dest="suite")
    for name, what in _SUITES.items():
        suite = suites.add_parser(name, help=what, description=what)
        suite.add_argument("--data", metavar="DIR", type=Path, help="data to measure with")
        suite.add_argument("--full", action="store_true", help="long enough for a p95 (from 200 turns)")
        suite.add_argument("--json", metavar="FILE", type=Path, help="write the figures to a file")
        suite.add_argument("--html", metavar="FILE", type=Path, help="write a page with plots")
        suite.add_argument("--compare", metavar="OLD.json", type=Path, help="say what moved since")
        if name in _TARGETED:
            suite.add_argument("--target", metavar="HOST:PORT", help="measure a server that runs already")
            what = "put load on a target that is not this machine"
            suite.add_argument("--allow-remote", action="store_true", help=what)
        suite.set_defaults(run=run, target="", allow_remote=False)
    what = "one page of what several suites found, and how it stands to the targets"
    report = suites.add_parser("report", help=what, description=what)
    report.add_argument("figures", metavar="FILE.json", type=Path, nargs="+", help="written with --json")
    report.add_argument("--html", metavar="FILE", type=Path, help="write a page with plots")
    report.set_defaults(run=run_report)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    for file in (arguments.json, arguments.html):
        _can_be_written(file)
    older = Record.read(arguments.compare) if arguments.compare else None
    target = allowed(arguments.target, remote=arguments.allow_remote)
    built: list[House] = []

    async def house() -> House:
        if not built:
            built.append(await workshop.house())
        return built[0]

    suite = _module(arguments.suite.replace("-", "_"))
    default = _DEVELOPMENT_DATA if _DEVELOPMENT_DATA.is_dir() else None
    bench = Bench(house, arguments.data or default, tell, arguments.full, target, workshop.models_dir)
    ran_on, begun = machine(), monotonic()
    findings = await suite.run(bench)
    ran_on["took_s"] = round(monotonic() - begun)
    record = Record.of(arguments.suite, {**suite.SETTINGS, "full": arguments.full}, findings, ran_on)
    if arguments.json:
        record.write(arguments.json)
    show(tables.figures(record.rows))
    _report([record], arguments.html)
    if older:
        show("\n" + tables.moved(changes(older, record), list(differences(older, record))))
    return 0


async def run_report(arguments: argparse.Namespace, workshop: Workshop) -> int:
    _can_be_written(arguments.html)
    _report([Record.read(file) for file in arguments.figures], arguments.html)
    return 0


def _report(records: list[Record], html: Path | None) -> None:
    """Prints how records stand to their targets, and writes their page."""
    if targets := [target for record in records for target in record.targets]:
        show("\n" + tables.standings(targets))
    if html:
        html.write_text(_module("page").page(records), "utf-8")
        tell(f"wrote {html}")


def _module(name: str) -> Any:
    """A module of the benchmarks; some stand on packages of the extra `bench`."""
    try:
        return import_module(f"gemelo.benchmarks.{name}")
    except ModuleNotFoundError as error:
        raise UsageError(f"this needs {error.name}: install gemelo[bench]") from error


def _can_be_written(file: Path | None) -> None:
    if file and (file.is_dir() or not file.parent.is_dir()):
        raise UsageError(f"{file} cannot be written: it is a folder, or is in none that exists")
