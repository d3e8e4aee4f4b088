"""The whole program on PostgreSQL, which dies in mid-conversation and comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from gemelo.admin.services.demo import PORTAL
from tests.client import admit, fetch, talking
from tests.databases import Address, postgres_address, start_postgres
from tests.postgres_server import PostgresServer
from tests.server import Server, gemelo

QUESTION = "Who are you?"


@pytest.fixture
def mortal(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """A database server of this test's own, which it may kill. `postgres` says whether there can be one."""
    server = start_postgres()
    yield server
    server.remove()


@pytest.fixture
def address(mortal: PostgresServer) -> Address:
    return postgres_address(mortal, empty=True)


@pytest.fixture
def serving(address: Address, tmp_path: Path) -> Iterator[Server]:
    """A server whose demo is in PostgreSQL."""
    settings = {"DATABASE_URL": address.url, "DATABASE_OWNER_URL": address.owner}
    data = tmp_path / "data"
    done = gemelo(data, "demo", **settings)
    assert done.returncode == 0, done.stderr
    server = Server(data, settings).start()
    yield server
    server.stop()


@pytest.mark.slow
async def test_talk_goes_on_when_the_database_is_back(
    mortal: PostgresServer, address: Address, serving: Server
) -> None:
    """While it is gone turns are refused in words, nobody new is let in and /readyz says so; nothing is
    half-written: what was answered is kept once, what was refused is not."""
    assert not list(serving.data.glob("*.sqlite*"))
    async with talking(serving, language="en") as fan:
        first = await fan.ask(QUESTION, "one")
        await asyncio.to_thread(mortal.kill)
        await fan.send("send-text", {"content": "Why do fans sing?"}, "two")
        await fan.got("server-message", t="notice")
        refused, ready = await admit(serving, PORTAL), await fetch(serving, "/readyz")
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "store")
        assert (ready.status_code, ready.json()["gone"]) == (503, ["store"])
        await asyncio.to_thread(mortal.start)
        again = await fan.ask("Why do fans sing?", "two")
        assert (first.status, again.status) == ("done", "done")
        assert (await fetch(serving, "/readyz")).status_code == 200
        async with talking(serving) as newcomer:
            assert newcomer.ready["session"]
    name = address.url.rpartition("/")[2]
    kept = mortal.sql("SELECT client_id, status FROM turns ORDER BY number", name)
    assert kept.split() == ["one", "|", "done", "two", "|", "done"]
