"""`gemelo explain`: every effective rule of a deployment, with its layer and line."""

from __future__ import annotations

import argparse

from gemelo.admin.cli.workshop import Commands, Workshop, add_deployment, add_json, show
from gemelo.admin.services.explain import explain_json, explain_text


def add(commands: Commands) -> None:
    parser = commands.add_parser("explain", help="every effective rule of a deployment, its layer and line")
    add_deployment(parser)
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    place = await (await workshop.house()).place(arguments.deployment)
    context = place.stage.context
    show(explain_json(context) if arguments.json else explain_text(context))
    return 0
