"""`gemelo say`: one typed turn."""

from __future__ import annotations

import argparse
from pathlib import Path

from gemelo.admin.cli.workshop import (
    Commands,
    Workshop,
    add_deployment,
    add_json,
    answer,
    show,
    tell,
)
from gemelo.admin.services.say import say
from gemelo.admin.services.session_layer import layer_of
from gemelo.admin.services.trying import trying_at
from gemelo.context.records import TurnStatus
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.models.errors import UsageError


def add(commands: Commands) -> None:
    parser = commands.add_parser("say", help="say one thing to a twin and read its reply")
    add_deployment(parser)
    parser.add_argument("text", help="what the fan writes")
    parser.add_argument(
        "--version",
        metavar="HASH",
        help="try it under this version; nothing is stored",
    )
    parser.add_argument("--layer", metavar="FILE", type=Path, help="a session layer that holds for this turn")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    house = await workshop.house()

    def stream(text: str) -> None:
        if not arguments.json:
            show(text, end="")

    if arguments.version:
        if arguments.layer:
            raise UsageError("a version is tried as it is: leave --layer or --version out")
        trying = trying_at(house)
        said = await trying.try_(THE_HOUSE, arguments.deployment, arguments.version, arguments.text, stream)
    else:
        layer = layer_of(arguments.layer) if arguments.layer else None
        said = await say(house, arguments.deployment, arguments.text, stream, layer)
    if arguments.json:
        answer(said.document())
    else:
        show("")
    if said.outcome.status is TurnStatus.FAILED:
        tell(f"gemelo: the reply failed ({said.outcome.error})")
        return 1
    return 0
