"""`gemelo explain`: every effective rule of a deployment, with its layer and line; what a layer may say."""

from __future__ import annotations

import argparse

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, show
from gemelo.admin.services.explain import explain_json, explain_text, schema_json


def add(commands: Commands) -> None:
    parser = commands.add_parser("explain", help="every effective rule of a deployment, its layer and line")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--deployment", metavar="KEY", help="key of an open deployment")
    asked.add_argument("--schema", action="store_true", help="print the JSON Schema of a layer instead")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    if arguments.schema:
        show(schema_json())
        return 0
    place = await (await workshop.house()).place(arguments.deployment)
    context = place.stage.context
    show(explain_json(context) if arguments.json else explain_text(context))
    return 0
