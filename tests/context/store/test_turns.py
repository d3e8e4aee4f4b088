from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.records import (
    Decision,
    Receipt,
    Sentence,
    Timeline,
    TurnOutcome,
    TurnRecord,
    TurnStatus,
    Verdict,
)
from gemelo.context.store.database import Database
from gemelo.context.store.schema import turns
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.turns import PROCESS_DIED, SqlRecords
from gemelo.context.twins import Deployment, DeploymentType, Talent, Twin
from gemelo.models.errors import Forgotten, StoreError
from gemelo.models.usage import Used
from gemelo.models.vocabulary import Exchange, Label, Language, Source, TurnId
from tests.databases import Address
from tests.rows import Rows

OUTCOME = TurnOutcome(
    TurnStatus.CUT,
    reply="Soy un gemelo virtual. Pregunta lo que quieras.",
    heard="Soy un gemelo",
    sentences=(
        Sentence("Soy un gemelo virtual.", Label.HOUSE),
        Sentence("Pregunta lo que quieras.", Label.VERBATIM, Source("quien-soy.md", "Saludo")),
    ),
    receipt=Receipt(
        "policy-1", ("names", "claims"), (Verdict(Decision.ALLOW, "names", "campaign", (3, 9)),), 120, 4.5
    ),
    timeline=Timeline(retrieval=1.5, done=20.25),
    declined=True,
    usage=(Used("deepgram", seconds=2.5, micros=320.8), Used("llm", prompt=40, cached=32, written=3)),
)


async def test_a_finished_turn_comes_back_as_it_was(records: SqlRecords, turn: Any) -> None:
    """The outcome is read back equal to what was stored."""
    record = turn(client_id="c1")
    assert await records.commit(record)
    await records.finish(record.id, OUTCOME)
    assert await records.reply_of("s1", "c1") == OUTCOME


async def test_a_turn_is_stored_with_all_that_is_known_of_it(
    database: Database, records: SqlRecords, turn: Any
) -> None:
    """Every field of a record is in its row, with the time it came."""
    record = turn(client_id="c1")
    await records.commit(record)
    (row,) = await rows(database)
    assert row | asdict(record) | {"created": 2_000, "status": TurnStatus.OPEN} == row


async def test_a_turn_that_is_being_answered_has_no_reply_yet(records: SqlRecords, turn: Any) -> None:
    """Until a turn has ended there is nothing to repeat."""
    await records.commit(turn(client_id="c1"))
    assert await records.reply_of("s1", "c1") is None


async def test_a_turn_sent_again_is_not_stored(database: Database, records: SqlRecords, turn: Any) -> None:
    """A second turn of the same client id is refused and leaves the first as it was."""
    assert await records.commit(turn("t1", 1, client_id="c1"))
    before = await rows(database)
    assert not await records.commit(turn("t2", 2, client_id="c1", fan="otra cosa"))
    await records.finish(TurnId("t1"), OUTCOME)
    assert not await records.commit(turn("t3", 3, client_id="c1", fan="otra cosa"))
    assert [row["id"] for row in await rows(database)] == [row["id"] for row in before] == ["t1"]


async def test_a_turn_that_a_dead_process_left_is_answered_when_it_is_sent_again(
    database: Database, records: SqlRecords, turn: Any
) -> None:
    """The turn keeps its place and its number, under the id of the one sent again."""
    await records.commit(turn("t1", 1, client_id="c1"))
    await records.heard(TurnId("t1"), "Soy un")
    await records.commit(turn("t2", 2, client_id="c2"))
    await records.flush()
    await records.recover()
    assert await records.commit(turn("t3", 3, client_id="c1"))
    assert await records.reply_of("s1", "c1") is None
    await records.finish(TurnId("t3"), OUTCOME)
    assert await records.reply_of("s1", "c1") == OUTCOME
    assert [(row["id"], row["number"]) for row in await rows(database)] == [("t3", 1), ("t2", 2)]


async def test_numbers_go_on_from_the_last(records: SqlRecords, turn: Any) -> None:
    """A resumed session learns the number of its newest turn."""
    assert await records.last_number("s1") == 0
    await records.commit(turn("t1", 1))
    await records.commit(turn("t2", 7))
    assert await records.last_number("s1") == 7


@pytest.mark.parametrize("decision", [Decision.CRISIS, Decision.BLOCK])
async def test_a_session_is_known_to_have_had_a_crisis(
    records: SqlRecords, turn: Any, decision: Decision
) -> None:
    """However many turns ago; another session has its own past."""
    await records.commit(turn("t1", 1))
    assert not await records.in_crisis("s1")
    told = Receipt("policy-1", verdicts=(Verdict(decision, "crisis", "platform"),))
    await records.finish(TurnId("t1"), replace(OUTCOME, receipt=told))
    for number in range(2, 20):
        await records.commit(turn(f"t{number}", number))
        await records.finish(TurnId(f"t{number}"), OUTCOME)
    assert await records.in_crisis("s1") is (decision is Decision.CRISIS)
    assert not await records.in_crisis("s2")


