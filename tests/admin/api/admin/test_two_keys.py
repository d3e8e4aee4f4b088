"""The life of a campaign, as its two sides live it through the client."""

from __future__ import annotations

import pytest

from gemelo.admin.client import Refused
from gemelo.admin.shapes.base import Hours
from gemelo.admin.shapes.campaigns import CampaignTerms, NewCampaign, TermsShape
from gemelo.admin.shapes.likeness import NewLicence
from gemelo.context.tenancy.campaigns import State
from gemelo.context.tenancy.people import Side
from tests.admin.api.admin.world import World
from tests.admin.services.cast import ADMIN, BRUNO, MARTA, VERA, campaign_layer

WINDOW = Hours(starts="2027-02-01T09:00", ends="2027-02-14T20:00", zone="Europe/Madrid")
LATER = Hours(starts="2027-02-03T09:00", ends="2027-02-14T20:00", zone="Europe/Madrid")
FIRST_MS, LAST_MS = 1_801_641_600_000, 1_802_631_600_000
"""The window `LATER` in ms since 1970 UTC."""


def terms(brand: str, window: Hours, deployment: str, *, exclusive: bool = False) -> TermsShape:
    layer = campaign_layer(brand)
    return TermsShape(
        deployment=deployment, category="drinks", exclusive=exclusive, window=window, layer=layer
    )


async def test_two_keys_open_a_campaign_and_its_window_ends_it(world: World) -> None:
    """Both approve the very terms; an edit voids both keys; the clock starts and ends it."""
    marta, bruno, vera = world.client(MARTA), world.client(BRUNO), world.client(VERA)
    licence = NewLicence(talent="trina", term=WINDOW, brands=("kortaza",), reason="so that they meet")
    await marta.give_licence(licence)

    new = NewCampaign(
        talent="trina",
        brand="kortaza",
        terms=terms("Kortaza", WINDOW, "trina-summer", exclusive=True),
        reason="their winter campaign",
    )
    drafted = await bruno.draft(new)
    assert drafted.state is State.DRAFT
    submitted = await bruno.submit(drafted.id, "ready")

    signed = await bruno.approve(submitted, Side.BRAND, "read and agreed")
    assert signed.state is State.APPROVED_BY_BRAND
    with pytest.raises(Refused, match="403 not_allowed"):
        await bruno.approve(submitted, Side.TALENT, "for them too")

    edit = CampaignTerms(
        terms=terms("Kortaza", LATER, "trina-summer", exclusive=True), reason="two days later"
    )
    edited = await marta.edit(await marta.campaign(drafted.id), edit)
    assert (edited.state, edited.approvals) == (State.DRAFT, ())
    resubmitted = await marta.submit(drafted.id, "once more")
    with pytest.raises(Refused) as refused:
        await marta.approve(submitted, Side.TALENT, "the old terms")
    assert (refused.value.problem.status, refused.value.problem.code) == (409, "stale")

    await marta.approve(resubmitted, Side.TALENT, "agreed")
    opened = await bruno.approve(resubmitted, Side.BRAND, "agreed")
    assert opened.state is State.APPROVED

    world.now.at = FIRST_MS - 1
    assert (await bruno.campaign(drafted.id)).state is State.APPROVED
    world.now.at = FIRST_MS
    assert (await bruno.campaign(drafted.id)).state is State.LIVE
    assert (await marta.suspend(drafted.id, "a stray sentence")).state is State.SUSPENDED
    with pytest.raises(Refused, match="403"):
        await bruno.resume(drafted.id, "it was ours")
    assert (await marta.resume(drafted.id, "it is mended")).state is State.LIVE
    world.now.at = LAST_MS
    assert (await marta.campaign(drafted.id)).state is State.ENDED

    with pytest.raises(Refused, match="404"):
        await vera.campaign(drafted.id)
    lines = [entry async for entry in marta.audit(kind="campaign", target=drafted.id)]
    assert [(line.action, line.who) for line in reversed(lines)] == [
        ("create", "bruno"),
        ("submit", "bruno"),
        ("approve", "bruno"),
        ("edit", "marta"),
        ("submit", "marta"),
        ("approve", "marta"),
        ("approve", "bruno"),
        ("suspend", "marta"),
        ("resume", "marta"),
    ]
    assert all(line.why for line in lines)


async def test_an_exclusive_campaign_keeps_a_rival_out(world: World) -> None:
    """At approval time, with everything that is in the way in one sentence."""
    marta, admin = world.client(MARTA), world.client(ADMIN)

    async def table(brand: str, name: str, deployment: str) -> str:
        new = NewCampaign(
            talent="trina", brand=brand, terms=terms(name, WINDOW, deployment, exclusive=True), reason="x"
        )
        return (await marta.submit((await marta.draft(new)).id, "x")).id

    first, second = (
        await table("kortaza", "Kortaza", "trina-summer"),
        await table("velmont", "Velmont", "trina-winter"),
    )
    for who, side in ((marta, Side.TALENT), (world.client(BRUNO), Side.BRAND)):
        await who.approve(await who.campaign(first), side, "x")
    rival = await marta.campaign(second)
    assert rival.obstacles
    with pytest.raises(Refused) as refused:
        await marta.approve(rival, Side.TALENT, "x")
    assert (refused.value.problem.status, refused.value.problem.code) == (409, "clashes")
    with pytest.raises(Refused, match="403"):
        await admin.approve(rival, Side.TALENT, "the platform holds nobody's key")


@pytest.mark.parametrize(
    ("starts", "ends", "zone", "says"),
    [
        ("2027-02-14T20:00", "2027-02-01T09:00", "Europe/Madrid", "end must come later"),
        ("2027-02-01T09:00", "2027-02-14T20:00", "Europe/Madird", "no time zone"),
        ("2027-10-31T02:30", "2027-11-14T20:00", "Europe/Madrid", "happens twice"),
        ("2027-03-28T02:30", "2027-04-14T20:00", "Europe/Madrid", "no such hour"),
        ("0001-01-01T00:00", "9999-12-31T23:59", "Pacific/Kiritimati", "window"),
        ("2027-02-30T00:00", "2027-03-31T23:59", "UTC", "no date and time"),
    ],
)
async def test_a_window_that_cannot_be_is_refused(
    world: World, starts: str, ends: str, zone: str, says: str
) -> None:
    """With a sentence that says what to write."""
    window = Hours(starts=starts, ends=ends, zone=zone)
    new = NewCampaign(
        talent="trina", brand="kortaza", terms=terms("Kortaza", window, "trina-summer"), reason="x"
    )
    with pytest.raises(Refused, match=says) as refused:
        await world.client(MARTA).draft(new)
    assert refused.value.problem.status == 422
