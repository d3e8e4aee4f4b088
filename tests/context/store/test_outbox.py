"""Messages on their way out: none lost, none sent by two at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gemelo.context.hooks.deliveries import Backlog, Delivery
from gemelo.context.hooks.topics import Topic
from gemelo.context.hooks.webhook import Webhook
from gemelo.context.memory.account import Whose
from gemelo.context.records import Receipt, TurnOutcome, TurnStatus
from gemelo.context.store.books import SqlBooks
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.fans import SqlFans
from gemelo.context.store.outbox import SqlOutbox
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.turns import SqlRecords
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.twins import Talent
from tests.context.store.conftest import Clock, MakeTurn
from tests.databases import Address
from tests.rows import Rows

LEASE = 60_000
EVERYTHING = Webhook("all", "leo", "https://club.example/all", "whsec_", ())
FLAGS = Webhook("flags", "leo", "https://club.example/flags", "whsec_", ("turn.flagged",))
PAUSED = Webhook("paused", "leo", "https://club.example/paused", "whsec_", (), True)
OTHERS = Webhook("others", "oto", "https://other.example/", "whsec_", ())


@pytest.fixture
async def outbox(database: Database, twins: Rows, clock: Clock) -> SqlOutbox:
    await twins.put_talent(Talent("oto", "Oto"))
    await put_webhooks(database, EVERYTHING, FLAGS, PAUSED, OTHERS)
    return SqlOutbox(database, clock)


async def put_webhooks(database: Database, *webhooks: Webhook) -> None:
    async def work(books: SqlBooks) -> None:
        for webhook in webhooks:
            await books.add(webhook)

    await SqlDesk(database).write(THE_HOUSE, "", work)


async def post(database: Database, topic: Topic, talent: str, *, fail: bool = False) -> None:
    async def work(books: SqlBooks) -> None:
        await books.post(topic, talent, {"session": "s1"})
        assert not fail or 1 / 0

    await SqlDesk(database, now=lambda: 1_000).write(THE_HOUSE, "", work)


async def claim(outbox: SqlOutbox) -> tuple[Delivery, ...]:
    """All that is due, whoever it is for."""
    claimed = [await outbox.claim(webhook, LEASE) for webhook, _ in await outbox.waiting()]
    return tuple(one for some in claimed for one in some)


def whom(claimed: tuple[Delivery, ...]) -> list[tuple[str, str]]:
    return sorted((one.message.topic, one.webhook.id) for one in claimed)


async def test_a_message_goes_to_every_endpoint_that_hears_it(outbox: SqlOutbox, database: Database) -> None:
    """Those of its talent that take its topic and are not paused; each once."""
    await post(database, Topic.TURN_FLAGGED, "leo")
    await post(database, Topic.SESSION_ENDED, "leo")
    assert await outbox.spread() == 2
    assert await outbox.spread() == 0
    claimed = await claim(outbox)
    assert whom(claimed) == [("session.ended", "all"), ("turn.flagged", "all"), ("turn.flagged", "flags")]
    assert {one.tries for one in claimed} == {1}


async def test_endpoints_wait_in_the_order_of_their_messages(
    outbox: SqlOutbox, database: Database, clock: Clock
) -> None:
    """Each once, with its talent; one that is paused, or whose messages are claimed, does not wait."""
    await post(database, Topic.TURN_FLAGGED, "oto")
    await outbox.spread()
    clock.at += 1
    await post(database, Topic.TURN_FLAGGED, "leo")
    await post(database, Topic.TURN_FLAGGED, "leo")
    await outbox.spread()
    assert await outbox.waiting() == (("others", "oto"), ("all", "leo"), ("flags", "leo"))
    assert len(await outbox.claim("all", LEASE)) == 2
    assert await outbox.waiting() == (("others", "oto"), ("flags", "leo"))


async def test_a_message_that_nobody_hears_is_done(outbox: SqlOutbox, database: Database) -> None:
    """A talent without endpoints piles nothing up."""
    await post(database, Topic.TURN_FLAGGED, "nobody")
    await outbox.spread()
    assert await claim(outbox) == ()
    assert await outbox.backlog() == Backlog()


async def test_an_act_that_fails_posts_nothing(outbox: SqlOutbox, database: Database) -> None:
    """A message is written in the transaction that it tells of."""
    with pytest.raises(ZeroDivisionError):
        await post(database, Topic.TURN_FLAGGED, "leo", fail=True)
    assert await outbox.spread() == 0


async def test_what_was_claimed_is_nobody_else_s_until_the_lease_is_over(
    outbox: SqlOutbox, database: Database, clock: Clock
) -> None:
    """A process that died leaves its delivery to the next, under the same id."""
    await post(database, Topic.SESSION_ENDED, "leo")
    await outbox.spread()
    [first] = await claim(outbox)
    assert await claim(outbox) == ()
    clock.at += LEASE
    [second] = await claim(outbox)
    assert (second.message.id, second.tries) == (first.message.id, 2)
    assert second.message.body() == first.message.body()
    assert not await outbox.settle(first), "its lease was over"
    assert await outbox.settle(second)
    clock.at += LEASE
    assert await claim(outbox) == ()


async def test_a_failure_is_seen_tried_again_and_given_up(
    outbox: SqlOutbox, database: Database, clock: Clock
) -> None:
    """Not before its wait is over; what is given up stays to be looked at."""
    await post(database, Topic.SESSION_ENDED, "leo")
    await outbox.spread()
    [one] = await claim(outbox)
    assert await outbox.settle(one, "status_500", 5_000)
    assert await outbox.backlog() == Backlog(0, 1, 1, 0, oldest=1_000)
    [attempt] = await outbox.attempts()
    assert (attempt.error, attempt.tries, attempt.due, attempt.done) == ("status_500", 1, 6_000, None)
    clock.at += 4_999
    assert await claim(outbox) == ()
    clock.at += 1
    [again] = await claim(outbox)
    assert await outbox.settle(again, "status_410")
    assert await outbox.backlog() == Backlog(0, 0, 0, 1)
    assert await claim(outbox) == ()


async def test_two_processes_never_have_the_same_delivery(address: Address, clock: Clock) -> None:
    """Two stores on one file that claim at the same time share what is due between them."""
    one, two = [await address.open() for _ in range(2)]
    await Rows(one).put_talent(Talent("leo", "Leo"))
    await put_webhooks(one, EVERYTHING)
    for _ in range(20):
        await post(one, Topic.SESSION_ENDED, "leo")
    boxes = SqlOutbox(one, clock), SqlOutbox(two, clock)
    spread = await asyncio.gather(*(box.spread(7) for box in boxes for _ in range(4)))
    assert sum(spread) == 20
    claims = await asyncio.gather(*(box.claim("all", LEASE, 3) for box in boxes for _ in range(5)))
    numbers = [delivery.number for claimed in claims for delivery in claimed]
    assert sorted(numbers) == sorted(set(numbers))
    assert len(numbers) == 20
    for database in (one, two):
        await database.close()


async def test_old_messages_are_deleted_once_done(
    outbox: SqlOutbox, database: Database, clock: Clock
) -> None:
    """What is still to be delivered stays, however old."""
    await post(database, Topic.SESSION_ENDED, "leo")
    await post(database, Topic.TURN_FLAGGED, "nobody")
    await outbox.spread()
    clock.at += 100_000
    assert await outbox.prune(clock.at) == 1
    [left] = await claim(outbox)
    assert left.message.topic == "session.ended"
    await outbox.settle(left)
    clock.at += 1
    assert await outbox.prune(clock.at) == 1


async def said(outbox: SqlOutbox) -> list[tuple[str, dict[str, object]]]:
    await outbox.spread()
    claimed = await claim(outbox)
    return [(one.message.topic, dict(one.message.payload)) for one in claimed if one.webhook.id == "all"]


async def test_a_flagged_turn_is_told_of_in_its_own_transaction(
    database: Database, records: SqlRecords, turn: MakeTurn
) -> None:
    """Once it is flagged, without a word of what was said; a talent without endpoints piles up nothing."""
    outcome = TurnOutcome(TurnStatus.DONE, "Soy yo.", "Soy yo.")
    flagged = replace(outcome, receipt=Receipt("policy-1", flags=("no_offers",)))
    await records.commit(turn("t0", 1))
    await records.finish(turn("t0", 1).id, flagged)
    await put_webhooks(database, EVERYTHING)
    await records.commit(turn("t1", 2))
    await records.finish(turn("t1", 2).id, outcome)
    outbox = SqlOutbox(database)
    assert await said(outbox) == []
    await records.finish(turn("t1", 2).id, flagged)
    told = {"session": "s1", "deployment": "portal", "turn": "t1", "flags": ["no_offers"]}
    assert await said(outbox) == [("turn.flagged", told)]


async def test_a_session_that_was_talked_in_is_told_of_when_it_ends(
    database: Database, sessions: SqlSessions, records: SqlRecords, turn: MakeTurn
) -> None:
    """With its number of turns; one in which nothing was said, or that was erased, is not."""
    await put_webhooks(database, EVERYTHING)
    outbox = SqlOutbox(database)
    await sessions.ended("s1")
    assert await said(outbox) == []
    await records.commit(turn())
    await sessions.ended("s1")
    assert await said(outbox) == [("session.ended", {"session": "s1", "deployment": "portal", "turns": 1})]
    await SqlFans(database).erase(Whose("portal", session="s1"))
    await sessions.ended("s1")
    assert await said(outbox) == []
