"""The command line's words. A command appears here when it works, not before."""

from __future__ import annotations

import argparse
from importlib import import_module

COMMANDS = (
    "serve",
    "worker",
    "say",
    "talk",
    "replay",
    "learn",
    "search",
    "persona",
    "check",
    "explain",
    "models",
    "demo",
    "key",
    "webhook",
    "clone",
    "tools",
    "leads",
    "jobs",
    "bench",
)
"""Each is a module beside this one, with `add(commands)` and `async run(arguments, workshop)`."""


def parser(wanted: str = "") -> argparse.ArgumentParser:
    """The parser of `gemelo`; each command sets `run` (see `workshop.Command`).

    Args:
        wanted: the command that will be run, where it is known: only its module is imported, which
            saves the others' imports (half a second).
    """
    program = argparse.ArgumentParser(prog="gemelo", description="Real-time conversational twin engine")
    commands = program.add_subparsers(metavar="COMMAND", required=True)
    for name in (wanted,) if wanted in COMMANDS else COMMANDS:
        import_module(f"gemelo.admin.cli.{name}").add(commands)
    return program
