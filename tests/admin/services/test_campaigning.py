"""What becomes of campaigns."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gemelo.admin.services.campaigning import Campaigning, Tabled
from gemelo.admin.services.catalogue import create
from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Books, Desk
from gemelo.context.tenancy.campaigns import Campaign, State, Terms
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.people import THE_HOUSE, Grant, Principal, Role, Side
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import DeploymentType, LayerKind, LayerText
from gemelo.models.errors import BadLayer, BadWindow, Clashes, NotAllowed, Stale, Taken, Unknown, UsageError
from tests.admin.services.cast import (
    ADMIN,
    ALWAYS,
    BRUNO,
    EVERYBODY,
    MARTA,
    NINA,
    OTTO,
    ROSA,
    VERA,
    campaign_layer,
    page,
)  # fmt: skip
from tests.admin.services.conftest import Calendar

SOON = Window(10_000, 20_000)
TERMS = Terms("trina-summer", "drinks", False, SOON, campaign_layer("Kortaza"))
DRAFT = Campaign("c1", "trina", "kortaza", TERMS)
RIVAL = Campaign("c2", "trina", "velmont", replace(TERMS, layer=campaign_layer("Velmont")))
HANDS = {"kortaza": BRUNO, "velmont": VERA}


@pytest.fixture
def office(desk: Desk, compiler: Compiler, now: Calendar) -> Campaigning:
    return Campaigning(desk, compiler, now)


async def opened(office: Campaigning, campaign: Campaign) -> Tabled:
    """Drafted, submitted and approved by both sides."""
    await office.draft(MARTA, campaign, "")
    await office.submit(MARTA, campaign.id, "")
    await office.approve(MARTA, campaign.id, Side.TALENT, campaign.terms.hash, "")
    return await office.approve(HANDS[campaign.brand], campaign.id, Side.BRAND, campaign.terms.hash, "")


async def test_both_sides_can_try_exactly_what_they_approve(office: Campaigning, desk: Desk) -> None:
    """A draft's policy is kept under its hash with all its layers; another edit is another policy."""
    tabled = await office.draft(MARTA, DRAFT, "")
    kept = await desk.read(THE_HOUSE, lambda books: books.version("trina-summer", tabled.policy[:8]))
    assert kept.layers[-1].yaml == TERMS.layer
    assert len(kept.layers) == 2
    other = replace(TERMS, layer=campaign_layer("Kortaza", required="Drink water."))
    assert (await office.edit(MARTA, "c1", other, 1, "")).policy != tabled.policy


async def test_a_refusal_lists_every_clash(office: Campaigning, desk: Desk) -> None:
    """An exclusive rival elsewhere, a campaign on the same page, and a layer that the talent's forbids."""
    exclusive = replace(RIVAL.terms, deployment="trina-winter", exclusive=True, category="Drinks")
    exclusive = replace(exclusive, layer=campaign_layer("Velmont", category="Drinks"))
    cars = replace(RIVAL.terms, category="cars", layer=campaign_layer("Velmont", category="cars"))
    await opened(office, replace(RIVAL, id="c2", terms=exclusive))
    await opened(office, replace(RIVAL, id="c3", terms=cars))
    layer = campaign_layer("Kortaza", required="Better than Rivalona.", more="focus: [Riva-lona]\n")
    await office.draft(MARTA, replace(DRAFT, terms=replace(TERMS, layer=layer)), "")
    tabled = await office.submit(BRUNO, "c1", "")
    with pytest.raises(Clashes) as refused:
        await office.approve(MARTA, "c1", Side.TALENT, tabled.campaign.terms.hash, "")
    assert len(refused.value.found) == 5
    assert "campaign c2 has 'Drinks'" in refused.value.found[0]
    assert "campaign c3 has this page" in refused.value.found[1]
    for fault, key in zip(refused.value.found[2:], ("focus", "claims.es", "claims.en"), strict=True):
        assert f"{key} says what names_to_avoid of the talent" in fault
    assert tabled.policy == ""
    told = [fault.replace("c2 has", "has").replace("c3 has", "has") for fault in refused.value.found[:2]]
    assert [fault.replace("another campaign", "campaign") for fault in tabled.obstacles[:2]] == told
    assert all("lona'" in fault for fault in tabled.obstacles[2:]), "they are the brand's own words"
    assert not any("talent@" in fault for fault in tabled.obstacles)
    assert (await office.look(MARTA, "c1")).obstacles == refused.value.found


