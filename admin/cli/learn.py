"""`gemelo learn`: teaches a twin documents."""

from __future__ import annotations

import argparse
from pathlib import Path

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, add_twin, answer, show, tell
from gemelo.admin.services.create import create, open_portal
from gemelo.admin.services.learn import learn
from gemelo.admin.services.search import known

_DESCRIPTION = """\
Teaches a twin documents: txt, md, html, pdf, docx, odt, epub, srt, vtt, csv and json, and folders of
them, text in any encoding. One verdict a file: indexed, warned (indexed, but look at it) or error with the
reason; a refused file never stops the others.

With --create a twin that does not exist is made first: a talent and a live twin of this id, and a
portal whose key is the id, in the languages of the texts:

    gemelo learn --twin my-twin --create texts/
    gemelo say --deployment my-twin "Who are you?"
"""


def add(commands: Commands) -> None:
    parser = commands.add_parser(
        "learn",
        help="teach a twin documents",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_twin(parser)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, or a folder of files")
    parser.add_argument(
        "--create", action="store_true", help="make the twin, and a portal for it, if missing"
    )
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    house = await workshop.house()
    twin = arguments.twin
    if arguments.create:
        await create(house, twin)
    await known(house, twin)
    verdicts = await learn(twin, arguments.paths, house.school, house.library.folder(twin))
    if arguments.create:
        await open_portal(house, twin)
    if arguments.json:
        answer({"documents": [verdict.row() for verdict in verdicts]})
        return 0
    for verdict in verdicts:
        passages = f"{verdict.passages} passages" if verdict.passages else ""
        told = "  ".join(part for part in (passages, verdict.reason) if part)
        show(f"{verdict.verdict.value:8} {verdict.document}  {told}")
    if not verdicts:
        tell("there is no file in there to learn from")
    return 0
