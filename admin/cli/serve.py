"""`gemelo serve`."""

from __future__ import annotations

import argparse
import sys

from gemelo.admin.api.serve import bind, serve
from gemelo.admin.cli.workshop import Workshop, tell


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("serve", help="serve twins over HTTP and WebSocket")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.set_defaults(run=run)


async def run(arguments: argparse.Namespace, workshop: Workshop) -> int:
    listener = bind(arguments.host, arguments.port)
    house = await workshop.house(recover=True)
    api = await workshop.api(house)
    host, port = listener.getsockname()[:2]
    await serve(api, listener, workshop.drain_s, lambda: tell(f"Gemelo listens on http://{host}:{port}"))
    sys.stdout.flush()
    return 0
