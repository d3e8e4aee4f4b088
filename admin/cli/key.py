"""`gemelo key`: how an operator gets the first key of the admin API, and gives others theirs."""

from __future__ import annotations

import argparse
import time

from gemelo.admin.cli.workshop import Commands, Workshop, add_json, answer, show, tell
from gemelo.admin.services import people
from gemelo.admin.services.desk import Desk
from gemelo.context.tenancy.people import THE_HOUSE, Grant, Principal, Role
from gemelo.models.errors import Unknown

_WHY = "at the command line"


def add(commands: Commands) -> None:
    parser = commands.add_parser("key", help="make an API key of a principal; it is shown this once")
    parser.add_argument("--principal", metavar="ID", required=True, help="whose key it is")
    parser.add_argument(
        "--platform-admin",
        metavar="NAME",
        help="make the principal first, as a platform admin of this name, unless it is there",
    )
    add_json(parser)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    desk = await workshop.desk()
    if arguments.platform_admin:
        await _make_admin(desk, arguments.principal, arguments.platform_admin)
    now = time.time_ns() // 1_000_000
    key, secret = await people.give_key(desk, THE_HOUSE, arguments.principal, now, _WHY)
    if arguments.json:
        answer({"id": key.id, "principal": key.principal, "secret": secret})
    else:
        tell(f"key {key.id} of {key.principal}; keep it safe, nobody can show it again:")
        show(secret)
    return 0


async def _make_admin(desk: Desk, id: str, name: str) -> None:
    try:
        await desk.read(THE_HOUSE, lambda books: books.get(Principal, id))
    except Unknown:
        made = Principal(id, name, frozenset({Grant(Role.PLATFORM_ADMIN)}))
        await people.make_principal(desk, THE_HOUSE, made, _WHY)
