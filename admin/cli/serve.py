"""`gemelo serve`."""

from __future__ import annotations

import argparse

from gemelo.admin.cli.workshop import Commands, Workshop

TALK, ADMIN, JOBS = "talk", "admin", "jobs"
ROLES = frozenset({TALK, ADMIN, JOBS})
"""What a server can do: talk to fans, let managers work, and do the work that nobody waits for."""


def add(commands: Commands) -> None:
    parser = commands.add_parser("serve", help="serve twins, the admin API and the console over HTTP")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--roles",
        type=_roles,
        default=ROLES,
        metavar="ROLE,...",
        help=f"what this server does of {', '.join(sorted(ROLES))}; all of it where none is named",
    )
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    await workshop.serve(arguments.host, arguments.port, arguments.roles)
    return 0


def _roles(text: str) -> frozenset[str]:
    roles = frozenset(text.split(","))
    if wrong := roles - ROLES:
        raise argparse.ArgumentTypeError(f"{min(wrong)[:40]!r} is none of {', '.join(sorted(ROLES))}")
    return roles
