"""`gemelo search`: what a twin would answer a question from."""

from __future__ import annotations

import argparse

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, add_twin, answer, show
from gemelo.admin.services.search import found_json, scope_of, search

_DESCRIPTION = """\
The passages that a twin would answer a question from, best first, each with where it stands.

They can be kept to a language, to sources and to a span of time; what tells no date is in no span:

    gemelo search --twin vera-golazo --source subtitles --source 'interviews/*' --since 2023 "penalties"

A source is a kind (text, page, pdf, office, book, subtitles, table, recording), a document's path, or a
pattern of paths. A date is a year, a month or a day (2024, 2024-03, 2024-03-05), itself included.
"""


def add(commands: Commands) -> None:
    parser = commands.add_parser(
        "search",
        help="the passages that a twin would answer a question from",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_twin(parser)
    parser.add_argument("query", help="a question, in any language that the twin knows")
    parser.add_argument("--k", type=_few, default=5, help="passages at most (default 5)")
    parser.add_argument(
        "--language", action="append", default=[], metavar="CODE", help="es or en; may be repeated"
    )
    parser.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="SOURCE",
        help="a kind, path or pattern; may be repeated",
    )
    parser.add_argument("--since", default="", metavar="DATE", help="nothing older")
    parser.add_argument("--until", default="", metavar="DATE", help="nothing newer")
    add_json(parser)
    parser.set_defaults(run=run)


def _few(text: str) -> int:
    if not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError("between 1 and 100")
    return int(text)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    within = scope_of(arguments.language, arguments.source, arguments.since, arguments.until)
    found = await search(await workshop.house(), arguments.twin, arguments.query, arguments.k, within)
    if arguments.json:
        answer(found_json(found))
        return 0
    for passage in found.passages:
        place = f" › {passage.source.place}" if passage.source.place else ""
        dated = f"  ({passage.dated})" if passage.dated else ""
        show(f"{passage.score:7.3f}  {passage.source.document}{place}{dated}\n         {passage.text}")
    if found.declined:
        show("none of this is good enough to answer from" if found.passages else "nothing was found")
    return 0
