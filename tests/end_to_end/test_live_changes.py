"""What people set reaches fans in mid-conversation: real servers, written to from another process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from gemelo.admin.cli.demo import KEY_FILE
from gemelo.admin.client import AdminClient
from gemelo.admin.services import switches
from gemelo.admin.services.demo import CAMPAIGNS, PORTAL, TALENT, TWIN
from gemelo.admin.services.desk import Books, Desk
from gemelo.context.knowledge.language import guess
from gemelo.context.state.memory import MemoryState
from gemelo.context.state.redis import RedisState
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.tenancy.campaigns import Campaign, Terms, approve, submit
from gemelo.context.tenancy.people import THE_HOUSE, Side
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import Deployment, LayerKind, LayerText
from gemelo.models.vocabulary import Language
from tests.client import Fan, admit, fetch, talking
from tests.client import opened as socket
from tests.databases import Address, postgres_address, start_postgres
from tests.postgres_server import MISSING, PostgresServer, programs
from tests.redis_server import RedisServer
from tests.server import Server, gemelo

QUESTION = "Who are you?"


@pytest.fixture
def own_server(own_demo: Path) -> Iterator[Server]:
    """A server without Redis, on a demo of its own."""
    running = Server(own_demo).start()
    yield running
    running.stop()


@pytest.fixture
def two_servers(own_demo: Path, redis: RedisServer) -> Iterator[tuple[Server, Server]]:
    """Two processes of one house, which share a Redis."""
    settings = {"REDIS_URL": redis.url}
    both = (Server(own_demo, settings).start(), Server(own_demo, settings).start())
    yield both
    for running in both:
        running.stop()


@pytest.fixture
def on_postgres(tmp_path: Path) -> Iterator[tuple[Server, PostgresServer, Address]]:
    """A server on a PostgreSQL that may be killed."""
    if programs() is None:
        pytest.skip(MISSING)
    postgres = start_postgres()
    address = postgres_address(postgres)
    settings = {"DATABASE_URL": address.url, "DATABASE_OWNER_URL": address.owner}
    done = gemelo(tmp_path / "data", "demo", **settings)
    assert done.returncode == 0, done.stderr
    running = Server(tmp_path / "data", settings).start()
    yield running, postgres, address
    running.stop()
    postgres.remove()


@asynccontextmanager
async def desk(
    data: Path, redis: RedisServer | None = None, address: Address | None = None
) -> AsyncGenerator[Desk]:
    """The desk, in this process: it shares with the servers what their house shares."""
    database = await (address.open() if address else Database.open(sqlite_url(data / "gemelo.sqlite")))
    shared = await RedisState.open(redis.url) if redis else MemoryState(time.monotonic)
    try:
        yield SqlDesk(database, lambda talent: shared.tell(frozenset({talent})))
    finally:
        await shared.close()
        await database.close()


async def publish(desk: Desk, more: str) -> None:
    """A new version of the portal's layer, with more in it."""
    shipped = (files("gemelo.admin") / "demo" / "layers" / "portal.yaml").read_text("utf-8")

    async def work(books: Books) -> None:
        await books.put_layer(LayerText(TWIN, PORTAL, LayerKind.DEPLOYMENT, 0, f"{shipped}\n{more}\n"))

    await desk.write(THE_HOUSE, "a test", work)


async def run_until(desk: Desk, campaign: str, seconds: float) -> None:
    """Gives a campaign other terms, opened by both keys: it ends so many seconds from now."""

    async def work(books: Books) -> None:
        kept = (await books.get(Campaign, campaign)).noun
        now = time.time_ns() // 1_000_000
        await books.replace(
            opened(kept, replace(kept.terms, window=Window(0, now + round(seconds * 1000))), now)
        )

    await desk.write(THE_HOUSE, "a test", work)


def opened(campaign: Campaign, terms: Terms, now: int) -> Campaign:
    campaign = submit(replace(campaign, terms=terms, approvals=(), submitted=False), now)
    for side in Side:
        campaign = approve(campaign, side, f"hand of the {side}", terms.hash, now, ())
    return campaign


async def changed(fan: Fan, count: int = 1) -> dict[str, object]:
    """Waits until the page is told of other rules."""
    return (await fan.got("server-message", count, t="policy"))["data"]["d"]


async def ended(fan: Fan) -> tuple[str, str, int]:
    """The code and the sentence of the last notice, and the close code."""
    code = await fan.closed()
    last = fan.of("server-message", t="notice")[-1]["data"]["d"]
    return last["code"], last["text"], code


