from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.admin.client import Refused
from gemelo.admin.services.reviewing import Finding
from gemelo.context.knowledge.uploads import UploadState
from gemelo.context.store.schema import requests
from gemelo.context.tenancy.people import Principal, Side
from tests.admin.api.admin.tenants import furnish
from tests.admin.api.admin.world import World, make_world, open_database
from tests.admin.services.cast import ADMIN, BRUNO, MARTA, OTTO, ROSA

PLACE, SESSION, TURN = "trina-summer", "session-at-trina", "turn-at-trina"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    database = await open_database(tmp_path)
    world = await make_world(database)
    await furnish(world, database)
    yield world
    await database.close()


@pytest.mark.parametrize("who", [ADMIN, MARTA, ROSA])
async def test_who_may_read_finds_every_sentence(world: World, who: Principal) -> None:
    """From the place to its sessions to the turn and its receipt; and who read it is written down."""
    client = world.client(who)
    assert [one.id async for one in client.sessions(PLACE)] == [SESSION]
    talk = await client.talk(SESSION)
    assert [turn.fan for turn in talk.turns] == ["said at trina"]
    assert await client.turn(TURN) == talk.turns[0]
    assert await client.receipt(TURN) == talk.turns[0].receipt
    readers = [line.who async for line in world.client(MARTA).audit(kind="deployment", target=PLACE)]
    assert who.id in readers


@pytest.mark.parametrize(("who", "status"), [(OTTO, 403), (BRUNO, 404)])
async def test_who_may_not_read_reads_nothing(world: World, who: Principal, status: int) -> None:
    """Whoever only looks is told so; a brand never sees what a fan said."""
    client = world.client(who)
    for act in (client.talk(SESSION), client.turn(TURN), client.receipt(TURN)):
        with pytest.raises(Refused) as refused:
            await act
        assert refused.value.problem.status == status


async def test_a_reviewer_says_what_they_found_of_a_turn(world: World) -> None:
    """The talent's people read it in the audit log, without the words; nothing else has changed."""
    rosa, marta = world.client(ROSA), world.client(MARTA)
    before = await marta.turn(TURN)
    found = await rosa.review_turn(TURN, Finding.FLAGGED, "she never said that")
    assert (found.turn, found.finding) == (TURN, Finding.FLAGGED)
    lines = [one async for one in marta.audit(kind="deployment", target=PLACE) if one.action == "review"]
    assert [(one.who, one.change, one.why) for one in lines] == [
        ("rosa", {"turn": TURN, "session": SESSION, "finding": "flagged"}, "she never said that")
    ]
    assert await marta.turn(TURN) == before
    for who, status in ((OTTO, 403), (BRUNO, 404)):
        with pytest.raises(Refused) as refused:
            await world.client(who).review_turn(TURN, Finding.CONFORMS, "fine")
        assert refused.value.problem.status == status


async def test_a_reviewer_confirms_a_campaign_and_turns_no_key(world: World) -> None:
    """Of the very terms; both sides read what was found, and the keys stay where they were."""
    rosa = world.client(ROSA)
    campaign = await rosa.campaign("kortaza-with-trina")
    tabled = await rosa.review(campaign, Finding.CONFORMS, "as in the brief")
    assert tabled.approvals == campaign.approvals == ()
    for who in (MARTA, BRUNO):
        lines = [one async for one in world.client(who).audit(kind="campaign") if one.action == "review"]
        assert [(one.who, one.change["finding"]) for one in lines] == [("rosa", "conforms")]
    old = campaign.model_copy(update={"hash": "0" * 32})
    for who, about, code in (
        (ROSA, old, "stale"),
        (OTTO, campaign, "not_allowed"),
        (BRUNO, campaign, "not_allowed"),
    ):
        with pytest.raises(Refused, match=code):
            await world.client(who).review(about, Finding.FLAGGED, "x")
    for side in Side:
        with pytest.raises(Refused, match="not_allowed"):
            await rosa.approve(campaign, side, "in their place")


