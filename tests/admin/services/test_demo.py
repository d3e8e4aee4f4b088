"""The demo as it is kept: its campaigns are opened by two keys like anybody's."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemelo.admin.services.demo import CAMPAIGNS, PORTAL
from gemelo.context.store.database import Database
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.store.twins import SqlTwins
from gemelo.context.tenancy.campaigns import State, end
from gemelo.context.tenancy.people import Side
from gemelo.context.tenancy.standing import standing
from gemelo.context.twins import LayerKind
from gemelo.models.errors import Closed
from tests.server import gemelo

NOW = 1_800_000_000_000


@pytest.mark.parametrize("key", CAMPAIGNS)
async def test_a_demo_campaign_is_live_by_two_hands(demo_data: Path, key: str) -> None:
    """Each key was turned by another principal, and the layer that rules is the campaign's."""
    database = await Database.open(sqlite_url(demo_data / "gemelo.sqlite"))
    facts = await SqlTwins(database).facts(key)
    await database.close()
    assert facts
    [campaign] = facts.campaigns
    assert campaign.state(NOW) is State.LIVE
    assert {approval.side for approval in campaign.approvals} == set(Side)
    assert len({approval.by for approval in campaign.approvals}) == 2
    ruling = standing(facts, NOW).layers
    assert [layer.kind for layer in ruling] == [LayerKind.TALENT, LayerKind.CAMPAIGN]
    assert ruling[-1].yaml == campaign.terms.layer


async def test_a_demo_campaign_that_was_ended_stays_ended(own_demo: Path) -> None:
    """To install the demo again brings nothing back that somebody has stopped."""
    key = CAMPAIGNS[0]
    await _end(own_demo, key)
    again = gemelo(own_demo, "demo")
    said = gemelo(own_demo, "say", "--deployment", key, "Hello?")
    assert again.returncode == 0, again.stderr
    assert said.returncode != 0
    assert "no live campaign" in said.stderr
    assert gemelo(own_demo, "say", "--deployment", PORTAL, "Hello?").returncode == 0


async def _end(data: Path, key: str) -> None:
    database = await Database.open(sqlite_url(data / "gemelo.sqlite"))
    twins = SqlTwins(database)
    facts = await twins.facts(key)
    assert facts
    await twins.put_campaign(end(facts.campaigns[0], NOW))
    ended = await twins.facts(key)
    await database.close()
    assert ended
    with pytest.raises(Closed):
        standing(ended, NOW)