async def test_spoken_turns_need_no_client_id(records: SqlRecords, turn: Any) -> None:
    """Turns without a client id never count as sent again."""
    assert await records.commit(turn("t1", 1))
    assert await records.commit(turn("t2", 2))


async def test_the_same_client_id_is_free_in_another_session(
    records: SqlRecords, sessions: SqlSessions, turn: Any
) -> None:
    """A client id is known to its own session only."""
    await sessions.open("s2", "portal", "policy-1", Language("es"))
    assert await records.commit(turn("t1", 1, client_id="c1"))
    other = TurnRecord(TurnId("t2"), "s2", 1, "hola", Language("es"), "policy-1", True, "c1")
    assert await records.commit(other)
    assert await records.reply_of("s3", "c1") is None


async def test_of_a_turn_sent_many_times_at_once_one_is_answered(records: SqlRecords, turn: Any) -> None:
    """Whichever servers they come to, one is committed and the others are told that it was."""
    sent = (records.commit(turn(f"t{n}", n, client_id="c1")) for n in range(8))
    assert sorted(await asyncio.gather(*sent)) == [False] * 7 + [True]


async def test_a_turn_number_is_taken_once(records: SqlRecords, turn: Any) -> None:
    """Two turns of one session cannot have the same number."""
    await records.commit(turn("t1", 1))
    with pytest.raises(StoreError, match=r"CONSTRAINT_UNIQUE|23505"):
        await records.commit(turn("t2", 1))


async def test_a_turn_of_an_unknown_session_is_refused(records: SqlRecords) -> None:
    """A turn cannot be committed to a session that was never opened, or was erased."""
    stray = TurnRecord(TurnId("t1"), "nobody", 1, "hola", Language("es"), "policy-1", True)
    with pytest.raises(Forgotten):
        await records.commit(stray)


async def test_a_turn_never_committed_cannot_finish(records: SqlRecords) -> None:
    """Finishing a turn that the store does not know is an error, not a silence."""
    with pytest.raises(StoreError):
        await records.finish(TurnId("ghost"), OUTCOME)


async def test_history_is_what_was_heard_oldest_first(records: SqlRecords, turn: Any) -> None:
    """The last turns come in the order they were taken, with the words that were heard of them."""
    for number in (1, 2, 3):
        await records.commit(turn(f"t{number}", number, fan=f"pregunta {number}"))
    await records.finish(TurnId("t2"), OUTCOME)
    assert await records.history("s1", 2) == (
        Exchange("pregunta 2", "Soy un gemelo"),
        Exchange("pregunta 3", ""),
    )


async def test_what_was_heard_stands_before_the_turn_ends(records: SqlRecords, turn: Any) -> None:
    """The latest text that was heard is in the history after a flush."""
    record = turn()
    await records.commit(record)
    for text in ("Soy", "Soy un", "Soy un gemelo"):
        await records.heard(record.id, text)
    await records.flush()
    assert await records.history("s1", 1) == (Exchange(record.fan, "Soy un gemelo"),)


async def test_hearing_is_written_in_the_background(
    database: Database, sessions: SqlSessions, turn: Any
) -> None:
    """Without any further call the store learns what was heard."""
    records = SqlRecords(database, heard_every_s=0)
    record = turn()
    await records.commit(record)
    await records.heard(record.id, "Soy un gemelo")
    while await records.history("s1", 1) != (Exchange(record.fan, "Soy un gemelo"),):
        pass
    await records.close()


async def test_many_updates_of_one_turn_make_few_writes(
    database: Database, sessions: SqlSessions, turn: Any
) -> None:
    """What is said within one interval is written once, with its last text."""
    records = SqlRecords(database, heard_every_s=3_600)
    record = turn()
    await records.commit(record)
    await records.heard(record.id, "Soy")
    while (await records.history("s1", 1))[0].twin != "Soy":
        pass
    for length in range(3, 20):
        await records.heard(record.id, "Soy un gemelo virtual"[:length])
        await database.write(nothing)
        assert await records.history("s1", 1) == (Exchange(record.fan, "Soy"),)
    await records.close()
    assert await records.history("s1", 1) == (Exchange(record.fan, "Soy un gemelo virtu"),)


async def nothing(_: object) -> None: ...


async def test_hearing_after_the_end_changes_nothing(records: SqlRecords, turn: Any) -> None:
    """A late report does not overwrite what the outcome says was heard."""
    record = turn()
    await records.commit(record)
    await records.heard(record.id, "Soy un gemelo vir")
    await records.finish(record.id, OUTCOME)
    await records.heard(record.id, "Soy un gemelo virtual y más")
    await records.flush()
    assert await records.history("s1", 1) == (Exchange(record.fan, OUTCOME.heard),)


