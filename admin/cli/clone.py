"""`gemelo clone`: has a vendor make a voice of a person's recording, under their consent."""

from __future__ import annotations

import argparse
from pathlib import Path

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, answer, show, tell
from gemelo.admin.services.samples import MAX_BYTES
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.models.errors import BadAudio
from gemelo.models.vocabulary import Language

_WHY = "at the command line"


def add(commands: Commands) -> None:
    parser = commands.add_parser("clone", help="have a vendor make a voice of the recording of a consent")
    parser.add_argument("sample", metavar="SAMPLE.wav", type=Path, help="the file that the consent names")
    parser.add_argument("--consent", metavar="ID", required=True, help="whose sha256 is the file's")
    parser.add_argument("--language", metavar="CODE", required=True, help="that is spoken, like es")
    parser.add_argument("--vendor", default="cartesia", help="who makes it (cartesia)")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    cloning = await workshop.cloning()
    made = await cloning.make(
        THE_HOUSE,
        arguments.consent,
        arguments.vendor,
        Language(arguments.language),
        _read(arguments.sample),
        _WHY,
    )
    tell(f"{made.vendor} has made a voice in {made.language}: layers choose it by the name in the consent")
    if arguments.json:
        answer({"consent": arguments.consent, "vendor": made.vendor, "id": made.id, "sha256": made.sha256})
    else:
        show(made.id)
    return 0


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadAudio(f"{path} cannot be read: {error.strerror or 'it is no file'}") from None
