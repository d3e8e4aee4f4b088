"""What a version would change, turn by turn."""

from __future__ import annotations

import pytest

from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.publishing import Publishing
from gemelo.admin.services.replaying import Replaying, back_then
from gemelo.admin.services.switches import stop
from gemelo.admin.services.trying import Trying
from gemelo.context.kept import Told
from gemelo.context.records import Decision, Receipt, TurnOutcome, TurnRecord, TurnStatus, Verdict
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.talks import SqlTalks
from gemelo.context.store.turns import SqlRecords
from gemelo.context.twins import LayerKind
from gemelo.models.clock import LoopClock
from gemelo.models.errors import Closed, NotAllowed, Unknown, UsageError
from gemelo.models.vocabulary import Exchange, TurnId
from tests.admin.services.cast import BRUNO, MARTA, NINA, OTTO, ROSA, TALENT_LAYER
from tests.admin.services.conftest import Calendar
from tests.fakes import EN
from tests.stager import ScriptedStager

TALENT = ("trina", None, LayerKind.TALENT)
STRICTER = TALENT_LAYER.replace("  - name: Rivalona\n", "  - name: Rivalona\n  - name: stadium\n")
CRISIS = Receipt("p", (), (Verdict(Decision.CRISIS, "crisis", "platform"),))


@pytest.fixture
def stager() -> ScriptedStager:
    return ScriptedStager()


@pytest.fixture
def desk(database: Database, now: Calendar) -> SqlDesk:
    return SqlDesk(database, now=now)


@pytest.fixture
async def replaying(
    database: Database, desk: SqlDesk, compiler: Compiler, stager: ScriptedStager, now: Calendar
) -> Replaying:
    trying = Trying(desk, compiler, stager, now)
    return Replaying(desk, SqlTalks(database), trying, LoopClock())


@pytest.fixture
async def candidate(desk: SqlDesk, compiler: Compiler, now: Calendar) -> str:
    """Hash of a candidate that avoids one name more."""
    proposal = await Publishing(desk, compiler, now).propose(MARTA, *TALENT, STRICTER)
    return proposal.touched[0].policy


def told(number: int, heard: str, reply: str = "", receipt: Receipt | None = None) -> Told:
    record = TurnRecord(TurnId(f"t{number}"), "s1", number, f"question {number}", EN, "p", True)
    outcome = TurnOutcome(TurnStatus.DONE, reply or heard, heard, receipt=receipt or Receipt("p"))
    return Told(record, outcome, number)


async def talk(database: Database, *turns: Told) -> None:
    """Stores a session of the portal."""
    await SqlSessions(database).open("s1", "trina-portal", "p", EN)
    records = SqlRecords(database)
    for one in turns:
        await records.commit(one.turn)
        await records.finish(one.turn.id, one.outcome)


def test_a_fan_is_as_they_were_back_then() -> None:
    """They had heard what they had heard, not what was written; a crisis lasts for the session."""
    session = [told(1, "I am", "I am a twin."), told(2, "Call them.", receipt=CRISIS), told(3, "Yes.")]
    third = back_then(session[2], session, 12)
    assert third.history == (Exchange("question 1", "I am"), Exchange("question 2", "Call them."))
    assert (third.turns, third.in_crisis, third.language) == (2, True, EN)
    assert back_then(session[1], session, 12).in_crisis is False
    assert back_then(session[2], session, 1).history == (Exchange("question 2", "Call them."),)
    assert back_then(session[0], session, 12).history == ()


async def test_a_replay_tells_what_would_change(
    database: Database, replaying: Replaying, stager: ScriptedStager, candidate: str
) -> None:
    """The turn whose reply would be stopped, with both receipts; nothing is stored, in no session."""
    stager.world.mind.text = "We met at the stadium."
    await talk(database, told(1, "We met at the stadium."), told(2, "Other words."))
    before = await SqlTalks(database).turns(MARTA, "s1")
    replay = await replaying.replay(MARTA, "trina-portal", candidate[:8])
    first, _ = replay.turns
    assert replay.version == candidate
    assert "verdicts" in first.changed
    document = replay.document()
    assert document["results"][0]["old"]["reply"] == "We met at the stadium."
    assert document["results"][0]["new"]["receipt"]["verdicts"][0]["rule"] == "names_to_avoid"
    assert document["turns"] == 2
    assert document["turns_per_s"] > 0
    assert await SqlTalks(database).turns(MARTA, "s1") == before
    assert len((await SqlTalks(database).sessions(MARTA, "trina-portal")).items) == 1


async def test_each_turn_is_said_after_what_was_heard_by_then(
    database: Database, replaying: Replaying, stager: ScriptedStager, candidate: str
) -> None:
    """The mind reads the old history, not what the candidate would have said before."""
    await talk(database, told(1, "One."), told(2, "Two."), told(3, "Three."))
    await replaying.replay(MARTA, "trina-portal", candidate, last=2)
    read = sorted(tuple(one.twin for one in call.history) for call in stager.world.mind.calls)
    assert read == [("One.",), ("One.", "Two.")]


async def test_who_replays_talks_is_written_down(desk: SqlDesk, replaying: Replaying, candidate: str) -> None:
    """Which version, and how many turns."""
    await replaying.replay(MARTA, "trina-portal", candidate, last=7)
    [line] = (await desk.read(MARTA, lambda books: books.trail(limit=1))).items
    assert (line.who, line.action, line.target) == ("marta", "replay", "trina-portal")
    assert line.change == {"version": candidate, "last": 7}


async def test_only_who_may_read_and_try_replays(replaying: Replaying, candidate: str) -> None:
    """Others do not see the place, or may only read."""
    for who, refused in ((NINA, Unknown), (BRUNO, Unknown), (OTTO, NotAllowed)):
        with pytest.raises(refused):
            await replaying.replay(who, "trina-portal", candidate)
    assert (await replaying.replay(ROSA, "trina-portal", candidate)).version == candidate


@pytest.mark.parametrize("last", [0, -1, 1001])
async def test_a_replay_has_bounds(replaying: Replaying, candidate: str, last: int) -> None:
    """It would run for hours."""
    with pytest.raises(UsageError):
        await replaying.replay(MARTA, "trina-portal", candidate, last)


async def test_without_a_version_the_one_that_holds_is_replayed(
    database: Database, replaying: Replaying, desk: SqlDesk, stager: ScriptedStager, candidate: str
) -> None:
    """What has changed since the turns were said; where nobody talks there is none."""
    await talk(database, told(1, "One."))
    replay = await replaying.replay(MARTA, "trina-portal")
    assert stager.built == [replay.version]
    assert replay.version != candidate
    await stop(desk, MARTA, "trina", "she is ill")
    with pytest.raises(Closed):
        await replaying.replay(MARTA, "trina-portal")


async def test_where_nobody_talked_nothing_changes(replaying: Replaying, candidate: str) -> None:
    """Not even a division by nothing."""
    replay = await replaying.replay(MARTA, "trina-portal", candidate)
    assert replay.document()["changed"] == replay.document()["turns"] == 0
