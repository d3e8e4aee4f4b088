"""Reading what was said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gemelo.context.records import Decision, Receipt, Timeline, TurnOutcome, TurnRecord, TurnStatus, Verdict
from gemelo.context.store.database import Database
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.talks import SqlTalks
from gemelo.context.store.turns import SqlRecords
from gemelo.context.tenancy.people import THE_HOUSE, Grant, Principal, Role
from gemelo.context.twins import Deployment, DeploymentType, Talent, Twin
from gemelo.models.errors import Unknown, UsageError
from gemelo.models.usage import Used
from gemelo.models.vocabulary import Language, TurnId
from tests.databases import ON_POSTGRES
from tests.rows import Rows

ES = Language("es")
LEOS = Principal("ana", "Ana", frozenset({Grant(Role.TALENT_MANAGER, "leo")}))
MIAS = Principal("bob", "Bob", frozenset({Grant(Role.TALENT_MANAGER, "mia")}))
KAFFS = Principal("kim", "Kim", frozenset({Grant(Role.BRAND_MANAGER, brand="kaff")}))
NOBODY = Principal("x", "X")
USED = (
    Used("llm", prompt=90, cached=60, written=9, micros=120.5),
    Used("voice", seconds=1.5, characters=30, micros=900),
)
BLOCKED = Receipt("p", ("names",), (Verdict(Decision.BLOCK, "names", "talent"),), 9)


class Calendar:
    """A clock that stands until a test moves it (ms since 1970 UTC)."""

    at = 1_000

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def now() -> Calendar:
    return Calendar()


class Scribe:
    """Writes talks down."""

    def __init__(self, database: Database, now: Calendar) -> None:
        self._sessions = SqlSessions(database, now)
        self._records = SqlRecords(database, now)
        self._now = now

    async def session(self, id: str, at: int, deployment: str = "portal") -> None:
        self._now.at = at
        await self._sessions.open(id, deployment, "p", ES)

    async def turn(
        self,
        id: str,
        session: str,
        number: int,
        at: int,
        *,
        typed: bool = True,
        done: bool = True,
        used: tuple[Used, ...] = (),
    ) -> None:
        self._now.at = at
        record = TurnRecord(TurnId(id), session, number, f"fan {id}", ES, "p", typed)
        assert await self._records.commit(record)
        if done:
            heard = Timeline(done=900.0) if typed else Timeline(first_audio=500.5, done=4_500.5)
            said = (f"reply {id}", f"heard {id}", (), BLOCKED, heard)
            outcome = TurnOutcome(TurnStatus.DONE, *said, usage=used)
            await self._records.finish(record.id, outcome)


@pytest.fixture
async def scribe(database: Database, twins: Rows, now: Calendar) -> Scribe:
    """With a second talent beside the first."""
    await twins.put_talent(Talent("mia", "Mia"))
    await twins.put_twin(Twin("coach", "mia", "Mia"))
    await twins.put_deployment(Deployment("school", "coach", DeploymentType.PORTAL))
    return Scribe(database, now)


async def test_a_talk_is_read_as_it_was(database: Database, scribe: Scribe) -> None:
    """Every turn with its outcome and its receipt, the first one first."""
    await scribe.session("s1", 1_000)
    await scribe.turn("b", "s1", 2, 1_002)
    await scribe.turn("a", "s1", 1, 1_001)
    talks = SqlTalks(database)
    turns = await talks.turns(LEOS, "s1")
    assert [one.turn.id for one in turns] == ["a", "b"]
    assert turns[0].outcome.receipt == BLOCKED
    assert turns[1] == await talks.turn(LEOS, "b")
    assert (await talks.session(LEOS, "s1")).deployment == "portal"


async def sees_nothing(talks: SqlTalks, who: Principal) -> None:
    """That nothing of the first talent's talks is there for somebody."""
    assert (await talks.sessions(who, "portal")).items == ()
    assert await talks.turns(who, "s1") == ()
    assert await talks.last(who, "portal", 9) == ()
    assert all(month.sessions == month.turns == 0 for month in await talks.usage(who, "portal", 3, 1_001))
    for look in (talks.session(who, "s1"), talks.turn(who, "a")):
        with pytest.raises(Unknown):
            await look


async def test_a_talk_is_there_for_its_own_talent_only(database: Database, scribe: Scribe) -> None:
    """Neither for another's people nor for a brand."""
    await scribe.session("s1", 1_000)
    await scribe.turn("a", "s1", 1, 1_001)
    for who in (MIAS, KAFFS, NOBODY):
        await sees_nothing(SqlTalks(database), who)
    assert len(await SqlTalks(database).last(THE_HOUSE, "portal", 9)) == 1


