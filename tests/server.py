"""A real Gemelo server in a process of its own, on a port that was free."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODELS = Path(os.environ.get("GEMELO_MODELS_DIR") or ROOT / ".cache" / "models")


_OURS = ("GEMELO_", "DATABASE_", "REDIS_URL")


def program() -> list[str]:
    """The installed program `gemelo` of the environment that runs the tests."""
    return [str(Path(sys.executable).with_name("gemelo"))]


def environment(data: Path, **settings: str) -> dict[str, str]:
    """This process's environment with Gemelo's settings for one data folder."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**clean, "GEMELO_DATA_DIR": str(data), "GEMELO_MODELS_DIR": str(MODELS), **settings}


def gemelo(data: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end."""
    return subprocess.run(
        [*program(), *arguments],
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@dataclass
class Server:
    """A running server. `log` collects what it says on standard error."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict[str, str])
    port: int = 0
    url: str = ""
    log: list[str] = field(default_factory=list[str])
    arguments: tuple[str, ...] = ()
    """More words of the command."""
    command: str = "serve"
    other: tuple[str, ...] = ()
    """Another program than `gemelo`, with its command."""

    def start(self) -> Server:
        """Starts the process and waits until it listens."""
        self.process = subprocess.Popen(
            [*(self.other or (*program(), self.command)), "--port", str(self.port), *self.arguments],
            env=environment(self.data, **self.settings),
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                self.url = f"http://127.0.0.1:{self.port}"
                break
        else:
            raise AssertionError(f"the server did not start: {''.join(self.log)}")
        threading.Thread(target=self._drain, daemon=True).start()
        return self

    @property
    def talk_url(self) -> str:
        return self.url.replace("http", "ws") + "/v1/talk"

    def said(self, words: str, times: int = 1) -> None:
        """Waits until it has said something so often."""
        until = time.monotonic() + 60
        while sum(words in line for line in self.log) < times:
            assert time.monotonic() < until, f"it never said {words!r}: {''.join(self.log)}"
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Ends the process and returns its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        status = self.process.wait(60)
        self._drained.wait(10)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return status

    def __post_init__(self) -> None:
        self._drained = threading.Event()

    def _drain(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line)
        self._drained.set()
