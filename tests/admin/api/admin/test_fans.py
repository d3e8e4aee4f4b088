"""What is kept of a fan, and webhooks, over the admin API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gemelo.admin.client import Refused
from gemelo.admin.shapes.fans import NewWebhook, WebhookChange
from gemelo.context.tenancy.people import Principal
from tests.admin.api.admin.tenants import furnish
from tests.admin.api.admin.world import World, make_world, open_database
from tests.admin.services.cast import BRUNO, MARTA, NINA, NOBODY, OTTO, ROSA

SESSION = "session-at-trina"
NEW = NewWebhook(
    id="trina--club",
    talent="trina",
    url="https://club.example/hook",
    topics=("turn.flagged",),
    reason="theirs",
)


@pytest.fixture
async def furnished(tmp_path: Path) -> AsyncIterator[World]:
    database = await open_database(tmp_path)
    world = await make_world(database)
    await furnish(world, database)
    yield world
    await database.close()


async def test_a_fan_who_writes_is_shown_and_erased(furnished: World) -> None:
    """All that is kept; then nothing, and the audit log says who did it and why, not what was said."""
    marta = furnished.client(MARTA)
    account = await marta.fan(SESSION)
    assert [turn.fan for talk in account.talks for turn in talk.turns] == ["said at trina"]
    erased = await marta.erase_fan(SESSION, "she wrote to us")
    assert [lead.contact for lead in account.leads] == ["reach-trina@fans.example"]
    assert (erased.sessions, erased.turns, erased.leads) == (1, 1, 1)
    assert [lead async for lead in marta.leads("trina")] == []
    with pytest.raises(Refused) as gone:
        await marta.fan(SESSION)
    assert gone.value.problem.status == 404
    lines = [entry async for entry in marta.audit(talent="trina", kind="session")]
    assert [(line.action, line.why) for line in lines] == [
        ("erase_fan", "she wrote to us"),
        ("read_fan", ""),
    ]
    assert "said at" not in str(lines)


@pytest.mark.parametrize(("who", "reads"), [(ROSA, 200), (OTTO, 403), (NINA, 404), (BRUNO, 404)])
async def test_who_may_not_erases_nothing(furnished: World, who: Principal, reads: int) -> None:
    """A reviewer reads; whoever else sees the talent is told; for the others there is no such session."""
    async with furnished.http(who.id) as client:
        assert (await client.get(f"/admin/v1/sessions/{SESSION}/fan")).status_code == reads
        erased = await client.post(f"/admin/v1/sessions/{SESSION}/fan/erase", json={"reason": "why not"})
        assert erased.status_code == max(reads, 403)
    assert (await furnished.client(MARTA).fan(SESSION)).talks


@pytest.mark.parametrize(
    ("who", "status"), [(MARTA, 200), (ROSA, 403), (OTTO, 403), (NINA, 404), (BRUNO, 404), (NOBODY, 404)]
)
async def test_leads_are_for_who_manages_the_talent(furnished: World, who: Principal, status: int) -> None:
    """A reviewer reads talk and not how to reach fans; for a brand, and for other talents, there are none."""
    async with furnished.http(who.id) as client:
        answer = await client.get("/admin/v1/talents/trina/leads")
    assert answer.status_code == status
    assert ("reach-trina@fans.example" in answer.text) is (status == 200)


async def test_leads_come_page_by_page_and_who_read_them_is_written_down(furnished: World) -> None:
    """The newest first; the audit log repeats nothing of them."""
    marta = furnished.client(MARTA)
    async with furnished.http(MARTA.id) as client:
        answer = await client.get("/admin/v1/talents/trina/leads", params={"limit": 1})
    assert answer.headers["cache-control"] == "no-store"
    assert [one["id"] for one in answer.json()["items"]] == ["lead-of-trina"]
    lines = [entry async for entry in marta.audit(talent="trina", kind="talent")]
    assert ("read_leads", "marta") in {(line.action, line.who) for line in lines}
    assert "reach-trina" not in str(lines)


async def test_a_webhook_s_secret_is_shown_once(furnished: World) -> None:
    """In the answer that makes it, or makes it anew; in no list and no line of the audit log."""
    marta = furnished.client(MARTA)
    made = await marta.make_webhook(NEW)
    assert made.secret.startswith("whsec_")
    listed = [hook async for hook in marta.webhooks("trina")]
    assert [(hook.id, hook.secret) for hook in listed] == [("hook-of-trina", ""), ("trina--club", "")]
    paused = await marta.change_webhook(made, WebhookChange(paused=True, reason="moving"))
    assert (paused.paused, paused.topics, paused.secret) == (True, ("turn.flagged",), "")
    fresh = await marta.change_webhook(paused, WebhookChange(fresh_secret=True, reason="it leaked"))
    assert fresh.secret not in ("", made.secret)
    with pytest.raises(Refused) as stale:
        await marta.change_webhook(made, WebhookChange(paused=False, reason="back"))
    assert stale.value.problem.status == 412
    logged = str([entry async for entry in marta.audit(talent="trina")])
    assert made.secret not in logged
    assert fresh.secret not in logged


async def test_a_webhook_is_deleted(furnished: World) -> None:
    """With a reason, and again without harm."""
    marta = furnished.client(MARTA)
    await marta.make_webhook(NEW)
    for _ in range(2):
        await marta.delete_webhook("trina--club", "the club has closed")
    assert [hook.id async for hook in marta.webhooks("trina")] == ["hook-of-trina"]
    async with furnished.http("marta") as http:
        assert (await http.delete("/admin/v1/webhooks/hook-of-trina")).status_code == 422


async def test_a_topic_that_nobody_posts_is_refused_with_those_there_are(furnished: World) -> None:
    """And so is one webhook too many."""
    marta = furnished.client(MARTA)
    with pytest.raises(Refused, match=r"turn\.flagged") as refused:
        await marta.make_webhook(NEW.model_copy(update={"topics": ("turn_flagged",)}))
    assert (refused.value.problem.status, refused.value.problem.code) == (422, "bad_webhook")


@pytest.mark.parametrize("url", ["http://club.example", "https://10.0.0.1/", "https://user@club.example/"])
async def test_an_address_that_may_not_be_posted_to_is_refused(furnished: World, url: str) -> None:
    """With a sentence that says why."""
    with pytest.raises(Refused) as refused:
        await furnished.client(MARTA).make_webhook(NEW.model_copy(update={"url": url}))
    assert (refused.value.problem.status, refused.value.problem.code) == (422, "bad_webhook")
