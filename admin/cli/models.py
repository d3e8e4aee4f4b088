"""`gemelo models`: the model files that everything embedded stands on."""

from __future__ import annotations

import argparse
import asyncio

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, answer, show, tell
from gemelo.models.adapters.artifacts import Listed, State, fetch, listing, manifest


def add(commands: Commands) -> None:
    parser = commands.add_parser("models", help="fetch the model files, or list them")
    verbs = parser.add_subparsers(metavar="fetch|list", required=True)
    fetching = verbs.add_parser("fetch", help="download, verify and put in place what is missing")
    fetching.add_argument("names", nargs="*", metavar="NAME", help="default: all that are not optional")
    fetching.set_defaults(run=_fetch)
    listed = verbs.add_parser("list", help="every known file and whether it is there")
    add_json(listed)
    listed.set_defaults(run=_list)


async def _fetch(arguments: argparse.Namespace, workshop: Workshop) -> int:
    wanted = arguments.names or [model.name for model in manifest().values() if not model.optional]
    await asyncio.to_thread(fetch, wanted, workshop.models_dir, tell)
    tell(f"models: {', '.join(wanted)} in place")
    return 0


async def _list(arguments: argparse.Namespace, workshop: Workshop) -> int:
    listed = listing(workshop.models_dir)
    if arguments.json:
        answer({"directory": str(workshop.models_dir), "models": [_row(line) for line in listed]})
    else:
        for line in listed:
            wanted = " (optional)" if line.model.optional and line.state is State.MISSING else ""
            where = f"{line.model.file}  {line.model.package}  {line.model.licence}"
            show(f"{line.state + wanted:20} {line.model.name:18} {where}")
    return 0


def _row(line: Listed) -> dict[str, object]:
    model = line.model
    return {
        "name": model.name,
        "state": line.state.value,
        "optional": model.optional,
        "file": model.file,
        "package": model.package,
        "sha256": model.sha256,
        "licence": model.licence,
    }
