"""`gemelo webhook`: where a talent's people are told of what happens."""

from __future__ import annotations

import argparse

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, answer, show, tell
from gemelo.admin.services.hooks import make_webhook
from gemelo.context.hooks.webhook import Webhook
from gemelo.context.tenancy.people import THE_HOUSE

_WHY = "at the command line"


def add(commands: Commands) -> None:
    parser = commands.add_parser("webhook", help="make a webhook of a talent; its secret is shown this once")
    parser.add_argument("--talent", metavar="ID", required=True, help="whose messages it gets")
    parser.add_argument("--id", metavar="ID", required=True, help="what to call it")
    parser.add_argument("--url", required=True, help="https address that messages are posted to")
    parser.add_argument(
        "--topic", action="append", default=[], help="a topic it hears; all, if none is named"
    )
    parser.add_argument("--here", action="store_true", help="it may be an address of this machine")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    asked = Webhook(arguments.id, arguments.talent, arguments.url, "", tuple(arguments.topic))
    made = await make_webhook(await workshop.desk(), THE_HOUSE, asked, _WHY, loopback=arguments.here)
    if arguments.json:
        answer({"id": made.id, "url": made.url, "topics": made.topics, "secret": made.secret})
    else:
        tell(f"webhook {made.id} of {made.talent}; its receiver checks signatures with this secret:")
        show(made.secret)
    return 0
