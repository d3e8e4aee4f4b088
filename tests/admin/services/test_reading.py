"""Reading what was said, and who did what."""

from __future__ import annotations

from typing import Any

import pytest

from gemelo.admin.services.reading import Reading
from gemelo.admin.services.switches import stop
from gemelo.context.records import TurnOutcome, TurnRecord, TurnStatus
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.talks import SqlTalks
from gemelo.context.store.turns import SqlRecords
from gemelo.models.errors import NotAllowed, Unknown, UsageError
from gemelo.models.vocabulary import TurnId
from tests.admin.services.cast import ADMIN, BRUNO, MARTA, NINA, NOBODY, OTTO, ROSA, VERA
from tests.admin.services.conftest import Calendar
from tests.fakes import EN


@pytest.fixture
def desk(database: Database, now: Calendar) -> SqlDesk:
    return SqlDesk(database, now=now)


@pytest.fixture
async def reading(database: Database, desk: SqlDesk, now: Calendar) -> Reading:
    """With one talk at the portal."""
    now.at = 1_800_000_000_000
    await SqlSessions(database, now).open("s1", "trina-portal", "p", EN)
    records = SqlRecords(database, now)
    await records.commit(TurnRecord(TurnId("t1"), "s1", 1, "Who are you?", EN, "p", typed=True))
    await records.finish(TurnId("t1"), TurnOutcome(TurnStatus.DONE, "A twin.", "A twin."))
    return Reading(desk, SqlTalks(database), now)


async def test_who_may_read_a_talk_reads_it_and_that_is_written_down(reading: Reading, desk: SqlDesk) -> None:
    """A manager, a reviewer, the platform: whose talk and when can be told later."""
    for who in (MARTA, ROSA, ADMIN):
        record, turns = await reading.talk(who, "s1")
        assert (record.deployment, turns[0].turn.fan) == ("trina-portal", "Who are you?")
        assert await reading.turn(who, "t1") == turns[0]
        assert [one.id for one in (await reading.sessions(who, "trina-portal")).items] == ["s1"]
    trail = (await desk.read(MARTA, lambda books: books.trail(action="read"))).items
    assert [(line.who, line.target, dict(line.change)) for line in reversed(trail)][:2] == [
        ("marta", "trina-portal", {"session": "s1"}),
        ("marta", "trina-portal", {"turn": "t1"}),
    ]
    assert len(trail) == 6


async def test_who_may_not_read_talks_reads_none(reading: Reading) -> None:
    """One who only sees what is set is told so; for others nothing is there."""
    for who, refused in (
        (OTTO, NotAllowed),
        (NINA, Unknown),
        (BRUNO, Unknown),
        (NOBODY, Unknown),
    ):
        for read in (
            reading.talk(who, "s1"),
            reading.turn(who, "t1"),
            reading.sessions(who, "trina-portal"),
        ):
            with pytest.raises(refused):
                await read


async def test_usage_is_for_who_sees_the_place(reading: Reading) -> None:
    """It holds numbers only."""
    [month] = await reading.usage(OTTO, "trina-portal", months=1)
    assert (month.month, month.sessions, month.turns, month.spoken) == ("2027-01", 1, 1, 0)
    with pytest.raises(Unknown):
        await reading.usage(NINA, "trina-portal")


async def test_everybody_reads_the_trail_of_their_own(reading: Reading, desk: SqlDesk) -> None:
    """A talent's people what was done to their talent; nobody else's."""
    await stop(desk, MARTA, "trina", "she is ill")
    for who in (MARTA, OTTO, ADMIN):
        [line] = (await reading.trail(who, limit=1)).items
        assert (line.who, line.action, line.why) == ("marta", "stop", "she is ill")
    for who in (NINA, BRUNO, VERA):
        assert not [line for line in (await reading.trail(who)).items if line.talent == "trina"]
    assert (await reading.trail(MARTA, action="stop")).items[0].target == "trina"


@pytest.mark.parametrize(
    ("verb", "asked"),
    [
        ("sessions", {"deployment": "trina-portal", "limit": 0}),
        ("sessions", {"deployment": "trina-portal", "after": "made up"}),
        ("sessions", {"deployment": "trina-portal", "after": "\0"}),
        ("usage", {"deployment": "trina-portal", "months": 0}),
        ("usage", {"deployment": "trina-portal", "months": 1000}),
        ("trail", {"limit": 999}),
        ("trail", {"sql": "x"}),
    ],
)
async def test_what_cannot_be_asked_is_refused(reading: Reading, verb: str, asked: dict[str, Any]) -> None:
    """With a sentence, not a fault of the database."""
    with pytest.raises(UsageError):
        await getattr(reading, verb)(MARTA, **asked)
