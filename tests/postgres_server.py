"""A real PostgreSQL on a free port of this machine, in a folder of its own, which can be killed.

It refuses to run as root: there it runs as the user that its package made.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.redis_server import free_port

MISSING = "PostgreSQL is not installed: apt-get install postgresql"
_USER = "postgres"
_FAST = (
    "fsync=off",
    "full_page_writes=off",
    "max_connections=200",
    "shared_buffers=32MB",
    "timezone=UTC",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
)


def programs() -> Path | None:
    """Where initdb, pg_ctl and postgres are, the newest first; None where they are not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    return versions[-1].parent if versions else None


@dataclass
class PostgresServer:
    """One server; `start` again after `kill` comes back on the same port, with what was committed.

    Attributes:
        ahead: it makes the next copy of a database and drops the last one while a test runs; not for a
            server that may be killed.
    """

    folder: Path
    port: int = 0
    ahead: bool = False
    _names: count[int] = field(default_factory=lambda: count(1))
    _aside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _next: dict[str, Future[str]] = field(default_factory=dict[str, Future[str]])
    _dropped: list[Future[None]] = field(default_factory=list[Future[None]])

    def make(self) -> PostgresServer:
        """Makes the files of a server."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, _USER)
        self._run(
            "initdb", "--auth=trust", "--locale=C", "--encoding=UTF8", f"--username={_USER}", "--no-sync"
        )
        return self

    def start(self) -> PostgresServer:
        """Returns once it answers."""
        self.port = self.port or free_port()
        options = " ".join(f"-c {setting}" for setting in (*_FAST, f"port={self.port}"))
        self._run("pg_ctl", "--wait", f"--options={options}", f"--log={self.folder / 'log'}", "start")
        return self

    def kill(self) -> None:
        """Ends it without a word, as a power failure does, connections and all."""
        self._run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def remove(self) -> None:
        """Ends it, where it still runs, and does away with its files."""
        self._aside.shutdown()
        for drop in self._dropped:
            drop.result()
        if (self.folder / "data" / "postmaster.pid").exists():
            self.kill()
        shutil.rmtree(self.folder)

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def new_database(self, like: str = "", name: str = "") -> str:
        """Makes a database, empty or a copy of another one; returns its name."""
        if not (like and self.ahead):
            return self._make(like, name)
        ready = self._next.pop(like, None) or self._aside.submit(self._make, like)
        self._next[like] = self._aside.submit(self._make, like)
        return ready.result()

    def _make(self, like: str, name: str = "") -> str:
        name = name or f"test{next(self._names)}"
        self.sql(f"CREATE DATABASE {name} OWNER owner" + (f" TEMPLATE {like}" if like else ""))
        return name

    def drop(self, database: str) -> None:
        if self.ahead:
            self._dropped.append(self._aside.submit(self._drop, database))
        else:
            self._drop(database)

    def _drop(self, database: str) -> None:
        self.sql(f"DROP DATABASE {database} WITH (FORCE)")

    def sql(self, statements: str, database: str = "postgres", role: str = _USER) -> str:
        """Runs statements, above all rules unless a role is named; returns what they say."""
        host = ("--host=127.0.0.1", f"--port={self.port}", f"--username={role}", f"--dbname={database}")
        return self._run("psql", "--no-psqlrc", "--quiet", "--tuples-only", *host, f"--command={statements}")

    def _run(self, program: str, *arguments: str) -> str:
        folder = programs()
        assert folder is not None, MISSING
        data = [] if program == "psql" else ["-D", str(self.folder / "data")]
        done = subprocess.run(
            [str(folder / program), *data, *arguments],
            user=_USER if os.geteuid() == 0 else None,
            cwd=self.folder,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}"
        return done.stdout or ""
