"""What reviewers find, in memory and on both databases."""

from __future__ import annotations

import pytest

from gemelo.admin.services.campaigning import Campaigning
from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Desk
from gemelo.admin.services.reviewing import Finding, Reviewing
from gemelo.context.store.database import Database
from gemelo.context.store.talks import SqlTalks
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.models.errors import NotAllowed, Stale, Unknown, UsageError
from tests.admin.services.cast import ALWAYS, BRUNO, MARTA, NINA, OTTO, ROSA, VERA, campaign_layer
from tests.admin.services.conftest import Calendar

TERMS = Terms("trina-summer", "drinks", False, ALWAYS, campaign_layer("Kortaza"))


@pytest.fixture
async def reviewing(desk: Desk, database: Database, compiler: Compiler, now: Calendar) -> Reviewing:
    """Of a world with one campaign."""
    await Campaigning(desk, compiler, now).draft(MARTA, Campaign("c1", "trina", "kortaza", TERMS), "")
    return Reviewing(desk, SqlTalks(database))


async def test_what_is_found_of_a_campaign_both_sides_read(reviewing: Reviewing, desk: Desk) -> None:
    """Who found it, of which terms, and why; the campaign stays as it was."""
    before = await desk.read(MARTA, lambda books: books.get(Campaign, "c1"))
    await reviewing.campaign(ROSA, "c1", TERMS.hash, Finding.FLAGGED, "she drinks none")
    for who in (MARTA, BRUNO):
        line = (await desk.read(who, lambda books: books.trail(limit=1))).items[0]
        assert (line.who, line.action, line.target, line.why) == ("rosa", "review", "c1", "she drinks none")
        assert line.change == {"terms": TERMS.hash, "finding": "flagged"}
    assert await desk.read(MARTA, lambda books: books.get(Campaign, "c1")) == before


async def test_who_does_not_review_is_refused(reviewing: Reviewing) -> None:
    """Who sees the campaign may not, for others it is not there; terms that changed are read again."""
    for who, refused in ((OTTO, NotAllowed), (BRUNO, NotAllowed), (NINA, Unknown), (VERA, Unknown)):
        with pytest.raises(refused):
            await reviewing.campaign(who, "c1", TERMS.hash, Finding.CONFORMS, "fine")
    with pytest.raises(Stale):
        await reviewing.campaign(ROSA, "c1", "0" * 32, Finding.CONFORMS, "fine")
    with pytest.raises(UsageError, match="say why"):
        await reviewing.campaign(ROSA, "c1", TERMS.hash, Finding.CONFORMS, " ")
