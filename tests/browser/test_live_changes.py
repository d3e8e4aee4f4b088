"""What a page shows of a change that reaches it in mid-conversation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import expect

from gemelo.admin.services import switches
from gemelo.admin.services.demo import CAMPAIGNS, PORTAL, TALENT
from gemelo.admin.services.desk import Books, Desk
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.tenancy.campaigns import Campaign, approve, end
from gemelo.context.tenancy.people import THE_HOUSE, Side
from tests.browser.conftest import Visit
from tests.server import Server


def at_the_desk(data: Path, act: Callable[[Desk], Awaitable[object]]) -> None:
    """Somebody elsewhere changes something; the browser's own loop runs in this thread."""

    async def main() -> None:
        database = await Database.open(sqlite_url(data / "gemelo.sqlite"))
        await act(SqlDesk(database))
        await database.close()

    with ThreadPoolExecutor() as elsewhere:
        elsewhere.submit(asyncio.run, main()).result()


def test_a_session_that_was_stopped_says_so_and_does_not_come_back(own_demo: Path, visit: Visit) -> None:
    """The fan reads why in their language; the page tries nothing again, however long it stays open."""
    server = Server(own_demo).start()
    try:
        fan = visit(f"{server.url}/portal", "es")
        fan.mute()
        fan.ask("¿Quién eres?")
        assert fan.reply(0)
        at_the_desk(own_demo, lambda desk: switches.stop(desk, THE_HOUSE, TALENT, "a test"))
        fan.wait_for_state("refused")
        expect(fan.twin.locator(".notice")).to_contain_text("Esta charla se ha terminado")
        fan.page.wait_for_timeout(3_000)  # longer than the first tries of a page that reconnects
        assert len(fan.socket.of("bot-ready")) == 1
        assert fan.state == "refused"
    finally:
        server.stop()


def test_the_page_shows_the_sponsor_for_as_long_as_its_campaign_runs(own_demo: Path, visit: Visit) -> None:
    """A campaign that begins on a portal brings its line to the page, and takes it along when it ends."""
    server = Server(own_demo).start()

    async def begin(books: Books) -> None:
        shipped = (await books.get(Campaign, CAMPAIGNS[0])).noun
        terms = replace(shipped.terms, deployment=PORTAL)
        campaign = Campaign("on-the-portal", TALENT, shipped.brand, terms, submitted=True)
        for side in Side:
            campaign = approve(campaign, side, side.value, terms.hash, now(), ())
        await books.add(campaign)

    async def finish(books: Books) -> None:
        running = (await books.get(Campaign, "on-the-portal")).noun
        await books.replace(end(running, now()))

    try:
        fan = visit(f"{server.url}/portal")
        fan.mute()
        sponsor = fan.twin.locator(".sponsor")
        expect(sponsor).to_be_empty()
        at_the_desk(own_demo, lambda desk: desk.write(THE_HOUSE, "a test", begin))
        expect(sponsor).to_have_text("Sponsored by Brisalta.", timeout=30_000)
        at_the_desk(own_demo, lambda desk: desk.write(THE_HOUSE, "a test", finish))
        expect(sponsor).to_be_empty(timeout=30_000)
        fan.wait_for_state("ready")
    finally:
        server.stop()


def now() -> int:
    return time.time_ns() // 1_000_000
