"""`gemelo demo`: puts the demo twin in place."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from gemelo.admin.cli.workshop import Commands, Workshop, tell
from gemelo.admin.services import people
from gemelo.admin.services.demo import MANAGER, give_persona, install
from gemelo.admin.services.house import House
from gemelo.context.tenancy.people import THE_HOUSE

KEY_FILE = "demo-key"
"""In the data folder; for its owner's eyes."""


def add(commands: Commands) -> None:
    parser = commands.add_parser("demo", help="put the demo twin and its three deployments in place")
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    house = await workshop.house()
    verdicts = await install(house)
    passages = sum(verdict.passages for verdict in verdicts)
    tell(f"demo: learned {passages} passages" if verdicts else "demo: up to date")
    for verdict in verdicts:
        if verdict.reason:
            tell(f"demo: {verdict.document}: {verdict.reason}")
    tell(f"demo: {await give_persona(house)}")
    tell(f"demo: the console at /console/ opens to the key in {await hand_out_key(house)}")
    return 0


async def hand_out_key(house: House) -> Path:
    """Makes the demo's manager a key, unless there is one; where it lies.

    Raises:
        StoreError.
    """
    path = house.data / KEY_FILE
    if not path.is_file():
        _, secret = await people.give_key(house.desk, THE_HOUSE, MANAGER, house.wall(), "the demo")
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secret + "\n")
    return path
