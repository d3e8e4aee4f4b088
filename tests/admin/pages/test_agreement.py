"""A campaign on the console: each side sees what it approves, and turns its own key."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gemelo.admin.services.reviewing import Finding
from gemelo.context.tenancy.people import THE_HOUSE, Side
from tests.admin.api.admin.world import World
from tests.admin.pages.visitor import Visitor, enter
from tests.admin.services.cast import BRUNO, MARTA, ROSA, campaign_layer

ID = "kortaza-with-trina"
PAGE = f"/console/campaigns/{ID}"


async def hash_of(world: World) -> str:
    return (await world.office.campaigning.look(THE_HOUSE, ID)).campaign.terms.hash


async def keys(world: World) -> frozenset[Side]:
    return (await world.office.campaigning.look(THE_HOUSE, ID)).campaign.keys


async def edit(world: World, required: str) -> None:
    """Sets other rules and submits them; both keys are void."""
    kept = await world.office.campaigning.look(MARTA, ID)
    terms = replace(kept.campaign.terms, layer=campaign_layer("kortaza", required=required))
    await world.office.campaigning.edit(MARTA, ID, terms, kept.revision, "other words")
    await world.office.campaigning.submit(MARTA, ID, "other words")


async def test_each_side_turns_its_own_key(visitor: Visitor, world: World) -> None:
    """One after the other, on the hash that the page shows; the first page says whose key it waits for."""
    hash = await hash_of(world)
    for who, side in (("marta", "talent"), ("bruno", "brand")):
        await enter(visitor, world, who)
        assert "waits for your key" in (await visitor.open("/console/")).text
        page = (await visitor.open(PAGE)).text
        assert hash in page
        assert f"Approve for the {side}" in page
        done = await visitor.send(PAGE, act="approve", side=side, hash=hash, reason="agreed")
        assert done.status_code == 200, done.text
        assert "waits for your key" not in (await visitor.open("/console/")).text
    assert "Both keys are turned" in done.text
    assert "by <bdi>Marta</bdi>" in done.text
    assert await keys(world) == set(Side)


@pytest.mark.parametrize(("who", "side"), [("marta", "brand"), ("bruno", "talent"), ("otto", "talent")])
async def test_nobody_turns_another_s_key(visitor: Visitor, world: World, who: str, side: str) -> None:
    """There is no button for it, and a form of their own making is refused."""
    await enter(visitor, world, who)
    page = (await visitor.open(PAGE)).text
    assert f"Approve for the {side}" not in page
    answer = await visitor.send(PAGE, act="approve", side=side, hash=await hash_of(world), reason="x")
    assert (answer.status_code, "do not" in answer.text) == (422, True)
    assert not await keys(world)


@pytest.mark.parametrize("who", ["nina", "vera", "nobody"])
async def test_for_others_there_is_no_such_campaign(visitor: Visitor, world: World, who: str) -> None:
    """Exactly as for one that nobody has."""
    await enter(visitor, world, who)
    theirs = await visitor.open(PAGE)
    nobodys = await visitor.open("/console/campaigns/nobody-has-this")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text == nobodys.text.replace("nobody-has-this", ID)


async def test_the_page_shows_what_has_changed_since_one_s_own_key(visitor: Visitor, world: World) -> None:
    """For the side that had approved, against that; for the other, what the last edit changed."""
    await world.office.campaigning.approve(BRUNO, ID, Side.BRAND, await hash_of(world), "read")
    await edit(world, "Drink slowly.")
    await edit(world, "Drink slowly, friends.")
    await enter(visitor, world, "bruno")
    page = (await visitor.open(PAGE)).text
    assert "Changed since your side approved it" in page
    assert '<span class="add">+  en: [Drink slowly, friends.]</span>' in page
    assert '<span class="del">' not in page
    await enter(visitor, world, "marta")
    page = (await visitor.open(PAGE)).text
    assert "Changed by the last edit" in page
    assert '<span class="del">-  en: [Drink slowly.]</span>' in page


async def test_both_sides_see_what_reviewers_found(visitor: Visitor, world: World) -> None:
    """Of the terms as they stand, by name; what was found of earlier ones is gone with them."""
    await edit(world, "Drink slowly.")
    reviewing = world.office.reviewing
    await reviewing.campaign(ROSA, ID, await hash_of(world), Finding.FLAGGED, "she <b>drinks</b> none")
    for who in ("marta", "bruno"):
        await enter(visitor, world, who)
        page = (await visitor.open(PAGE)).text
        assert "<bdi>she &lt;b&gt;drinks&lt;/b&gt; none</bdi><small>by <bdi>Rosa</bdi>" in page
        assert "Changed by the last edit" in page
    await edit(world, "Drink slower.")
    assert "What reviewers found" not in (await visitor.open(PAGE)).text


async def test_terms_that_changed_under_the_page_are_not_approved(visitor: Visitor, world: World) -> None:
    """The page that says so has no button: the new ones are read first."""
    await enter(visitor, world, "bruno")
    await visitor.open(PAGE)
    old = await hash_of(world)
    await edit(world, "Drink slowly.")
    answer = await visitor.send(PAGE, act="approve", side="brand", hash=old, reason="agreed")
    assert (answer.status_code, "have changed since" in answer.text) == (422, True)
    assert 'value="approve"' not in answer.text
    assert not await keys(world)


async def test_what_is_in_the_way_is_listed(visitor: Visitor, world: World) -> None:
    """On the page instead of the button, and where the key is turned all the same."""
    licence = "first-trina"
    async with world.http("marta") as http:
        answer = await http.post(f"/admin/v1/licences/{licence}/revoke", json={"reason": "over"})
        assert answer.status_code == 200
    await enter(visitor, world, "marta")
    page = (await visitor.open(PAGE)).text
    assert "This keeps it from being approved" in page
    assert "No licence of the talent covers this brand" in page
    assert 'value="approve"' not in page
    answer = await visitor.send(PAGE, act="approve", side="talent", hash=await hash_of(world), reason="x")
    assert (answer.status_code, "No licence" in answer.text) == (422, True)


async def test_it_is_tried_before_it_is_approved(visitor: Visitor, world: World) -> None:
    """By a brand, too: under the policy that its page will have."""
    await enter(visitor, world, "bruno")
    await visitor.open(PAGE)
    answer = await visitor.send(PAGE, act="try", question="Who are you?")
    assert answer.status_code == 200, answer.text
    assert "Verdicts" in answer.text
    policy = (await world.office.campaigning.look(BRUNO, ID)).policy
    assert policy in answer.text


async def test_a_key_is_taken_back_and_a_campaign_stopped(visitor: Visitor, world: World) -> None:
    """By whose they are; what one party has stopped only that party lets go on."""
    await enter(visitor, world, "marta")
    await visitor.open(PAGE)
    await visitor.send(PAGE, act="approve", side="talent", hash=await hash_of(world), reason="agreed")
    answer = await visitor.send(PAGE, act="withdraw", side="talent", reason="wait")
    assert "key is taken back" in answer.text
    assert not await keys(world)
    assert "suspended" in (await visitor.send(PAGE, act="suspend", reason="a recall")).text
    await enter(visitor, world, "bruno")
    assert 'value="resume"' not in (await visitor.open(PAGE)).text
    assert (await visitor.send(PAGE, act="resume", reason="x")).status_code == 422
    await enter(visitor, world, "marta")
    await visitor.open(PAGE)
    assert "It goes on" in (await visitor.send(PAGE, act="resume", reason="all is well")).text


async def test_a_draft_is_submitted_first(visitor: Visitor, world: World) -> None:
    """And cannot be approved before."""
    kept = await world.office.campaigning.look(MARTA, ID)
    terms = replace(kept.campaign.terms, exclusive=False)
    await world.office.campaigning.edit(MARTA, ID, terms, kept.revision, "for all")
    await enter(visitor, world, "bruno")
    page = (await visitor.open(PAGE)).text
    assert "It is a draft" in page
    assert 'value="approve"' not in page
    assert "lies before both sides" in (await visitor.send(PAGE, act="submit", reason="ready")).text


@pytest.mark.parametrize(
    "form",
    [
        {"act": "sing", "reason": "x"},
        {"act": "approve", "reason": "x"},
        {"act": "approve", "side": "both", "reason": "x"},
        {"act": "submit", "reason": " "},
        {},
    ],
)
async def test_a_form_that_means_nothing_is_refused(
    visitor: Visitor, world: World, form: dict[str, str]
) -> None:
    """With a sentence; nothing is done without a reason."""
    await enter(visitor, world, "bruno")
    await visitor.open(PAGE)
    answer = await visitor.send(PAGE, **form)
    assert (answer.status_code, bool(re.search(r'role="alert"', answer.text))) == (422, True)
