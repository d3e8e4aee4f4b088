"""The two-key story: how a brand's campaign comes to talk through a talent's twin, and how it stops."""

from __future__ import annotations

import pytest

from gemelo.admin.services.campaigning import Campaigning
from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Desk
from gemelo.context.tenancy.campaigns import Campaign, State, Terms
from gemelo.context.tenancy.people import THE_HOUSE, Side
from gemelo.context.tenancy.standing import standing
from gemelo.context.tenancy.windows import window
from gemelo.context.twins import LayerKind
from gemelo.models.errors import Closed, NotAllowed, Stale, Unknown
from tests.admin.services.cast import ADMIN, BRUNO, MARTA, VERA, campaign_layer
from tests.admin.services.conftest import Calendar

DECEMBER = window("2026-12-01T09:00", "2026-12-31T23:59", "Europe/Madrid")
MINUTE = 60_000


async def test_two_keys(desk: Desk, compiler: Compiler, now: Calendar) -> None:
    """Both sides approve the exact terms; then it runs in its window, and either side can end it."""
    office = Campaigning(desk, compiler, now)
    now.at = DECEMBER.starts - 7 * 24 * 60 * MINUTE

    async def who_pays() -> str | None:
        """Who sponsors the page at this moment; None where nobody talks there."""
        facts = await desk.read(THE_HOUSE, lambda books: books.facts("trina-summer"))
        try:
            stands = standing(facts, now())
        except Closed:
            return None
        assert any(layer.kind is LayerKind.CAMPAIGN for layer in stands.layers)
        return stands.campaign.brand if stands.campaign else ""

    # Trina's manager drafts a campaign for Kortaza; the brand reads it, and nobody else's people see it.
    terms = Terms("trina-summer", "drinks", True, DECEMBER, campaign_layer("Kortaza"))
    await office.draft(MARTA, Campaign("december", "trina", "kortaza", terms), "as agreed by telephone")
    draft = await office.look(BRUNO, "december")
    assert draft.campaign.state(now()) is State.DRAFT
    assert draft.obstacles == ()
    with pytest.raises(Unknown):
        await office.look(VERA, "december")

    # A draft cannot be approved; what is submitted can, and what each key opens is these very terms.
    with pytest.raises(NotAllowed, match="submit it first"):
        await office.approve(BRUNO, "december", Side.BRAND, terms.hash, "")
    await office.submit(BRUNO, "december", "we are ready")
    first = await office.approve(MARTA, "december", Side.TALENT, terms.hash, "Trina likes it")
    assert first.campaign.state(now()) is State.APPROVED_BY_TALENT

    # The brand edits: the talent's key is void, and a key for the old terms opens nothing.
    better = Terms(
        "trina-summer", "drinks", True, DECEMBER, campaign_layer("Kortaza", required="Drink water.")
    )
    edited = await office.edit(BRUNO, "december", better, first.revision, "our lawyer wants this sentence")
    assert edited.campaign.state(now()) is State.DRAFT
    await office.submit(BRUNO, "december", "")
    with pytest.raises(Stale):
        await office.approve(MARTA, "december", Side.TALENT, terms.hash, "")

    # Each side turns its own key only, and the platform none.
    for who, side in ((MARTA, Side.BRAND), (BRUNO, Side.TALENT), (ADMIN, Side.TALENT), (ADMIN, Side.BRAND)):
        with pytest.raises(NotAllowed):
            await office.approve(who, "december", side, better.hash, "")
    await office.approve(BRUNO, "december", Side.BRAND, better.hash, "")
    approved = await office.approve(MARTA, "december", Side.TALENT, better.hash, "fine with us")
    assert approved.campaign.state(now()) is State.APPROVED
    assert await who_pays() is None

    # It begins and ends on the minute, wherever the server stands.
    now.at = DECEMBER.starts - 1
    assert await who_pays() is None
    now.at = DECEMBER.starts
    assert await who_pays() == "kortaza"
    now.at = DECEMBER.ends - 1
    assert await who_pays() == "kortaza"
    now.at = DECEMBER.ends
    assert await who_pays() is None

    # Either side can stop it at any time; what the talent stopped the brand cannot start again.
    now.at = DECEMBER.starts + MINUTE
    await office.suspend(MARTA, "december", "a bad week")
    assert await who_pays() is None
    with pytest.raises(NotAllowed, match="only the talent"):
        await office.resume(BRUNO, "december", "")
    await office.resume(MARTA, "december", "better now")
    assert await who_pays() == "kortaza"
    await office.withdraw(BRUNO, "december", Side.BRAND, "budget")
    assert await who_pays() is None

    # All of it stands in the audit, for both sides to read.
    trail = (await desk.read(BRUNO, lambda books: books.trail(kind="campaign"))).items
    told = [(line.who, line.action) for line in reversed(trail)]
    assert told == [
        ("marta", "create"),
        ("bruno", "submit"),
        ("marta", "approve"),
        ("bruno", "edit"),
        ("bruno", "submit"),
        ("bruno", "approve"),
        ("marta", "approve"),
        ("marta", "suspend"),
        ("marta", "resume"),
        ("bruno", "withdraw"),
    ]