async def test_publishing_a_rule_changes_the_very_next_turn(own_server: Server) -> None:
    """Without any hint a session that is live says a new line within seconds, and names the new policy."""
    async with desk(own_server.data) as office, talking(own_server, language="en") as fan:
        first = await fan.ask(QUESTION)
        assert "gladly goalless" not in first.text
        line = '"A gladly goalless talk."'
        await publish(office, f"disclosures:\n  es: [{line}]\n  en: [{line}]")
        await changed(fan)
        second, third = await fan.ask(QUESTION), await fan.ask(QUESTION)
    assert "A gladly goalless talk." in second.text
    assert "A gladly goalless talk." not in third.text


async def test_a_rule_published_through_the_api_changes_the_very_next_turn(own_server: Server) -> None:
    """A manager's key is all it takes; to roll back takes the rule away again."""
    key = (own_server.data / KEY_FILE).read_text("ascii").strip()
    rule = "patterns_to_avoid:\n  - pattern: nobody waits\n"
    async with AdminClient(own_server.url, key) as admin, talking(own_server, language="en") as fan:
        assert "nobody waits" in (await fan.ask("What is offside?")).text
        seen = await admin.layer(deployment=PORTAL)
        published = await admin.publish(seen, f"{seen.yaml}\n{rule}", "nobody says this any more")
        assert (await changed(fan))["policy"] == published.touched[0].policy
        assert "nobody waits" not in (await fan.ask("What is offside?")).text
        await admin.roll_back(seen.version, "they may", deployment=PORTAL)
        await changed(fan, 2)
        assert "nobody waits" in (await fan.ask("What is offside?")).text


async def test_a_place_speaks_the_languages_that_it_is_kept_to(own_server: Server) -> None:
    """Whoever asks in another, in mid-conversation or as a newcomer, is answered in one that is spoken."""
    async with desk(own_server.data) as office, talking(own_server, language="en") as fan:

        async def work(books: Books) -> None:
            place = (await books.get(Deployment, PORTAL)).noun
            await books.replace(replace(place, languages=(Language("es"),)))

        assert "virtual twin" in (await fan.ask(QUESTION)).text
        await office.write(THE_HOUSE, "a test", work)
        await changed(fan)
        turned = await fan.ask(QUESTION)
    async with talking(own_server, language="en") as newcomer:
        greeted = await newcomer.ask(QUESTION)
    assert guess(turned.text) == guess(greeted.text) == "es"
    assert "Soy el gemelo virtual" in greeted.text


async def test_a_campaign_ends_on_its_minute_in_mid_conversation(own_server: Server) -> None:
    """When the window is over nobody has to do anything: the fan is told, and the page lets nobody in."""
    async with desk(own_server.data) as office:
        await run_until(office, CAMPAIGNS[0], 4)
        async with talking(own_server, CAMPAIGNS[0], language="en") as fan:
            assert "Brisalta" in (await fan.ask(QUESTION)).text
            code, text, closed = await ended(fan)
        assert (code, closed) == ("no_live_campaign", 4410)
        assert text.startswith("This is where this conversation ends")
        answer = await admit(own_server, CAMPAIGNS[0])
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_deployment")


async def test_a_campaign_on_a_portal_begins_and_ends_under_a_live_talk(own_server: Server) -> None:
    """The page is told of the sponsor, the next turn discloses it, and both are gone when it is over."""

    async def begin(books: Books) -> None:
        layer = (await books.get(Campaign, CAMPAIGNS[0])).noun.terms.layer
        now = time.time_ns() // 1_000_000
        terms = Terms(PORTAL, "tea", False, Window(now + 2_000, now + 9_000), layer)
        await books.add(opened(Campaign("on-the-portal", TALENT, "brisalta", terms), terms, now))

    async with desk(own_server.data) as office, talking(own_server, language="en") as fan:
        await fan.ask(QUESTION)
        await office.write(THE_HOUSE, "a test", begin)
        under = await changed(fan, 1)
        assert under["sponsor"] == {
            "brand": "Brisalta",
            "line": {"es": "Patrocinado por Brisalta.", "en": "Sponsored by Brisalta."},
        }
        assert "Sponsored by Brisalta." in (await fan.ask(QUESTION)).text
        after = await changed(fan, 2)
        assert after["sponsor"] is None
        assert "Brisalta" not in (await fan.ask(QUESTION)).text
        assert fan.close_code is None


async def test_a_stop_cuts_every_session_of_two_servers(
    two_servers: tuple[Server, Server], redis: RedisServer
) -> None:
    """One act ends fans on both, in mid-sentence, each in their own language."""
    one, other = two_servers
    async with desk(one.data, redis) as office:
        async with talking(one, language="en", voice=True) as here, talking(other, language="es") as there:
            await here.send("send-text", {"content": QUESTION})
            await here.got("bot-started-speaking")
            await switches.stop(office, THE_HOUSE, TALENT, "a test")
            here_ended, there_ended = await asyncio.gather(ended(here), ended(there))
    assert here.of("bot-llm-stopped")[0]["data"]["status"] in ("cut", "done")
    assert not here.of("bot-stopped-speaking") or here.of("server-message", t="flush")
    assert here_ended == (
        "talent_stopped",
        "This conversation is over: this twin can no longer be talked to here. Thank you for coming.",
        4410,
    )
    assert there_ended[1].startswith("Esta charla se ha terminado")
    assert (await admit(other, PORTAL)).status_code == 404


