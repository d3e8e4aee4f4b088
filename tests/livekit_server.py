"""A real livekit-server, and workers for its rooms."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from gemelo.benchmarks.livekit_server import KEY, KEYS, MISSING, PROGRAM, SECRET, LiveKitServer, free_ports
from tests.server import Server

__all__ = [
    "KEY",
    "KEYS",
    "MISSING",
    "PROGRAM",
    "SECRET",
    "LiveKitServer",
    "free_ports",
    "worker",
    "working",
]


def worker(livekit: LiveKitServer, data: Path, *words: str, **settings: str) -> Server:
    """A worker for a server's rooms, to be started."""
    return Server(data, {**KEYS, **settings}, arguments=("--livekit", livekit.url, *words), command="worker")


@contextmanager
def working(livekit: LiveKitServer, data: Path, *words: str, **settings: str) -> Generator[Server]:
    """A worker that is registered; in the end it is gone, whatever happened."""
    running = worker(livekit, data, *words, **settings).start()
    try:
        yield running
    finally:
        running.stop(signal.SIGKILL)
