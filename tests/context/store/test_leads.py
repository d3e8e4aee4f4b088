"""Leads as they are kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gemelo.context.hooks.webhook import Webhook
from gemelo.context.memory.account import Erased, Whose
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.fans import SqlFans
from gemelo.context.store.leads import SqlLeads
from gemelo.context.store.outbox import SqlOutbox
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.tools.errands import Lead
from gemelo.models.errors import UsageError
from gemelo.models.vocabulary import Language
from tests.databases import ON_SQLITE

ES = Language("es")
LEAD = Lead("l1", "portal", "s1", "contact", "Ana", "ana@fans.example", "the course", ES, "¿Podemos?", 1_000)


@pytest.fixture
async def leads(database: Database, sessions: SqlSessions) -> SqlLeads:
    club = Webhook("club", "leo", "https://club.example/", "whsec_AA==")
    await SqlDesk(database).write(THE_HOUSE, "set up", lambda books: books.add(club))
    return SqlLeads(database)


async def test_a_lead_is_kept_once_and_told_of_once(leads: SqlLeads, database: Database) -> None:
    """The message names it and holds nothing of it."""
    assert [await leads.keep(LEAD) for _ in range(2)] == [True, True]
    assert (await leads.page(THE_HOUSE, "leo")).items == (LEAD,)
    outbox = SqlOutbox(database)
    await outbox.spread()
    [delivery] = await outbox.claim("club", 1_000)
    assert delivery.message.topic == "lead.created"
    assert delivery.message.payload == {
        "session": "s1", "deployment": "portal", "lead": "l1", "tool": "contact"
    }  # fmt: skip
    assert b"ana" not in delivery.message.body()


async def test_a_session_that_is_gone_takes_no_lead(leads: SqlLeads) -> None:
    """Who was erased meanwhile stays so."""
    assert not await leads.keep(replace(LEAD, session="nobody"))
    assert (await leads.page(THE_HOUSE, "leo")).items == ()


@ON_SQLITE
async def test_a_lead_that_is_being_written_is_kept_though_the_fan_goes_on(leads: SqlLeads) -> None:
    """Who interrupts the twin cancels the call, and takes back nothing that they agreed to."""
    keeping = asyncio.create_task(leads.keep(LEAD))
    await asyncio.sleep(0)
    keeping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await keeping
    other = replace(LEAD, id="l2", created=2_000)
    assert await leads.keep(other)  # writes queue
    assert (await leads.page(THE_HOUSE, "leo")).items == (other, LEAD)


async def test_leads_come_newest_first_page_by_page(leads: SqlLeads) -> None:
    """Two of one instant are told apart; a place to go on from that is made up is refused."""
    made = [replace(LEAD, id=f"l{n}", created=1_000 + n // 2) for n in range(5)]
    for lead in made:
        await leads.keep(lead)
    found: list[Lead] = []
    after = ""
    for _ in range(3):
        page = await leads.page(THE_HOUSE, "leo", after=after, limit=2)
        found += page.items
        after = page.after
    assert (found, after) == (made[::-1], "")
    assert (await leads.page(THE_HOUSE, "mia")).items == ()
    for made_up in ("x", "1", "-1-l1", "1-\0"):
        with pytest.raises(UsageError, match="no place to go on from"):
            await leads.page(THE_HOUSE, "leo", after=made_up)


async def test_a_fan_sees_and_erases_their_leads(leads: SqlLeads, database: Database) -> None:
    """With all else that is kept of them; of another fan's session nothing."""
    fans = SqlFans(database, now=lambda: 5_000)
    await SqlSessions(database, now=lambda: 1_000).open("s2", "portal", "p", ES)
    await leads.keep(LEAD)
    other = replace(LEAD, id="l2", session="s2")
    await leads.keep(other)
    assert (await fans.account(Whose("portal", session="s1"))).leads == (LEAD,)
    assert await fans.erase(Whose("portal", session="s1")) == Erased(("s1",), 0, 0, 1)
    assert (await leads.page(THE_HOUSE, "leo")).items == (other,)


async def test_a_lead_lasts_as_long_as_its_session(leads: SqlLeads, database: Database) -> None:
    """Retention deletes both."""
    await leads.keep(LEAD)
    assert (await SqlFans(database).expire("portal", 2_000)).leads == 1
    assert (await leads.page(THE_HOUSE, "leo")).items == ()