BANS = "names_to_avoid:\n  - name: Sunrival\n    reason: she left them in anger\n"
SAYS = "focus:\n  - her years with Sunrival\n"


@pytest.mark.parametrize(
    ("talent", "brand", "told"),
    [
        (
            BANS,
            "focus: [cheaper than sunrival]\n",
            "campaign layer, campaign@1:3: focus says 'sunrival', which names_to_avoid of the deployment "
            "forbids: take it out",
        ),
        (
            SAYS,
            "names_to_avoid:\n  - name: Sunrival\n",
            "campaign layer, campaign@1:4: names_to_avoid 'Sunrival' forbids what the deployment says: "
            "take it out",
        ),
        (
            BANS + SAYS,
            "",
            "the talent's own rules do not go together on this page: somebody of theirs must mend them",
        ),
    ],
)
async def test_a_brand_is_told_what_to_mend_and_nothing_of_the_talent_s(
    office: Campaigning, desk: Desk, talent: str, brand: str, told: str
) -> None:
    """The talent's people are told of both lines; what they wrote stays theirs."""
    text = f"layer: deployment\nname: summer\n{talent}"

    async def publish(books: Books) -> None:
        await books.put_layer(LayerText("trina", "trina-summer", LayerKind.DEPLOYMENT, 1, text))

    await desk.write(THE_HOUSE, "", publish)
    terms = replace(TERMS, layer=campaign_layer("Kortaza", more=brand))
    await office.draft(MARTA, replace(DRAFT, terms=terms), "")
    assert (await office.look(BRUNO, "c1")).obstacles == (told,)
    [whole] = (await office.look(MARTA, "c1")).obstacles
    assert "deployment@1:" in whole


async def test_a_brand_reads_no_warning_that_tells_of_the_talent_s(office: Campaigning) -> None:
    """That a name is avoided twice says that the talent avoids it, too."""
    more = "names_to_avoid:\n  - name: Rivalona\n  - name: Apple\n"
    terms = replace(TERMS, layer=campaign_layer("Kortaza", more=more))
    await office.draft(MARTA, replace(DRAFT, terms=terms), "")
    seen, whole = (await office.look(BRUNO, "c1")).warnings, (await office.look(MARTA, "c1")).warnings
    assert any("says the same as talent layer" in warning for warning in whole)
    assert [warning for warning in whole if "talent" not in warning] == list(seen)


@pytest.mark.parametrize("type", [DeploymentType.WIDGET, DeploymentType.WHITE_LABEL])
async def test_no_campaign_runs_on_somebody_else_s_page(
    office: Campaigning, desk: Desk, type: DeploymentType
) -> None:
    """A client's site, or the talent's own domain: neither drafted nor moved there."""
    await create(desk, MARTA, page("trina--shop", type=type), "")
    terms = replace(TERMS, deployment="trina--shop")
    with pytest.raises(UsageError, match=f"trina--shop is a {type}, .* on a campaign page or a portal"):
        await office.draft(MARTA, replace(DRAFT, terms=terms), "")
    kept = await office.draft(MARTA, replace(DRAFT, terms=replace(TERMS, deployment="trina-portal")), "")
    with pytest.raises(UsageError, match="choose one"):
        await office.edit(MARTA, "c1", terms, kept.revision, "")


async def test_campaigns_that_are_not_exclusive_run_at_once(office: Campaigning, now: Calendar) -> None:
    """On pages of their own."""
    await opened(office, DRAFT)
    await opened(office, replace(RIVAL, terms=replace(RIVAL.terms, deployment="trina-winter")))
    now.at = 15_000
    states = [(await office.look(MARTA, id)).campaign.state(now()) for id in ("c1", "c2")]
    assert states == [State.LIVE, State.LIVE]


