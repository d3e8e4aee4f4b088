"""`gemelo serve`."""

from __future__ import annotations

import argparse

from gemelo.admin.cli.workshop import Commands, Workshop


def add(commands: Commands) -> None:
    parser = commands.add_parser("serve", help="serve twins over HTTP and WebSocket")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    await workshop.serve(arguments.host, arguments.port)
    return 0
