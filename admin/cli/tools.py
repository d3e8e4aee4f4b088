"""`gemelo tools`: what a twin may look up or do at a place."""

from __future__ import annotations

import argparse
from typing import Any
from urllib.parse import urlsplit

from gemelo.admin.cli.workshop import Commands, Workshop, add_deployment, add_json, answer, show, tell
from gemelo.context.tools.arguments import arguments_of, schema_of
from gemelo.context.tools.definitions import ToolDefinition


def add(commands: Commands) -> None:
    parser = commands.add_parser("tools", help="list the tools of a place, and how it signs what it posts")
    add_deployment(parser)
    parser.add_argument("--secrets", action="store_true", help="show what a server checks our calls with")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    house = await workshop.house()
    place = await house.place(arguments.deployment)
    found: list[dict[str, Any]] = []
    for one in place.stage.context.toolset:
        tool = ToolDefinition.model_validate_json(one.definition)
        why = house.toolshed.refuses(tool)
        secret = ""
        if arguments.secrets and tool.kind == "http":
            secret = house.toolshed.services.secret(place.talent.id, urlsplit(tool.url).hostname or "")
        found.append(
            {
                "name": one.name,
                "kind": tool.kind,
                "description": tool.description,
                "parameters": schema_of(arguments_of(tool)),
                "offered": not why,
                "why_not": why,
            }
            | ({"secret": secret} if secret else {})
        )
    if arguments.json:
        answer({"deployment": arguments.deployment, "tools": found})
        return 0
    for tool in found:
        show(f"{tool['name']} ({tool['kind']}): {tool['description']}")
        if tool["why_not"]:
            tell(f"{tool['name']} is not offered: {tool['why_not']}")
        if "secret" in tool:
            show(f"  {tool['secret']}")
    return 0
