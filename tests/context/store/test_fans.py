"""What is kept of fans, and how it is fenced and erased."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.memory.account import Account, Erased, Whose
from gemelo.context.memory.facts import Fact, Kind
from gemelo.context.records import TurnOutcome, TurnStatus
from gemelo.context.store.database import Database
from gemelo.context.store.fans import SqlFans
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.turns import SqlRecords
from gemelo.context.twins import Deployment, DeploymentType, Talent, Twin
from gemelo.models.errors import Forgotten, StoreError
from gemelo.models.vocabulary import Language
from tests.context.store.conftest import MakeTurn
from tests.databases import ON_SQLITE, Address
from tests.rows import Rows

ES = Language("es")
NAME = Fact(Kind.NAME, "me llamo Ana", ES)
TEAM = Fact(Kind.TEAM, "mi equipo es el Betis", ES)


@pytest.fixture
async def fans(database: Database, sessions: SqlSessions, twins: Rows) -> SqlFans:
    await twins.put_deployment(Deployment("brand", "host", DeploymentType.CAMPAIGN))
    await sessions.open("s2", "portal", "policy-1", ES)
    await sessions.open("b1", "brand", "policy-2", ES)
    return SqlFans(database, now=lambda: 5_000)


async def texts(fans: SqlFans, deployment: str, fan: str) -> list[str]:
    return [fact.text for fact in await fans.facts(deployment, fan)]


async def test_what_a_fan_told_one_place_is_in_no_other_s_query(fans: SqlFans) -> None:
    """The same fan's name at another deployment finds nothing of this one: not facts, talks nor erasure."""
    for session in ("s1", "b1"):
        assert await fans.agree(session, "ana")
    assert await fans.keep("s1", [NAME]) == 1
    assert await texts(fans, "portal", "ana") == ["me llamo Ana"]
    assert await texts(fans, "brand", "ana") == []
    there = await fans.account(Whose("brand", "ana"))
    assert (there.facts, [talk.session.id for talk in there.talks]) == ((), ["b1"])
    assert await fans.erase(Whose("brand", "ana")) == Erased(("b1",), 0, 0)
    assert await texts(fans, "portal", "ana") == ["me llamo Ana"]


async def test_another_fan_is_not_found(fans: SqlFans) -> None:
    """A fan's account holds their own sessions and facts only, a session's nobody else's."""
    await fans.agree("s1", "ana")
    await fans.agree("s2", "leo")
    await fans.keep("s1", [NAME])
    await fans.keep("s2", [TEAM])
    assert [fact.text for fact in (await fans.account(Whose("portal", "leo"))).facts] == [TEAM.text]
    alone = await fans.account(Whose("portal", session="s1"))
    assert ([fact.text for fact in alone.facts], len(alone.talks)) == ([NAME.text], 1)
    assert await fans.account(Whose("brand", session="s1")) == Account("brand")


async def test_nothing_is_kept_of_a_fan_who_did_not_agree(fans: SqlFans) -> None:
    """A session without a fan's name takes no facts; neither does one that is gone."""
    assert await fans.keep("s1", [NAME]) == 0
    assert await fans.keep("nobody", [NAME]) == 0
    assert not await fans.agree("nobody", "ana")
    assert await texts(fans, "portal", "ana") == []


@pytest.mark.parametrize("wrong", [("", "ana", ""), ("portal", "", ""), ("portal", "ana", "s1")])
def test_nobody_is_asked_for_by_an_empty_name(wrong: tuple[str, str, str]) -> None:
    """All who did not agree have the empty name: it must never choose them."""
    with pytest.raises(ValueError, match="either a fan or a session"):
        Whose(*wrong)


async def test_a_fact_said_anew_replaces_the_old_one(fans: SqlFans) -> None:
    """A fan who changes their mind is not remembered twice."""
    await fans.agree("s1", "ana")
    await fans.keep("s1", [NAME, TEAM])
    await fans.keep("s1", [replace(TEAM, text="mi equipo es el Sevilla")])
    assert sorted(await texts(fans, "portal", "ana")) == ["me llamo Ana", "mi equipo es el Sevilla"]


async def test_facts_move_to_the_fan_s_newest_session(fans: SqlFans) -> None:
    """They are kept as long as the fan comes back: erasing an older session leaves them."""
    await fans.agree("s1", "ana")
    await fans.keep("s1", [NAME])
    await fans.agree("s2", "ana")
    await fans.erase(Whose("portal", session="s1"))
    assert await texts(fans, "portal", "ana") == ["me llamo Ana"]
    await fans.erase(Whose("portal", session="s2"))
    assert await texts(fans, "portal", "ana") == []


async def test_an_account_holds_all_that_is_kept(fans: SqlFans, records: SqlRecords, turn: MakeTurn) -> None:
    """Sessions with their turns, oldest first, and the facts."""
    await fans.agree("s1", "ana")
    await records.commit(turn("t1", 1, fan="hola"))
    await records.finish(turn().id, TurnOutcome(TurnStatus.DONE, "Buenas.", "Buenas."))
    await records.commit(turn("t2", 2, fan="¿qué tal?"))
    await fans.keep("s1", [NAME])
    account = await fans.account(Whose("portal", "ana"))
    assert [(told.fan, told.twin) for told in account.talks[0].turns] == [
        ("hola", "Buenas."),
        ("¿qué tal?", ""),
    ]
    assert [(fact.kind, fact.text, fact.created) for fact in account.facts] == [(Kind.NAME, NAME.text, 5_000)]