async def test_usage_is_counted_without_what_was_said(world: World) -> None:
    """Also for who may not read talk."""
    usage = await world.client(OTTO).usage(PLACE)
    assert [(one.sessions, one.turns, one.spoken) for one in usage.items if one.turns] == [(1, 1, 0)]


async def test_past_talk_is_replayed_under_a_candidate(world: World) -> None:
    """Each turn with both outcomes; nothing is stored."""
    marta = world.client(MARTA)
    proposal = await marta.propose("layer: deployment\nname: other\n", deployment=PLACE)
    replay = await marta.replay(PLACE, proposal.touched[0].policy)
    [compared] = replay.items
    assert (compared.turn, compared.old.reply) == (TURN, "said at trina")
    assert "reply" in compared.changed
    assert [one.id async for one in marta.sessions(PLACE)] == [SESSION]


async def test_what_fans_said_is_not_kept_to_be_answered_again(world: World, tmp_path: Path) -> None:
    """A replay under an Idempotency-Key leaves none of it behind: an erasure would not find it there."""
    marta = world.client(MARTA)
    proposal = await marta.propose("layer: deployment\nname: other\n", deployment=PLACE)
    assert "said at trina" in (await marta.replay(PLACE, proposal.touched[0].policy)).model_dump_json()
    database = await open_database(tmp_path)

    async def kept(connection: AsyncConnection) -> str:
        return str((await connection.execute(select(requests))).all())

    rows = await database.read(kept)
    await database.close()
    assert proposal.touched[0].policy in rows, "other answers are kept"
    assert "said at trina" not in rows


async def test_a_document_is_found_and_forgotten(world: World) -> None:
    """Its index is built anew, and the audit log says so; to forget it again asks for nothing."""
    marta = world.client(MARTA)
    [document] = [one async for one in marta.documents("trina")]
    assert (document.path, document.passages) == ("of-trina.md", 1)
    with pytest.raises(Refused, match="403"):
        await world.client(OTTO).forget("trina", document.path, "x")
    assert await marta.forget("trina", document.path, "out of date") == document
    assert world.indexed == ["trina"]
    assert [one async for one in marta.documents("trina")] == []
    assert "forget" in [line.action async for line in marta.audit(kind="twin", target="trina")]
    with pytest.raises(Refused, match="404"):
        await marta.forget("trina", document.path, "again")


async def test_a_document_is_sent_to_be_learned(world: World) -> None:
    """It waits under an id that tells what becomes of it; who may not change the twin sends nothing."""
    marta = world.client(MARTA)
    sent = await marta.send_document("trina", "es/rules.md", b"# Reglas", "the new season")
    assert (sent.twin, sent.path, sent.state) == ("trina", "es/rules.md", UploadState.WAITING)
    assert await marta.sent(sent) == sent
    assert sent in [one async for one in marta.all_sent("trina")]
    [line] = [line async for line in marta.audit(kind="upload", target=sent.id)]
    assert (line.action, line.why) == ("send", "the new season")
    assert "content" not in line.change
    for stranger, status in ((OTTO, "403"), (BRUNO, "404")):
        with pytest.raises(Refused, match=status):
            await world.client(stranger).send_document("trina", "x.md", b"x", "x")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("content", "no base64!", "base64"),
        ("content", "====", "base64"),
        ("content", "A" * 5_333_336, "gemelo learn"),
        ("path", "two\nlines.md", "line break"),
        ("path", "   ", "es/rules.md"),
    ],
)
async def test_what_cannot_be_learned_is_refused_at_once(
    world: World, field: str, value: str, told: str
) -> None:
    """The refusal says what to send instead."""
    body = {"path": "a.md", "content": "IyBB", "reason": "x"} | {field: value}
    async with world.http(MARTA.id) as http:
        answer = await http.post("/admin/v1/twins/trina/documents", json=body)
    assert 400 <= answer.status_code < 500
    assert told in answer.text
