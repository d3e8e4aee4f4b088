"""What decides what rules a place, read from a real database."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.database import Database
from gemelo.context.store.schema import audit, consents
from gemelo.context.store.twins import SqlTwins
from gemelo.context.tenancy.campaigns import Campaign, Terms, approve, submit
from gemelo.context.tenancy.likeness import Consent, Licence, Likeness
from gemelo.context.tenancy.people import Side
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import Brand, Changes, Deployment, DeploymentType, LayerKind, Talent, Twin

TERM = Window(0, 10_000)


async def test_facts_hold_all_that_was_set_about_a_place_and_nothing_else(
    database: Database, twins: SqlTwins
) -> None:
    """Layers, campaigns, licences and consents of a place come back as they were, another talent's never."""
    licence = Licence("l", "leo", TERM, frozenset({"brand"}), frozenset({"ES"}))
    consent = Consent("c", "leo", Likeness.VOICE, "warm", "Tess", "0" * 64, TERM)
    await twins.put_brand(Brand("brand", "Brand"))
    await _add_stranger(twins)
    campaign = submit(Campaign("one", "leo", "brand", Terms("portal", "boots", True, TERM, "a: 1")), 5)
    for side in Side:
        campaign = approve(campaign, side, f"hand-{side}", campaign.terms.hash, 7, ())
    await twins.put_campaign(campaign)
    await twins.put_licence(licence)
    layer = await twins.put_layer("host", "portal", LayerKind.DEPLOYMENT, "a: 1")
    columns = {name: getattr(consent, name) for name in consents.c.keys() if name != "revision"}  # noqa: SIM118

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(insert(consents), columns)

    await database.write(work)
    facts = await twins.facts("portal")
    assert facts
    assert (facts.layers, facts.campaigns) == ((layer,), (campaign,))
    assert (facts.licences, facts.consents) == ((licence,), (consent,))
    assert (facts.deployment.key, facts.twin.id, facts.talent.id) == ("portal", "host", "leo")


async def _add_stranger(twins: SqlTwins) -> None:
    await twins.put_talent(Talent("stranger", "Stranger"))
    await twins.put_licence(Licence("theirs", "stranger", TERM))
    await twins.put_twin(Twin("coach", "stranger", "Coach"))
    await twins.put_deployment(Deployment("school", "coach", DeploymentType.WIDGET))
    await twins.put_campaign(
        Campaign("two", "stranger", "brand", Terms("school", "tea", False, TERM, "b: 1"))
    )


async def test_changes_tell_whose_data_changed_since(database: Database, twins: SqlTwins) -> None:
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