async def test_a_failure_to_note_hearing_is_logged_without_speech(
    database: Database, records: SqlRecords, turn: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """A reply goes on where the note of it cannot be stored; the log does not quote it."""
    record = turn()
    await records.commit(record)
    await database.downgrade("base")
    with caplog.at_level(logging.WARNING):
        await records.heard(record.id, "secreto")
        await records.flush()
    assert "could not be stored" in caplog.text
    assert "secreto" not in caplog.text


async def test_finishing_a_turn_marks_its_session_as_seen(
    records: SqlRecords, sessions: SqlSessions, turn: Any
) -> None:
    """A session's `last_seen` moves with its turns."""
    record = turn()
    await records.commit(record)
    await records.finish(record.id, OUTCOME)
    session = await sessions.get("s1")
    assert session is not None
    assert (session.created, session.last_seen) == (1_000, 2_001)


async def test_recovery_fails_what_was_left_open_and_keeps_what_was_heard(
    records: SqlRecords, turn: Any
) -> None:
    """Open turns of a dead process are failed with its own code; finished ones stay."""
    await records.commit(turn("t1", 1, client_id="c1"))
    await records.finish(TurnId("t1"), OUTCOME)
    await records.commit(turn("t2", 2, client_id="c2"))
    await records.heard(TurnId("t2"), "Soy un")
    await records.flush()
    assert await records.recover() == 1
    assert await records.reply_of("s1", "c1") == OUTCOME
    died = TurnOutcome(TurnStatus.FAILED, "", "Soy un", error=PROCESS_DIED)
    assert await records.reply_of("s1", "c2") == died
    assert await records.recover() == 0


async def test_among_several_processes_only_old_turns_are_recovered(
    database: Database, sessions: SqlSessions, turn: Any
) -> None:
    """A turn that another process is answering is left alone until no reply can last that long."""
    now = [1_000_000]
    records = SqlRecords(database, now=lambda: now[0])
    await records.commit(turn("t1", 1))
    now[0] += 899_000
    assert await records.recover(900) == 0
    now[0] += 1_000
    assert await records.recover(900) == 1
    await records.close()


async def rows(database: Database) -> list[dict[str, Any]]:
    """All turns in the order of their numbers."""

    async def work(connection: AsyncConnection) -> list[dict[str, Any]]:
        found = await connection.execute(select(turns).order_by(turns.c.number))
        return [dict(row) for row in found.mappings()]

    return await database.read(work)


STEPS = st.tuples(st.sampled_from(["commit", "heard", "finish", "restart"]), st.integers(0, 4))


@settings(max_examples=30, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_any_order_of_steps_leaves_what_a_dictionary_would(
    new_address: Callable[[], Address], steps: list[tuple[str, int]]
) -> None:
    """Commits, resends, hearing, finishing and restarts add up as they do in a plain model."""
    address = new_address()
    asyncio.run(_play(address, steps))
    address.drop()


async def _play(address: Address, steps: list[tuple[str, int]]) -> None:
    """Plays steps on a store and on a model: client id -> (turn id, status, heard)."""
    database = await address.open()
    await _seed(database)
    records = SqlRecords(database, heard_every_s=0)
    model: dict[str, tuple[TurnId, TurnStatus, str]] = {}
    for number, (step, which) in enumerate(steps):
        client_id, text = f"c{which}", f"palabra {number}"
        id, status, heard = model.get(client_id, (TurnId("none"), None, ""))
        if step == "commit":
            fresh = TurnId(f"t{number}")
            record = TurnRecord(fresh, "s1", number, "x", Language("es"), "p", True, client_id)
            unanswered = status in (None, TurnStatus.FAILED)
            assert await records.commit(record) == unanswered
            if unanswered:
                model[client_id] = (fresh, TurnStatus.OPEN, "")
        elif step == "heard" and status is not None:
            await records.heard(id, text)
            model[client_id] = (id, status, text if status is TurnStatus.OPEN else heard)
        elif step == "finish" and status is not None:
            await records.finish(id, TurnOutcome(TurnStatus.DONE, text, text))
            model[client_id] = (id, TurnStatus.DONE, text)
        elif step == "restart":
            await records.close()
            await database.close()
            database = await address.open()
            records = SqlRecords(database, heard_every_s=0)
            await records.recover()
            model = {key: (id, _after_death(status), heard) for key, (id, status, heard) in model.items()}
    await records.close()
    stored = {row["client_id"]: (row["id"], row["status"], row["heard"]) for row in await rows(database)}
    assert stored == model
    await database.close()


def _after_death(status: TurnStatus) -> TurnStatus:
    return TurnStatus.FAILED if status is TurnStatus.OPEN else status


async def _seed(database: Database) -> None:
    twins = Rows(database)
    await twins.put_talent(Talent("leo", "Leo Arenas"))
    await twins.put_twin(Twin("host", "leo", "Leo"))
    await twins.put_deployment(Deployment("portal", "host", DeploymentType.PORTAL))
    await SqlSessions(database).open("s1", "portal", "p", Language("es"))
