"""What a command gets from `admin.wiring`, and how it answers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from gemelo.admin.services.house import House


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

    async def serve(self, host: str, port: int) -> None:
        """Runs the server until it is told to stop.

        Raises:
            PortTaken, ModelFileError, StoreError.
        """
        ...


Command = Callable[[argparse.Namespace, Workshop], Awaitable[int]]
"""A command's body: returns the exit status (0 the work is done, 1 it could not be done)."""


def answer(document: dict[str, Any]) -> None:
    """Prints one JSON document on standard output, for `--json`."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def tell(line: str) -> None:
    """Says something to the person at the terminal, on standard error."""
    print(line, file=sys.stderr, flush=True)