@ON_POSTGRES
async def test_without_the_program_s_fence_the_database_hides_it_still(
    database: Database, scribe: Scribe
) -> None:
    """Row-level security is the second lock."""
    await scribe.session("s1", 1_000)
    await scribe.turn("a", "s1", 1, 1_001)
    for who in (MIAS, KAFFS, NOBODY):
        await sees_nothing(SqlTalks(database, fenced=False), who)
    assert len(await SqlTalks(database, fenced=False).last(LEOS, "portal", 9)) == 1


@pytest.mark.parametrize("id", ["", "made-up", "\0", "\ud800", "x" * 999])
async def test_what_nobody_said_is_not_there(database: Database, scribe: Scribe, id: str) -> None:
    """However its id was made up."""
    talks = SqlTalks(database)
    for look in (talks.session(LEOS, id), talks.turn(LEOS, id)):
        with pytest.raises(Unknown):
            await look


async def test_sessions_come_newest_first_page_by_page(database: Database, scribe: Scribe) -> None:
    """Also those of one instant; each is on one page."""
    for number in range(5):
        await scribe.session(f"s{number}", 1_000 + number // 2)
    talks, after, seen = SqlTalks(database), "", list[str]()
    while True:
        page = await talks.sessions(LEOS, "portal", after=after, limit=2)
        seen += [session.id for session in page.items]
        if not (after := page.after):
            break
    assert seen == ["s4", "s3", "s2", "s1", "s0"]


@pytest.mark.parametrize("after", ["x", "-", "1-", "99999999999999999-s", "1-\0", "' or 1=1"])
async def test_a_made_up_place_to_go_on_from_is_refused(
    database: Database, scribe: Scribe, after: str
) -> None:
    """With a sentence, not a fault of the database."""
    with pytest.raises(UsageError):
        await SqlTalks(database).sessions(LEOS, "portal", after=after)


async def test_the_last_turns_are_the_newest_that_were_answered(database: Database, scribe: Scribe) -> None:
    """The oldest of them first; one that is still open has nothing to compare with."""
    await scribe.session("s1", 1_000)
    await scribe.session("s2", 1_000)
    await scribe.session("s9", 1_000, "school")
    said = (("a", "s1", 1, 1), ("b", "s2", 1, 2), ("c", "s1", 2, 3), ("x", "s9", 1, 9))
    for id, session, number, at in said:
        await scribe.turn(id, session, number, at)
    await scribe.turn("d", "s1", 3, 4, done=False)
    last = await SqlTalks(database).last(LEOS, "portal", 2)
    assert [one.turn.id for one in last] == ["b", "c"]
    assert last[0].created == 2


async def test_usage_is_counted_by_months_of_utc(database: Database, scribe: Scribe) -> None:
    """A month begins at midnight UTC; months without anything are there too."""

    january = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp() * 1000)
    await scribe.session("s1", january - 1)
    await scribe.session("s2", january)
    await scribe.turn("a", "s1", 1, january - 1)
    await scribe.turn("b", "s1", 2, january, typed=False)
    await scribe.turn("c", "s2", 1, january + 5)
    talks = SqlTalks(database)
    usage = await talks.usage(LEOS, "portal", 3, january + 10)
    assert [(one.month, one.sessions, one.turns, one.spoken, one.voiced_s) for one in usage] == [
        ("2027-01", 1, 2, 1, 4.0),
        ("2026-12", 1, 1, 0, 0.0),
        ("2026-11", 0, 0, 0, 0.0),
    ]


async def test_what_turns_took_of_services_is_added_up(
    database: Database, scribe: Scribe, twins: Rows
) -> None:
    """By month and service for who sees the place; for a talent's budget over all of its places."""
    await twins.put_deployment(Deployment("shop", "host", DeploymentType.PORTAL))
    talks = SqlTalks(database)
    for number, deployment in enumerate(("portal", "portal", "shop", "school")):
        session = f"one{number}"
        await scribe.session(session, 1_000 + number, deployment)
        await scribe.turn(f"t{number}", session, 1, 1_000 + number, used=USED)
    llm, voice = USED
    [month] = await talks.usage(LEOS, "portal", 1, 2_000)
    assert month.services == (llm + llm, voice + voice)
    assert await talks.spent("leo", 2_000) == pytest.approx(3 * (llm.micros + voice.micros))
    assert await talks.spent("leo", int(datetime(2027, 1, 1, tzinfo=UTC).timestamp() * 1000)) == 0.0
