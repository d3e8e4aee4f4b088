"""A real redis-server on a free port of this machine, which keeps nothing and can be killed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("redis-server")
MISSING = "redis-server is not installed: apt-get install redis-server"
_PATIENCE_S = 30


@dataclass
class RedisServer:
    """One server; `start` again after `kill` comes back on the same port, empty."""

    folder: Path
    port: int = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> RedisServer:
        assert PROGRAM, MISSING
        self.port = self.port or free_port()
        command = [PROGRAM, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self._process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no"], stdout=subprocess.DEVNULL
        )
        until = time.monotonic() + _PATIENCE_S
        while not _answers(self.port):
            assert self._process.poll() is None, "redis-server did not start"
            assert time.monotonic() < until, "redis-server does not answer"
            time.sleep(0.02)
        return self

    def kill(self) -> None:
        """Ends it without a word, as a power failure does."""
        self._process.kill()
        self._process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as peer:
            peer.sendall(b"PING\r\n")
            return peer.recv(16).startswith(b"+PONG")
    except OSError:
        return False