async def test_a_token_opens_one_socket_of_two_servers(two_servers: tuple[Server, Server]) -> None:
    """What one process has let in another does not let in again."""
    one, other = two_servers
    token = (await admit(one, PORTAL)).json()["token"]
    async with socket(one, token, PORTAL) as fan:
        await fan.send("client-ready", {"version": "1", "voice": False})
        await fan.got("bot-ready")
        async with socket(other, token, PORTAL) as second:
            assert await second.closed() == 4401


async def test_a_fan_who_moves_to_another_server_leaves_the_first(two_servers: tuple[Server, Server]) -> None:
    """The session goes on with its history at the second; the first socket is closed with 4409."""
    one, other = two_servers
    async with talking(one, language="en") as before:
        await before.ask(QUESTION)
        async with talking(other, resume=before.ready["resume"], language="en") as after:
            assert after.ready["session"] == before.ready["session"]
            assert await before.closed() == 4409
            assert (await after.ask(QUESTION)).status == "done"
            assert after.close_code is None


async def test_talk_goes_on_while_redis_is_dead(
    two_servers: tuple[Server, Server], redis: RedisServer
) -> None:
    """Fans talk on and changes come; until it is back nobody new is let in, and /readyz says why."""
    one, other = two_servers
    async with desk(one.data, redis) as office, talking(one, language="en") as fan:
        await fan.ask(QUESTION)
        redis.kill()
        assert (await fan.ask("Why do fans sing?")).status == "done"
        refused, ready = await admit(other, PORTAL), await fetch(other, "/readyz")
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "state")
        assert (ready.status_code, ready.json()["gone"]) == (503, ["state"])
        await publish(office, "country: ES")
        await changed(fan, 1)
        assert (await fan.ask(QUESTION)).status == "done"
        redis.start()
        async with asyncio.timeout(60):
            while True:
                if (await fetch(other, "/readyz")).status_code == 200:
                    break
                await asyncio.sleep(0.1)
        await publish(office, "country: MX")
        await changed(fan, 2)
        async with talking(other) as newcomer:
            assert newcomer.ready["session"]


async def test_a_sponsor_goes_on_its_minute_while_postgres_is_dead(
    on_postgres: tuple[Server, PostgresServer, Address],
) -> None:
    """The page is told at the end of the window, from what the server knew before."""
    server, postgres, address = on_postgres

    async def begin(books: Books) -> None:
        layer = (await books.get(Campaign, CAMPAIGNS[0])).noun.terms.layer
        now = time.time_ns() // 1_000_000
        terms = Terms(PORTAL, "tea", False, Window(0, now + 20_000), layer)
        await books.add(opened(Campaign("on-the-portal", TALENT, "brisalta", terms), terms, now))

    async with desk(server.data, address=address) as office, talking(server, language="en") as fan:
        await office.write(THE_HOUSE, "a test", begin)
        assert await changed(fan, 1)
        postgres.kill()
        assert (await changed(fan, 2))["sponsor"] is None
        assert fan.close_code is None


async def test_sessions_go_on_while_postgres_is_dead(
    on_postgres: tuple[Server, PostgresServer, Address],
) -> None:
    """No session ends: a turn that cannot be kept is not answered and says so, and all is well later."""
    server, postgres, address = on_postgres
    async with talking(server, language="en") as fan:
        assert (await fan.ask(QUESTION)).status == "done"
        postgres.kill()
        await fan.send("send-text", {"content": QUESTION}, "lost")
        told = (await fan.got("server-message", t="notice"))["data"]["d"]
        refused, ready = await admit(server, PORTAL), await fetch(server, "/readyz")
        assert told["code"] == "store"
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "store")
        assert (ready.status_code, ready.json()["gone"]) == (503, ["store"])
        async with asyncio.timeout(60):
            while True:
                if any("versions cannot be compared" in line for line in server.log):
                    break
                await asyncio.sleep(0.1)
        assert fan.close_code is None
        postgres.start()
        async with asyncio.timeout(60):
            while True:
                if (await fetch(server, "/readyz")).status_code == 200:
                    break
                await asyncio.sleep(0.1)
        assert (await fan.ask(QUESTION, "lost")).status == "done"
        async with desk(server.data, address=address) as office:
            await publish(office, "country: ES")
            await changed(fan)
            await switches.stop(office, THE_HOUSE, TALENT, "a test")
            assert (await ended(fan))[2] == 4410
