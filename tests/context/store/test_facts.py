"""What decides what rules a place, read from a real database."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.admin.services.desk import Books
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.schema import audit
from gemelo.context.tenancy.campaigns import Campaign, Terms, approve, submit
from gemelo.context.tenancy.likeness import Consent, Licence, Likeness
from gemelo.context.tenancy.people import THE_HOUSE, Side
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import (
    Brand,
    Changes,
    Deployment,
    DeploymentType,
    LayerKind,
    LayerText,
    Talent,
    Twin,
)
from tests.rows import Rows

TERM = Window(0, 10_000)


async def test_facts_hold_all_that_was_set_about_a_place_and_nothing_else(
    database: Database, twins: Rows
) -> None:
    """Layers, campaigns, licences and consents of a place come back as they were, another talent's never."""
    licence = Licence("l", "leo", TERM, frozenset({"brand"}), frozenset({"ES"}))
    consent = Consent("c", "leo", Likeness.VOICE, "warm", "Tess", "0" * 64, TERM)
    campaign = submit(Campaign("one", "leo", "brand", Terms("portal", "boots", True, TERM, "a: 1")), 5)
    for side in Side:
        campaign = approve(campaign, side, f"hand-{side}", campaign.terms.hash, 7, ())
    strange = Terms("school", "tea", False, TERM, "b: 1")

    async def work(books: Books) -> LayerText:
        for noun in (
            Brand("brand", "Brand"),
            Talent("stranger", "Stranger"),
            Twin("coach", "stranger", "Coach"),
            Deployment("school", "coach", DeploymentType.WIDGET),
            Licence("theirs", "stranger", TERM),
            Campaign("two", "stranger", "brand", strange),
            campaign,
            licence,
            consent,
        ):
            await books.add(noun)
        return await books.put_layer(LayerText("host", "portal", LayerKind.DEPLOYMENT, 0, "a: 1"))

    layer = await SqlDesk(database).write(THE_HOUSE, "a test", work)
    facts = await twins.facts("portal")
    assert facts
    assert (facts.layers, facts.campaigns) == ((layer,), (campaign,))
    assert (facts.licences, facts.consents) == ((licence,), (consent,))
    assert (facts.deployment.key, facts.twin.id, facts.talent.id) == ("portal", "host", "leo")


async def test_all_places_of_a_twin_are_read_at_once(database: Database, twins: Rows) -> None:
    """Each comes back as if it had been asked for alone: the twin's layer at all, the others at their own."""
    desk = SqlDesk(database)

    async def work(books: Books) -> None:
        await books.add(Brand("brand", "Brand"))
        await books.add(Deployment("a-page", "host", DeploymentType.CAMPAIGN))
        await books.add(Licence("l", "leo", TERM))
        await books.add(Campaign("one", "leo", "brand", Terms("a-page", "boots", True, TERM, "c: 1")))
        for place, kind in ((None, LayerKind.TALENT), ("portal", LayerKind.DEPLOYMENT)):
            for text in ("a: 1", "a: 2"):
                await books.put_layer(LayerText("host", place, kind, 0, text))

    await desk.write(THE_HOUSE, "a test", work)
    found = await desk.read(THE_HOUSE, lambda books: books.places("host"))
    assert await twins.places("host") == found
    assert [facts.deployment.key for facts in found] == ["a-page", "portal"]
    assert [len(facts.layers) for facts in found] == [1, 2]
    for facts in found:
        assert facts == await twins.facts(facts.deployment.key)


async def test_changes_tell_whose_data_changed_since(database: Database, twins: Rows) -> None:
    """Who has seen the log up to a number hears of the talents in later lines only."""
    assert await twins.changes(0) == Changes(0, frozenset())
    for talent in ("first", "second", "second"):
        await _note(database, talent)
    assert await twins.changes(0) == Changes(3, frozenset({"first", "second"}))
    assert await twins.changes(1) == Changes(3, frozenset({"second"}))
    assert await twins.changes(3) == Changes(3, frozenset())


async def _note(database: Database, talent: str) -> None:
    line = dict.fromkeys(("who", "action", "kind", "target", "brand", "why"), "")
    line |= {"at": 1, "talent": talent, "change": {}}

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(insert(audit), line)

    await database.write(work)