async def test_of_two_exclusive_campaigns_approved_at_once_one_wins(office: Campaigning) -> None:
    """Whoever turns the last key second is told what is in the way."""
    rivals = {
        id: replace(
            campaign,
            id=id,
            terms=replace(campaign.terms, exclusive=True, deployment=page),
        )
        for id, campaign, page in (("c1", DRAFT, "trina-summer"), ("c2", RIVAL, "trina-winter"))
    }
    for id, campaign in rivals.items():
        await office.draft(MARTA, campaign, "")
        await office.submit(MARTA, id, "")
        await office.approve(MARTA, id, Side.TALENT, campaign.terms.hash, "")
    results = await asyncio.gather(
        office.approve(BRUNO, "c1", Side.BRAND, rivals["c1"].terms.hash, ""),
        office.approve(VERA, "c2", Side.BRAND, rivals["c2"].terms.hash, ""),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Clashes", "Tabled"]


async def test_one_hand_turns_one_key(office: Campaigning, desk: Desk) -> None:
    """Whatever roles a person has been granted."""
    both = Principal("both", "Both", MARTA.grants | BRUNO.grants)
    await office.draft(both, DRAFT, "")
    await office.submit(both, "c1", "")
    await office.approve(both, "c1", Side.TALENT, TERMS.hash, "")
    with pytest.raises(NotAllowed, match="somebody else"):
        await office.approve(both, "c1", Side.BRAND, TERMS.hash, "")


async def test_a_brand_sees_its_own_campaigns_and_nothing_else(office: Campaigning, desk: Desk) -> None:
    """Not another's, by any verb; a talent's people see all of theirs."""
    await office.draft(MARTA, DRAFT, "")
    for who in (VERA, NINA, Principal("x", "X")):
        with pytest.raises(Unknown):
            await office.look(who, "c1")
        for verb in (office.submit, office.suspend, office.resume, office.end):
            with pytest.raises(Unknown):
                await verb(who, "c1", "")
        with pytest.raises(Unknown):
            await office.edit(who, "c1", TERMS, 1, "")
        for side in Side:
            with pytest.raises(Unknown):
                await office.approve(who, "c1", side, TERMS.hash, "")
            with pytest.raises(Unknown):
                await office.withdraw(who, "c1", side, "")
    assert (await office.look(OTTO, "c1")).campaign.id == "c1"


async def test_who_only_reads_changes_nothing(office: Campaigning) -> None:
    """A reviewer and a reader see the campaign, and that is all."""
    await office.draft(MARTA, DRAFT, "")
    for who in (ROSA, OTTO):
        with pytest.raises(NotAllowed):
            await office.draft(who, replace(DRAFT, id="c9"), "")
        for verb in (office.submit, office.suspend, office.resume, office.end):
            with pytest.raises(NotAllowed):
                await verb(who, "c1", "")
        with pytest.raises(NotAllowed):
            await office.withdraw(who, "c1", Side.TALENT, "")


async def test_a_brand_drafts_only_with_a_talent_that_it_works_with(office: Campaigning, desk: Desk) -> None:
    """Guessed talents are not there; one whose licence names the brand is, and so is one it had before."""
    for talent in ("trina", "oto", "made-up"):
        with pytest.raises(Unknown, match="there is no talent"):
            await office.draft(BRUNO, replace(DRAFT, talent=talent), "")

    async def name_it(books: Books) -> None:
        await books.add(Licence("named", "trina", ALWAYS, frozenset({"kortaza"})))

    await desk.write(ADMIN, "", name_it)
    await office.draft(BRUNO, DRAFT, "our idea")
    with pytest.raises(Unknown):
        await office.draft(BRUNO, RIVAL, "")
    await office.draft(MARTA, RIVAL, "")
    await office.draft(VERA, replace(RIVAL, id="c3"), "one more")


@pytest.mark.parametrize(
    "terms",
    [
        replace(TERMS, deployment="made-up"),
        replace(TERMS, deployment="oto-summer"),
        replace(TERMS, deployment="\0"),
    ],
)
async def test_a_page_of_another_talent_is_not_there(office: Campaigning, terms: Terms) -> None:
    """Neither to draft for nor to move to."""
    with pytest.raises(Unknown):
        await office.draft(MARTA, replace(DRAFT, terms=terms), "")
    await office.draft(MARTA, DRAFT, "")
    with pytest.raises(Unknown):
        await office.edit(MARTA, "c1", terms, 1, "")


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (replace(TERMS, layer=campaign_layer("Velmont")), "the sponsor here is 'Kortaza'"),
        (replace(TERMS, category="cars"), "write 'cars'"),
        (replace(TERMS, layer="layer: deployment\nname: x\n"), "no campaign layer"),
        (replace(TERMS, layer="layer: campaign\nname: x\n"), "who pays"),
        (replace(TERMS, layer="layer: campaign\nnme: x\n"), "campaign@1:2"),
        (replace(TERMS, layer="layer: [\n"), "campaign@1:"),
    ],
)
async def test_a_layer_that_is_none_of_this_campaign_is_refused(
    office: Campaigning, terms: Terms, told: str
) -> None:
    """With its line, before anybody approves it."""
    with pytest.raises(BadLayer) as refused:
        await office.draft(MARTA, replace(DRAFT, terms=terms), "")
    assert told in str(refused.value)


