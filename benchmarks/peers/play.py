"""One round in one process: `python -m gemelo.benchmarks.peers.play` in a peer's own interpreter. Neutral.

A job comes as JSON on standard input, what was measured goes as JSON to standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from gemelo.benchmarks.peers.conversation import Engine, Services
from gemelo.benchmarks.peers.modes import Job, play
from gemelo.benchmarks.peers.speech import load

OpenEngine = Callable[[Services, Mapping[str, Any]], Engine]
"""What an adapter calls `open_engine`: services and its settings in, an engine out."""


def answer(order: Mapping[str, Any], open_engine: OpenEngine, versions: Mapping[str, str]) -> None:
    """Plays the round that was ordered and prints what was measured. The process ends here."""
    asyncio.run(_answer(order, open_engine, {**versions, "python": platform.python_version()}))


async def _answer(order: Mapping[str, Any], open_engine: OpenEngine, versions: Mapping[str, str]) -> None:
    utterances = load(Path(order["speech"]))
    found = await play(Job(**order["job"]), partial(_open, open_engine, order["settings"]), utterances)
    print(json.dumps({**found, "versions": versions}), flush=True)
    os._exit(0)  # an engine with many sessions may take minutes to end, or never do


def _open(open_engine: OpenEngine, settings: Mapping[str, Any], services: Services) -> Engine:
    return open_engine(services, settings)


def main() -> None:
    order = json.load(sys.stdin)
    engine = import_module(f"gemelo.benchmarks.peers.{order['engine']}")
    answer(order, engine.open_engine, engine.VERSIONS)


if __name__ == "__main__":
    main()
