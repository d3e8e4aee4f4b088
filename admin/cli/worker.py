"""`gemelo worker`."""

from __future__ import annotations

import argparse

from gemelo.admin.cli.workshop import Commands, Workshop


def add(commands: Commands) -> None:
    parser = commands.add_parser("worker", help="talk to fans in the rooms of a LiveKit server")
    parser.add_argument(
        "--livekit",
        metavar="URL",
        required=True,
        help="the server, as ws://HOST:PORT; its key is read from LIVEKIT_API_KEY and LIVEKIT_API_SECRET",
    )
    parser.add_argument(
        "--name", default="gemelo", help="under which rooms ask for it (agentName); default gemelo"
    )
    parser.add_argument("--deployment", metavar="KEY", default="", help="of rooms that name none")
    parser.add_argument("--host", default="127.0.0.1", help="where it answers /healthz, /readyz and /metrics")
    parser.add_argument("--port", type=int, default=0, help="the same; default: one that is free")
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    await workshop.work(
        arguments.livekit, arguments.name, arguments.deployment, arguments.host, arguments.port
    )
    return 0
