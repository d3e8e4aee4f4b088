"""`gemelo demo`: puts the demo twin in place."""

from __future__ import annotations

import argparse

from gemelo.admin.cli.workshop import Commands, Workshop, tell
from gemelo.admin.services.demo import install


def add(commands: Commands) -> None:
    parser = commands.add_parser("demo", help="put the demo twin and its three deployments in place")
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    house = await workshop.house()
    verdicts = await install(house)
    passages = sum(verdict.passages for verdict in verdicts)
    tell(f"demo: learned {passages} passages" if verdicts else "demo: up to date")
    return 0
