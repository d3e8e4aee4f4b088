"""The command line's words. A command appears here when it works, not before."""

from __future__ import annotations

import argparse

from gemelo.admin.cli import demo, serve

_COMMANDS = (serve, demo)


def parser() -> argparse.ArgumentParser:
    """The parser of `gemelo`; each command sets `run` (see `workshop.Command`)."""
    program = argparse.ArgumentParser(prog="gemelo", description="Real-time conversational twin engine")
    commands = program.add_subparsers(metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add(commands)
    return program
