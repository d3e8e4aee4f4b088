"""`gemelo search`: what a twin would answer a question from."""

from __future__ import annotations

import argparse

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, add_twin, answer, show
from gemelo.admin.services.search import found_json, search


def add(commands: Commands) -> None:
    parser = commands.add_parser("search", help="the passages that a twin would answer a question from")
    add_twin(parser)
    parser.add_argument("query", help="a question, in any language that the twin knows")
    parser.add_argument("--k", type=_few, default=5, help="passages at most (default 5)")
    add_json(parser)
    parser.set_defaults(run=run)


def _few(text: str) -> int:
    if not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError("between 1 and 100")
    return int(text)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    found = await search(await workshop.house(), arguments.twin, arguments.query, arguments.k)
    if arguments.json:
        answer(found_json(found))
        return 0
    for passage in found.passages:
        place = f" › {passage.source.place}" if passage.source.place else ""
        show(f"{passage.score:7.3f}  {passage.source.document}{place}\n         {passage.text}")
    if found.declined:
        show("none of this is good enough to answer from" if found.passages else "nothing was found")
    return 0