@pytest.mark.parametrize("window", [Window(5, 5), Window(9, 5), Window(-9, 5), Window(0, 2**63)])
async def test_a_window_that_is_none_is_refused(office: Campaigning, window: Window) -> None:
    """However it came to be."""
    with pytest.raises(BadWindow):
        await office.draft(MARTA, replace(DRAFT, terms=replace(TERMS, window=window)), "")


async def test_a_window_that_is_over_cannot_be_submitted(office: Campaigning, now: Calendar) -> None:
    """It would never be live."""
    await office.draft(MARTA, DRAFT, "")
    now.at = SOON.ends
    with pytest.raises(BadWindow):
        await office.submit(MARTA, "c1", "")


@pytest.mark.parametrize("category", ["", "x" * 65, "x" * 10_000, "dr\u202einks"])
async def test_a_category_is_a_short_name(office: Campaigning, category: str) -> None:
    """It keeps other brands away, so everybody must be able to read it."""
    with pytest.raises(UsageError):
        await office.draft(MARTA, replace(DRAFT, terms=replace(TERMS, category=category)), "")


async def test_who_edits_says_which_revision_they_saw(office: Campaigning) -> None:
    """Of two who edit at once one wins."""
    await office.draft(MARTA, DRAFT, "")
    exclusive = replace(TERMS, exclusive=True)
    await office.edit(BRUNO, "c1", exclusive, 1, "")
    with pytest.raises(Stale):
        await office.edit(MARTA, "c1", TERMS, 1, "")
    with pytest.raises(Taken):
        await office.draft(MARTA, DRAFT, "")


async def test_a_clock_that_jumps_changes_nothing_that_is_kept(office: Campaigning, now: Calendar) -> None:
    """What is live follows from the time: back in its window it is live again, and before it was not yet."""
    await opened(office, DRAFT)
    told: list[State] = []
    for now.at in (15_000, 25_000, 15_000, 5_000, 10**13, 19_999):
        told.append((await office.look(MARTA, "c1")).campaign.state(now()))
    assert told == [State.LIVE, State.ENDED, State.LIVE, State.APPROVED, State.ENDED, State.LIVE]


async def test_what_was_ended_is_over_whatever_the_clock_says(office: Campaigning, now: Calendar) -> None:
    """A fact that somebody set."""
    await opened(office, DRAFT)
    now.at = 15_000
    ended = await office.end(BRUNO, "c1", "enough")
    now.at = 12_000
    assert (await office.look(MARTA, "c1")).campaign.state(now()) is State.ENDED
    with pytest.raises(NotAllowed, match="over"):
        await office.edit(MARTA, "c1", TERMS, ended.revision, "")


async def test_what_changes_nothing_is_not_written_down(office: Campaigning, desk: Desk) -> None:
    """To submit twice is to submit once."""
    await office.draft(MARTA, DRAFT, "")
    await office.submit(MARTA, "c1", "")
    await office.submit(MARTA, "c1", "again")
    trail = (await desk.read(MARTA, lambda books: books.trail(kind="campaign"))).items
    assert [line.action for line in trail] == ["submit", "create"]


async def test_a_grant_taken_away_takes_its_key_away(office: Campaigning) -> None:
    """Who manages the brand no more turns nothing."""
    await office.draft(MARTA, DRAFT, "")
    await office.submit(MARTA, "c1", "")
    left = replace(BRUNO, grants=frozenset({Grant(Role.BRAND_MANAGER, brand="velmont")}))
    with pytest.raises(Unknown):
        await office.approve(left, "c1", Side.BRAND, TERMS.hash, "")
    for who in EVERYBODY:
        if who is not BRUNO:
            with pytest.raises((Unknown, NotAllowed)):
                await office.approve(who, "c1", Side.BRAND, TERMS.hash, "")
