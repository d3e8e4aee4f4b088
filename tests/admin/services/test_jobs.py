"""Background work on a real store, to a real endpoint."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gemelo.admin.services.jobs import (
    AT_ONCE,
    DAY_MS,
    LANES_OF_TALENT,
    LEASE_MS,
    QUIET_MS,
    Postroom,
    Sent,
    expire,
    kept_days,
    tidy,
)
from gemelo.context.hooks.deliveries import Backlog
from gemelo.context.hooks.topics import Topic
from gemelo.context.hooks.webhook import MAX_TRIES, Webhook, new_secret
from gemelo.context.policy.layers import Layer, parse_layer
from gemelo.context.store.books import SqlBooks
from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.fans import SqlFans
from gemelo.context.store.outbox import SqlOutbox
from gemelo.context.store.requests import SqlRequests
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.tenancy.campaigns import Approval, Campaign, Terms
from gemelo.context.tenancy.people import THE_HOUSE, Side
from gemelo.context.tenancy.standing import Facts
from gemelo.context.tenancy.windows import ANY_TIME
from gemelo.context.twins import Deployment, DeploymentType, LayerKind, LayerText, Talent, Twin
from gemelo.models.adapters.aiohttp_courier import AiohttpCourier
from gemelo.models.errors import CourierError
from gemelo.models.seams import Courier
from gemelo.models.vocabulary import Language
from tests.receiver import Receiver, receiving
from tests.rows import Rows

SECRET = new_secret()
PLATFORM = parse_layer("layer: platform\nname: house\n", "platform.yaml")


async def deliver(outbox: SqlOutbox, courier: Courier) -> Sent:
    """Sends until nothing is due."""
    postroom = Postroom(outbox, courier, now_ms)
    while await postroom.round():
        await postroom.settled()
    return postroom.sent


@dataclass
class World:
    """A store, an endpoint of its one talent, and a clock that tests move."""

    database: Database
    receiver: Receiver
    courier: AiohttpCourier
    ahead: int = 0

    def now(self) -> int:
        return now_ms() + self.ahead

    @property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self.database, self.now)

    async def post(self, count: int = 1) -> None:
        async def work(books: SqlBooks) -> None:
            for _ in range(count):
                await books.post(Topic.SESSION_ENDED, "leo", {"session": "s1"})

        await SqlDesk(self.database).write(THE_HOUSE, "", work)

    async def deliver(self) -> Sent:
        return await deliver(self.outbox, self.courier)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    database = await Database.open(sqlite_url(tmp_path / "gemelo.sqlite"))
    twins = Rows(database)
    await twins.put_talent(Talent("leo", "Leo Arenas"))
    await twins.put_twin(Twin("host", "leo", "Leo"))
    courier = AiohttpCourier(loopback=True, timeout_s=0.5)
    async with receiving(SECRET) as receiver:
        webhook = Webhook("w1", "leo", receiver.url, SECRET)
        await SqlDesk(database).write(THE_HOUSE, "", lambda books: books.add(webhook))
        yield World(database, receiver, courier)
    await courier.close()
    await database.close()


async def test_what_is_posted_arrives_once(world: World) -> None:
    """Signed, and a second round sends nothing."""
    await world.post(40)
    assert await world.deliver() == Sent(arrived=40)
    assert await world.deliver() == Sent()
    assert len(set(world.receiver.got)) == len(world.receiver.got) == 40
    assert world.receiver.forged == 0


async def test_delivery_survives_an_endpoint_s_bad_days(world: World) -> None:
    """500, a redirect, silence: each is tried again after a longer wait, with the same id and bytes."""
    world.receiver.answers = [500, 302, 0]
    await world.post()
    for tries in (1, 2, 3):
        assert await world.deliver() == Sent(failed=1)
        [attempt] = await world.outbox.attempts()
        assert (attempt.tries, attempt.done) == (tries, None)
        assert await world.deliver() == Sent(), "before its wait is over"
        world.ahead += attempt.due - world.now() + 1
    assert await world.deliver() == Sent(arrived=1)
    assert len(set(world.receiver.got)) == 1
    assert [len(bodies) for bodies in world.receiver.bodies.values()] == [1]


async def test_an_endpoint_that_says_gone_is_asked_no_more(world: World) -> None:
    """Its message is given up, and stays to be looked at."""
    world.receiver.answers = [410]
    await world.post()
    assert await world.deliver() == Sent(given_up=1)
    assert await world.outbox.backlog() == Backlog(given_up=1)
    [attempt] = await world.outbox.attempts()
    assert attempt.error == "status 410"


async def test_an_endpoint_that_never_works_is_given_up_in_the_end(world: World) -> None:
    """After the last try."""
    world.receiver.answers = [503] * MAX_TRIES
    await world.post()
    for _ in range(MAX_TRIES - 1):
        assert await world.deliver() == Sent(failed=1)
        world.ahead += DAY_MS
    assert await world.deliver() == Sent(given_up=1)
    world.ahead += DAY_MS
    assert await world.deliver() == Sent()


async def test_a_worker_killed_between_sending_and_noting_costs_a_second_sending(
    world: World, tmp_path: Path
) -> None:
    """The message is not lost: the next process sends it again under the same id once the lease is over."""
    await world.post()
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("sends_and_dies.py")),
        str(tmp_path / "gemelo.sqlite"),
    )
    assert await child.wait() == -signal.SIGKILL
    assert len(world.receiver.got) == 1
    assert await world.deliver() == Sent(), "the dead one's lease still holds"
    world.ahead += LEASE_MS
    assert await world.deliver() == Sent(arrived=1)
    first, second = world.receiver.got
    assert first == second


async def test_two_workers_share_the_work(world: World) -> None:
    """What one sends the other does not."""
    await world.post(60)
    sent = await asyncio.gather(*(world.deliver() for _ in range(3)))
    assert sum(one.arrived for one in sent) == 60
    assert len(set(world.receiver.got)) == len(world.receiver.got) == 60


async def test_an_endpoint_that_hangs_holds_nobody_else_up(world: World) -> None:
    """While its socket stays silent, what others hear arrives, also what is posted meanwhile."""
    slow = AiohttpCourier(loopback=True, timeout_s=3600)
    desk = SqlDesk(world.database)
    async with receiving(SECRET, *[0] * 8) as silent:
        hooks = [Webhook(f"h{number}", "mia", f"{silent.url}{number}", SECRET) for number in range(6)]

        async def begin(books: SqlBooks) -> None:
            await books.add(Talent("mia", "Mia"))
            for hook in hooks:
                await books.add(hook)
            await books.post(Topic.SESSION_ENDED, "mia", {})

        await desk.write(THE_HOUSE, "", begin)
        postroom = Postroom(world.outbox, slow, now_ms)
        assert await postroom.round()
        await silent.hung.wait()
        for count in (1, 2):
            await world.post()
            while (
                postroom.sent.arrived < count
            ):  # noted, too: what is not noted yet is sent again after a close
                await postroom.round()
                await asyncio.sleep(0)
        await postroom.close()
        await slow.close()
        assert len(silent.got) <= LANES_OF_TALENT, "a talent has no more lanes than its share"
        assert postroom.sent == Sent(arrived=2)


async def test_an_endpoint_that_does_not_answer_is_asked_once_a_round(world: World) -> None:
    """However much it was to hear: the rest waits for the next round, and no try of it is spent."""
    world.receiver.answers = [0] * 8
    await world.post(20)
    postroom = Postroom(world.outbox, world.courier, now_ms)
    await postroom.round()
    await postroom.settled()
    assert postroom.sent.failed == len(world.receiver.got) == AT_ONCE


async def test_what_goes_wrong_in_a_lane_is_told_by_the_next_round(world: World) -> None:
    """So that it is counted; the round after that goes on."""
    await world.post()
    postroom = Postroom(world.outbox, Chance(["dies"]), now_ms)
    await postroom.round()
    await postroom.settled()
    with pytest.raises(MemoryError):
        await postroom.round()
    assert not await postroom.round(), "its lease still holds"


@dataclass
class Chance:
    """A courier whose every sending goes as was drawn, and which may die before it is noted."""

    fates: list[str]
    arrived: list[str] = field(default_factory=list[str])

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        fate = self.fates.pop() if self.fates else "arrives"
        if fate == "unreached":
            raise CourierError("the endpoint was not reached")
        if fate == "refused":
            return 503
        self.arrived.append(headers["webhook-id"])
        if fate == "dies":
            raise MemoryError
        return 200


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["arrives", "dies", "refused", "unreached"]), max_size=12), st.integers(1, 4))
def test_every_message_arrives_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, fates: list[str], posted: int
) -> None:
    """At least once: after any run of failures and deaths all have come, and none is sent for ever."""

    async def history() -> None:
        path = tmp_path_factory.mktemp("chance") / "gemelo.sqlite"
        database = await Database.open(sqlite_url(path))
        ahead = [0]
        outbox = SqlOutbox(database, lambda: now_ms() + ahead[0])

        async def begin(books: SqlBooks) -> None:
            await books.add(Talent("leo", "Leo"))
            await books.add(Webhook("w", "leo", "https://club.example", SECRET))
            for number in range(posted):
                await books.post(Topic.SESSION_ENDED, "leo", {"number": number})

        await SqlDesk(database).write(THE_HOUSE, "", begin)
        courier = Chance([*fates])
        for _ in range(2 * len(fates) + 2):
            try:
                await deliver(outbox, courier)
            except MemoryError:
                await asyncio.sleep(0)
            ahead[0] += DAY_MS
        assert len(set(courier.arrived)) == posted
        assert (await outbox.backlog()).pending == 0
        await database.close()

    asyncio.run(history())


def place(*layers: str, campaigns: tuple[Campaign, ...] = ()) -> Facts:
    kinds = (LayerKind.TALENT, LayerKind.DEPLOYMENT)
    texts = tuple(
        LayerText("host", None, kind, 1, f"layer: {kind}\nname: x\n{yaml}")
        for kind, yaml in zip(kinds, layers, strict=False)
    )
    portal = Deployment("portal", "host", DeploymentType.PORTAL)
    return Facts(portal, Twin("host", "leo", "Leo"), Talent("leo", "Leo"), texts, campaigns)


def campaign(days: int, *keys: Side) -> Campaign:
    terms = Terms("portal", "drinks", False, ANY_TIME, f"layer: campaign\nname: c\nretention_days: {days}\n")
    approvals = tuple(Approval(side, "somebody", terms.hash, 0) for side in keys)
    return Campaign(f"c{days}", "leo", "brand", terms, submitted=True, approvals=approvals)


def test_talk_is_kept_as_long_as_the_strictest_layer_says() -> None:
    """Where none says, for good; a broken layer hides no other."""
    assert kept_days(PLATFORM, place()) is None
    assert kept_days(PLATFORM, place("retention_days: 30\n", "retention_days: 7\n")) == 7
    assert kept_days(PLATFORM, place("nonsense: 1\n", "retention_days: 7\n")) == 7
    strict = parse_layer("layer: platform\nname: house\nretention_days: 3\n", "platform.yaml")
    assert kept_days(strict, place("retention_days: 30\n")) == 3


def test_no_draft_of_a_brand_deletes_a_talent_s_talk() -> None:
    """A campaign's retention counts with both keys, and after its end."""
    both, one = campaign(1, Side.TALENT, Side.BRAND), campaign(1, Side.BRAND)
    assert kept_days(PLATFORM, place("retention_days: 30\n", campaigns=(one,))) == 30
    assert kept_days(PLATFORM, place("retention_days: 30\n", campaigns=(both,))) == 1
    assert kept_days(PLATFORM, place("retention_days: 30\n", campaigns=(replace(both, ended=5),))) == 1