async def test_an_erased_session_takes_no_more(fans: SqlFans, records: SqlRecords, turn: MakeTurn) -> None:
    """What a session that goes on says is refused, and a turn under way leaves nothing behind."""
    await fans.agree("s1", "ana")
    await records.commit(turn("t1", 1))
    assert await fans.erase(Whose("portal", "ana")) == Erased(("s1",), 1, 0)
    with pytest.raises(StoreError):
        await records.finish(turn().id, TurnOutcome(TurnStatus.DONE, "Soy yo.", "Soy yo."))
    with pytest.raises(Forgotten):
        await records.commit(turn("t2", 2))
    assert await fans.keep("s1", [NAME]) == 0
    assert await fans.account(Whose("portal", "ana")) == Account("portal")


@ON_SQLITE
async def test_erased_speech_is_in_no_file(
    fans: SqlFans, records: SqlRecords, turn: MakeTurn, address: Address
) -> None:
    """After much talk of several fans, not a byte of the erased one's words is left; the others' are."""
    chance = random.Random(5)
    secrets, others = [f"canary-{n:04d}-ana" for n in range(300)], [f"canary-{n:04d}-leo" for n in range(300)]
    await fans.agree("s1", "ana")
    await fans.agree("s2", "leo")
    for number, (mine, other) in enumerate(zip(secrets, others, strict=True)):
        for session, word in (("s1", mine), ("s2", other)):
            said = turn(f"{session}-{number}", number, fan=f"{word} " * chance.randrange(1, 400))
            await records.commit(replace(said, session=session))
            await records.heard(said.id, f"{word} heard " * 3)
            await records.flush()
            reply = f"{word} reply " * chance.randrange(1, 300)
            await records.finish(said.id, TurnOutcome(TurnStatus.DONE, reply, reply))
    await fans.keep("s1", [replace(NAME, text="canary-fact-ana")])
    await fans.erase(Whose("portal", "ana"))
    files = {file.name: file.read_bytes() for file in address.file.parent.iterdir() if file.is_file()}
    assert any(b"-leo" in content for content in files.values())
    for name, content in files.items():
        assert b"-ana" not in content, name


async def test_a_reader_delays_the_emptying_of_the_log(fans: SqlFans, database: Database) -> None:
    """Erasing beside a reader of an old state succeeds once the reader has gone."""
    await fans.agree("s1", "ana")
    await fans.keep("s1", [NAME])
    read = asyncio.Event()

    async def slowly(connection: AsyncConnection) -> None:
        await connection.execute(text("SELECT count(*) FROM memories"))
        read.set()
        await asyncio.sleep(0.2)

    reading = asyncio.create_task(database.read(slowly))
    await read.wait()
    assert (await fans.erase(Whose("portal", "ana"))).facts == 1
    await reading


async def test_what_is_old_expires_where_it_was_said(fans: SqlFans, database: Database) -> None:
    """Sessions of one deployment last seen before an instant go, with their turns and facts; no others do."""
    old = SqlSessions(database, now=lambda: 10)
    await old.open("old", "portal", "p", ES)
    await old.open("old-brand", "brand", "p", ES)
    await fans.agree("old", "ana")
    await fans.keep("old", [NAME])
    assert await fans.expire("portal", 1_000) == Erased(("old",), 0, 1)
    assert await fans.expire("portal", 1_000) == Erased()
    assert await old.get("old-brand")
    assert await old.get("s1")


SAID = st.tuples(st.sampled_from("pq"), st.sampled_from(("ana", "leo", "")), st.sampled_from(Kind))


@settings(max_examples=20, deadline=None)
@given(st.lists(SAID, max_size=12))
def test_places_never_mix(new_address: Callable[[], Address], said: list[tuple[str, str, Kind]]) -> None:
    """Whatever is said where by whom, each place knows of each fan what they said there, and no more."""

    async def history() -> None:
        database = await address.open()
        twins, sessions, fans = Rows(database), SqlSessions(database), SqlFans(database)
        await twins.put_talent(Talent("leo", "Leo"))
        await twins.put_twin(Twin("host", "leo", "Leo"))
        for place in "pq":
            await twins.put_deployment(Deployment(place, "host", DeploymentType.PORTAL))
        expected: dict[tuple[str, str], dict[Kind, str]] = {}
        for number, (place, fan, kind) in enumerate(said):
            await sessions.open(f"s{number}", place, "p", ES)
            if fan:
                await fans.agree(f"s{number}", fan)
                expected.setdefault((place, fan), {})[kind] = f"{place} {fan} {number}"
            await fans.keep(f"s{number}", [Fact(kind, f"{place} {fan} {number}", ES)])
        for place in "pq":
            for fan in ("ana", "leo"):
                known = {fact.kind: fact.text for fact in await fans.facts(place, fan)}
                assert known == expected.get((place, fan), {})
        await database.close()

    address = new_address()
    asyncio.run(history())
    address.drop()
