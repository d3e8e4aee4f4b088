"""`gemelo webhook` and `gemelo jobs`: a message on its way, seen from the command line."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from gemelo.context.hooks.topics import Topic
from gemelo.context.store.books import SqlBooks
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.tenancy.people import THE_HOUSE
from tests.client import PATIENCE_S
from tests.receiver import receiving
from tests.server import Server, gemelo

TALENT = "vera-golazo"


async def made(data: Path, url: str) -> str:
    """The secret of a webhook that an operator made."""
    command = ("webhook", "--talent", TALENT, "--id", "club", "--url", url, "--here", "--json")
    done = await asyncio.to_thread(gemelo, data, *command)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["secret"]


async def test_what_a_manager_does_reaches_their_endpoint(own_demo: Path) -> None:
    """A server delivers what was posted while it ran, signed with the secret that was shown; `jobs` tells."""

    async def post(books: SqlBooks) -> None:
        await books.post(Topic.TURN_FLAGGED, TALENT, {"session": "s1"})

    async with receiving("whsec_") as receiver:
        receiver.secret = await made(own_demo, receiver.url)
        server = Server(own_demo, {"GEMELO_WEBHOOKS_HERE": "true"}).start()
        try:
            database = await Database.open(sqlite_url(own_demo / "gemelo.sqlite"))
            await SqlDesk(database).write(THE_HOUSE, "", post)
            await database.close()
            await asyncio.wait_for(receiver.first.wait(), PATIENCE_S)
        finally:
            await asyncio.to_thread(server.stop)
        assert (len(receiver.got), receiver.forged) == (1, 0)
    shown = gemelo(own_demo, "jobs")
    assert shown.returncode == 0, shown.stderr
    assert "0 messages not looked at" in shown.stdout
    assert "turn.flagged  vera-golazo  club  arrived after 1 try" in shown.stdout
    document = json.loads(gemelo(own_demo, "jobs", "--json").stdout)
    assert document["backlog"]["given_up"] == 0
    assert [one["error"] for one in document["deliveries"]] == [""]


def test_an_address_that_may_not_be_posted_to_is_refused(own_demo: Path) -> None:
    """With a sentence that says what to do."""
    done = gemelo(own_demo, "webhook", "--talent", TALENT, "--id", "x", "--url", "http://club.example")
    assert (done.returncode, done.stdout) == (1, "")
    assert "https" in done.stderr