@dataclass
class Places:
    facts_of: Facts

    async def deployments(self, twin: str | None = None) -> tuple[Deployment, ...]:
        return (self.facts_of.deployment,)

    async def places(self, twin: str) -> tuple[Facts, ...]:
        return (self.facts_of,)


async def seen_at(world: World, *times: int) -> None:
    await Rows(world.database).put_deployment(Deployment("portal", "host", DeploymentType.PORTAL))
    for at in times:
        await SqlSessions(world.database, now=lambda at=at: at).open(f"s{at}", "portal", "p", Language("es"))


async def rounds(world: World, layer: Layer | None, days: str, now: int) -> list[str]:
    fans = SqlFans(world.database)
    erased = await expire(Places(place(days)), fans, layer or PLATFORM, now)
    return sorted(erased.sessions)


async def test_a_round_deletes_what_is_old_and_nothing_else(world: World) -> None:
    """By the day on which the fan was last there; a second round finds nothing."""
    now = 100 * DAY_MS
    await seen_at(world, now - 8 * DAY_MS, now - 6 * DAY_MS)
    assert await rounds(world, None, "", now) == []
    assert await rounds(world, None, "retention_days: 7\n", now) == [f"s{now - 8 * DAY_MS}"]
    assert await rounds(world, None, "retention_days: 7\n", now) == []


async def test_a_talk_that_goes_on_is_not_deleted_under_it(world: World) -> None:
    """Kept for no day at all still means: until the conversation is over."""
    now = 100 * DAY_MS
    await seen_at(world, now - QUIET_MS, now - QUIET_MS - 1)
    assert await rounds(world, None, "retention_days: 0\n", now) == [f"s{now - QUIET_MS - 1}"]


async def test_all_of_a_long_backlog_goes(world: World) -> None:
    """However many there are, they go in one round, some hundreds in each transaction."""
    now = 100 * DAY_MS
    await seen_at(world, *range(1, 1_202))
    assert len(await rounds(world, None, "retention_days: 7\n", now)) == 1_201


async def test_old_messages_and_requests_are_tidied_away(world: World) -> None:
    """Of all principals; what is still to be delivered stays."""
    await world.post()
    await world.deliver()
    requests = SqlRequests(world.database, world.now)
    await requests.claim("marta", "k", "hash")
    world.ahead += 40 * DAY_MS
    await world.post()
    await tidy(world.outbox, requests, world.now())
    assert await requests.prune() == 0
    assert await world.outbox.attempts() == ()
    assert await world.deliver() == Sent(arrived=1)
