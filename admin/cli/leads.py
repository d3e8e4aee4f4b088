"""`gemelo leads`: fans who agreed to be reached."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, answer, show
from gemelo.admin.services.leads import lead_json, leads_of
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.tools.errands import Lead

_PAGE = 200


def add(commands: Commands) -> None:
    parser = commands.add_parser("leads", help="list the fans of a talent who agreed to be reached")
    parser.add_argument("--talent", metavar="ID", required=True, help="id of the talent")
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    desk, book = await workshop.desk(), await workshop.leads()
    found: list[Lead] = []
    after = ""
    while True:
        page = await leads_of(desk, book, THE_HOUSE, arguments.talent, after, _PAGE)
        found += page.items
        if not (after := page.after):
            break
    if arguments.json:
        answer({"leads": [lead_json(lead) for lead in found]})
        return 0
    for lead in found:
        at = datetime.fromtimestamp(lead.created / 1000, UTC).strftime("%Y-%m-%d %H:%M")
        show("  ".join((at, lead.deployment, lead.contact, lead.name or "-", lead.interest)))
    return 0
