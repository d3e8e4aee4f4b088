"""What a command gets from `admin.wiring`, and how it answers."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:  # a command that builds no house does not wait for its imports
    from gemelo.admin.services.cloning import Cloning
    from gemelo.admin.services.desk import Desk
    from gemelo.admin.services.house import House
    from gemelo.admin.services.jobs import Outbox
    from gemelo.admin.services.leads import LeadBook

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # pyright: ignore[reportPrivateUsage]
"""What `ArgumentParser.add_subparsers` returns; argparse has no public name for it."""


class Workshop(Protocol):
    """Builds things for commands; what it built is closed when the command ends."""

    @property
    def models_dir(self) -> Path: ...

    async def house(self, *, recover: bool = False) -> House:
        """Everything but the server.

        Raises:
            ModelFileError, StoreError.
        """
        ...

    async def desk(self) -> Desk:
        """What people have set, without any model.

        Raises:
            StoreError.
        """
        ...

    async def outbox(self) -> Outbox:
        """Messages on their way out, without any model.

        Raises:
            StoreError.
        """
        ...

    async def cloning(self) -> Cloning:
        """What has voices made at vendors', without any model.

        Raises:
            StoreError.
        """
        ...

    async def leads(self) -> LeadBook:
        """Fans who agreed to be reached, without any model.

        Raises:
            StoreError.
        """
        ...

    async def serve(self, host: str, port: int, roles: frozenset[str]) -> None:
        """Runs the server until it is told to stop.

        Args:
            roles: of `serve.ROLES`; what it does of all that a server can do.

        Raises:
            PortTaken, ModelFileError, StoreError.
        """
        ...

    async def work(self, livekit: str, name: str, deployment: str, host: str, port: int) -> None:
        """Talks in the rooms of a LiveKit server until it is told to stop.

        Args:
            name: under which rooms ask for it.
            deployment: of rooms that name none.
            host, port: where it tells how it is.

        Raises:
            BadAddress, KeyRefused, PortTaken, ModelFileError, StoreError.
        """
        ...


Command = Callable[[argparse.Namespace, Workshop], Awaitable[int]]
"""A command's body: returns the exit status (0 the work is done, 1 it could not be done)."""


def show(text: str, end: str = "\n") -> None:
    """Prints on standard output, in UTF-8 whatever the terminal's locale says.

    A reader that has gone (`gemelo say ... | head -1`) does not stop the work.
    """
    try:
        sys.stdout.buffer.write((text + end).encode("utf-8", "replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def answer(document: dict[str, Any]) -> None:
    """Prints one JSON document on standard output, for `--json`."""
    show(json.dumps(document, ensure_ascii=False, indent=2))


def tell(line: str) -> None:
    """Says something to the person at the terminal, on standard error."""
    print(line, file=sys.stderr, flush=True)


def add_json(parser: argparse.ArgumentParser) -> None:
    """Adds the flag `--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")


def add_deployment(parser: argparse.ArgumentParser) -> None:
    """Adds the option `--deployment`."""
    parser.add_argument("--deployment", metavar="KEY", required=True, help="key of an open deployment")


def add_twin(parser: argparse.ArgumentParser) -> None:
    """Adds the option `--twin`."""
    parser.add_argument("--twin", metavar="ID", required=True, help="id of a twin")
