"""How long the admin API takes with 1,000 talents, 10,000 deployments and a million turns in its store.

One client on a socket that stays open, one request after the other, each of another tenant. The store is
SQLite in a folder of its own, or the empty PostgreSQL database that DATABASE_URL names.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import Any

from gemelo.benchmarks.many_tenants import TURNS_A_SESSION, Size, fill, key
from gemelo.benchmarks.rows import Bench, Row, times
from gemelo.benchmarks.serving import LOOPBACK, ServerFailed, running
from gemelo.context.store.database import Database
from gemelo.context.store.sqlite import sqlite_url

SIZE = Size(talents=1_000, places=10_000, turns=1_000_000)
REQUESTS, FULL_REQUESTS = 200, 1_000
WARM = 20
SETTINGS = {
    "store": "1,000 talents of one twin, ten deployments and a thousand turns each",
    "client": "one connection that stays open, one request after the other, tenants at random",
    "layer": "the demo's: a proposal compiles it at its talent's ten places",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: whose key, and what of."""

    holder: int | str
    method: str
    path: str
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Line:
    """A connection to a server's admin API."""

    port: int
    connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection(LOOPBACK, self.port, timeout=120)

    def close(self) -> None:
        self.connection.close()

    def send(self, ask: Ask) -> tuple[float, Any]:
        """How long an answer took (ms), and what it is.

        Raises:
            ServerFailed: it is a refusal.
        """
        headers = {"authorization": f"Bearer {key(ask.holder)}", "content-type": "application/json"}
        begun = perf_counter()
        body = json.dumps(ask.body) if ask.body else None
        self.connection.request(ask.method, f"/admin/v1{ask.path}", body, headers | ask.headers)
        answer = self.connection.getresponse()
        read = answer.read()
        took = 1000 * (perf_counter() - begun)
        if answer.status >= 300:
            raise ServerFailed(f"{ask.method} {ask.path}: {answer.status} {read[:300].decode()}")
        return took, json.loads(read)


@dataclass
class Tenants:
    """Who is asked about, at random but the same in every run."""

    size: Size
    layer: str
    chance: random.Random = field(default_factory=lambda: random.Random(5))

    def talent(self) -> int:
        return self.chance.randrange(self.size.talents)

    def place(self, talent: int) -> int:
        """A place of a talent."""
        return talent + self.size.talents * self.chance.randrange(self.size.places // self.size.talents)

    def session(self, talent: int) -> int:
        """A session at a place of a talent."""
        rounds = self.size.sessions // self.size.places
        return self.place(talent) + self.size.places * self.chance.randrange(max(1, rounds))

    def candidate(self) -> str:
        """Rules that nobody has compiled before."""
        return f"{self.layer}\n# {self.chance.random()}\n"


def operations(of: Tenants) -> dict[str, Callable[[], Ask]]:
    """What is measured, by name; each makes another request every time."""

    def read(path: Callable[[int], str]) -> Callable[[], Ask]:
        def ask() -> Ask:
            talent = of.talent()
            return Ask(talent, "GET", path(talent))

        return ask

    def propose() -> Ask:
        talent = of.talent()
        return Ask(talent, "POST", f"/twins/twin-{talent}/layer/proposals", {"yaml": of.candidate()})

    return {
        "who am I": read(lambda talent: "/me"),
        "list deployments": read(lambda talent: "/deployments"),
        "list all deployments, as the platform": lambda: Ask("admin", "GET", "/deployments?limit=200"),
        "see a deployment": read(lambda talent: f"/deployments/place-{of.place(talent)}"),
        "see a campaign": read(lambda talent: f"/campaigns/campaign-{talent}"),
        "see a layer": read(lambda talent: f"/twins/twin-{talent}/layer"),
        "list sessions": read(lambda talent: f"/deployments/place-{of.place(talent)}/sessions"),
        f"read a session of {TURNS_A_SESSION} turns": read(
            lambda talent: f"/sessions/session-{of.session(talent)}"
        ),
        "see a year's usage": read(lambda talent: f"/deployments/place-{of.place(talent)}/usage"),
        "read the audit log": read(lambda talent: "/audit"),
        "propose a layer": propose,
    }


async def run(bench: Bench) -> Sequence[Row]:
    count = FULL_REQUESTS if bench.full else REQUESTS
    url, owner = (os.environ.get(name, "") for name in ("DATABASE_URL", "DATABASE_OWNER_URL"))
    return await measure(SIZE, count, bench.report, url, owner)


async def measure(
    size: Size, count: int, report: Callable[[str], None], url: str = "", owner: str = ""
) -> Sequence[Row]:
    """Fills a store of a size, and times so many requests of each kind.

    Args:
        url: of an empty PostgreSQL database; without it, SQLite in a folder of its own.
        owner: the same for the owner of its tables, where that is another role.

    Raises:
        UsageError: the database is in use.
        ServerFailed, StoreError.
    """
    layer = files("gemelo.admin").joinpath("demo", "layers", "talent.yaml").read_text("utf-8")
    with tempfile.TemporaryDirectory(prefix="gemelo-bench-") as folder:
        database = await Database.open(url or sqlite_url(Path(folder) / "gemelo.sqlite"), owner=owner)
        profile = "PostgreSQL" if url else "SQLite"
        begun = perf_counter()
        try:
            await fill(database, size, layer)
        finally:
            await database.close()
        report(f"{profile}: {size.turns:,} turns in {perf_counter() - begun:.0f} s")
        program = str(Path(sys.executable).with_name("gemelo"))
        settings = {"DATABASE_URL": url} if url else {}
        command = [program, "serve", "--port", "0", "--roles", "admin"]
        async with running(command, folder, **settings) as server:
            with closing(Line(server.port)) as line:
                return await asyncio.to_thread(_timed, line, Tenants(size, layer), count, profile, report)


def _timed(
    line: Line, tenants: Tenants, count: int, profile: str, report: Callable[[str], None]
) -> list[Row]:
    rows: list[Row] = []
    for name, ask in operations(tenants).items():
        for _ in range(min(WARM, count)):
            line.send(ask())
        rows.append(times(name, "", [line.send(ask())[0] for _ in range(count)], profile))
        report(f"{name}: {rows[-1].value} ms")
    rows.append(times("publish a layer", "", _published(line, tenants, count), profile))
    return rows


def _published(line: Line, tenants: Tenants, count: int) -> list[float]:
    """Times of publishing, each on the version that was seen just before."""
    took: list[float] = []
    for _ in range(count):
        talent = tenants.talent()
        address = f"/twins/twin-{talent}/layer"
        _, seen = line.send(Ask(talent, "GET", address))
        body = {"yaml": tenants.candidate(), "reason": "a benchmark"}
        ask = Ask(talent, "PUT", address, body, {"if-match": f'"{seen["version"]}"'})
        took.append(line.send(ask)[0])
    return took
