"""`gemelo clone`: has a vendor make a voice or a face of a person's recording, under their consent."""

from __future__ import annotations

import argparse
from pathlib import Path

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, answer, show, tell
from gemelo.admin.services.samples import MAX_BYTES
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.models.errors import BadAudio, UsageError
from gemelo.models.vocabulary import Language

_WHY = "at the command line"


def add(commands: Commands) -> None:
    parser = commands.add_parser("clone", help="have a vendor make a voice or a face of what a consent names")
    parser.add_argument("sample", metavar="SAMPLE.wav", type=Path, nargs="?", help="of a voice")
    parser.add_argument("--consent", metavar="ID", required=True, help="whose sha256 is the file's")
    parser.add_argument("--language", metavar="CODE", help="that is spoken in the sample, like es")
    parser.add_argument("--film", metavar="URL", help="of a face: where the vendor may fetch it")
    parser.add_argument("--agreed", metavar="URL", help="the film in which its person agrees")
    parser.add_argument("--vendor", help="who makes it (cartesia a voice, tavus a face)")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    cloning, consent = await workshop.cloning(), arguments.consent
    if arguments.film and arguments.agreed and not arguments.sample:
        vendor = arguments.vendor or "tavus"
        made = await cloning.train(THE_HOUSE, consent, vendor, arguments.film, arguments.agreed, _WHY)
        tell(f"{vendor} has begun to train a face; the consent will say when it is ready")
    elif arguments.sample and arguments.language and not (arguments.film or arguments.agreed):
        vendor, language = arguments.vendor or "cartesia", Language(arguments.language)
        made = await cloning.make(THE_HOUSE, consent, vendor, language, _read(arguments.sample), _WHY)
        tell(f"{vendor} has made a voice in {language}: layers choose it by the name in the consent")
    else:
        raise UsageError("give a SAMPLE.wav with --language, or --film with --agreed")
    if arguments.json:
        known = {"vendor": made.vendor, "id": made.id, "state": made.state, "sha256": made.sha256}
        answer({"consent": consent, **known})
    else:
        show(made.id)
    return 0


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadAudio(f"{path} cannot be read: {error.strerror or 'it is no file'}") from None
