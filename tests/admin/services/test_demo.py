"""The demo as it is kept: its campaigns are opened by two keys like anybody's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gemelo.admin.services.demo import CAMPAIGNS, MANAGER, PORTAL, TWIN
from gemelo.admin.services.desk import Books
from gemelo.context.persona.cases import LEAST
from gemelo.context.persona.kept import PersonaText
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.documents import SqlDocuments
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.store.twins import SqlTwins
from gemelo.context.tenancy.campaigns import Campaign, State, end
from gemelo.context.tenancy.people import THE_HOUSE, Side
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
    assert [layer.kind for layer in ruling] == [LayerKind.PERSONA, LayerKind.TALENT, LayerKind.CAMPAIGN]
    assert ruling[-1].yaml == campaign.terms.layer


async def test_every_passage_of_the_demo_is_learned(demo_data: Path) -> None:
    """Nothing that Vera says of herself and of her page is taken for orders to a model."""
    database = await Database.open(sqlite_url(demo_data / "gemelo.sqlite"))
    learned = await SqlDocuments(database).all("vera-golazo")
    await database.close()
    assert learned
    assert [(document.path, document.note) for document in learned if document.note] == []


async def test_a_demo_that_was_learned_by_other_rules_is_learned_anew(own_demo: Path) -> None:
    """What an earlier version screened out comes back; learned by the rules of now, nothing is read again."""
    database = await Database.open(sqlite_url(own_demo / "gemelo.sqlite"))
    documents = SqlDocuments(database)
    first, *_ = await documents.all("vera-golazo")
    await documents.put("vera-golazo", replace(first, passages=first.passages[1:], recipe="an earlier one"))
    again, once_more = gemelo(own_demo, "demo"), gemelo(own_demo, "demo")
    brought, *_ = await documents.all("vera-golazo")
    await database.close()
    assert brought == first, again.stderr
    assert "up to date" in once_more.stderr


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

    async def work(books: Books) -> None:
        kept = await books.get(Campaign, key)
        await books.replace(end(kept.noun, NOW))

    await SqlDesk(database).write(THE_HOUSE, "a test", work)
    ended = await SqlTwins(database).facts(key)
    await database.close()
    assert ended
    with pytest.raises(Closed):
        standing(ended, NOW)


async def test_what_was_done_in_the_demo_is_in_the_log(demo_data: Path) -> None:
    """Each key of each campaign was turned by its own side's principal; nothing was written past the log."""
    database = await Database.open(sqlite_url(demo_data / "gemelo.sqlite"))
    page = await SqlDesk(database).read(THE_HOUSE, lambda books: books.trail(limit=200))
    await database.close()
    approved = ("approve", "campaign")
    turned = [(entry.target, entry.who) for entry in page.items if (entry.action, entry.kind) == approved]
    assert sorted(turned) == [
        ("demo-campaign-a", "demo-brisalta"),
        ("demo-campaign-a", "demo-talent-manager"),
        ("demo-campaign-b", "demo-kortaza"),
        ("demo-campaign-b", "demo-talent-manager"),
    ]
    assert {entry.kind for entry in page.items} >= {
        "talent",
        "twin",
        "deployment",
        "layer",
        "licence",
        "brand",
    }


async def test_a_demo_of_an_earlier_version_gets_its_campaigns(own_demo: Path) -> None:
    """Where the data knew neither campaigns nor licences, installing again brings them, and talk goes on."""
    await _forget(own_demo)
    assert gemelo(own_demo, "say", "--deployment", CAMPAIGNS[0], "Hello?").returncode != 0
    again = gemelo(own_demo, "demo")
    said = gemelo(own_demo, "say", "--deployment", CAMPAIGNS[0], "Hello?")
    assert (again.returncode, said.returncode) == (0, 0), again.stderr + said.stderr
    assert "Sponsored by Brisalta" in said.stdout


async def _forget(data: Path) -> None:
    """Takes the schema back to before there were campaigns; the next start brings it forward."""
    database = await Database.open(sqlite_url(data / "gemelo.sqlite"))
    await database.downgrade("0002")
    await database.close()


async def test_the_demo_talks_under_a_persona_that_was_approved(demo_data: Path) -> None:
    """Drawn by the same code as anybody's, approved by its manager to the letter, and above the bar."""
    database = await Database.open(sqlite_url(demo_data / "gemelo.sqlite"))
    kept = await SqlDesk(database).read(THE_HOUSE, lambda books: books.get(PersonaText, TWIN))
    facts = await SqlTwins(database).facts(PORTAL)
    await database.close()
    assert kept.noun.is_approved
    assert kept.noun.by == MANAGER
    assert kept.noun.validation
    assert kept.noun.validation.passed
    assert kept.noun.validation.asked >= LEAST
    assert facts
    [layer] = [layer for layer in standing(facts, NOW).layers if layer.kind is LayerKind.PERSONA]
    assert kept.noun.hash in layer.yaml


async def test_a_persona_that_people_have_edited_stays(own_demo: Path) -> None:
    """To install the demo again draws it anew only where its texts are others and nobody has touched it."""
    mine = own_demo / "persona.yaml"
    gemelo(own_demo, "persona", "--twin", TWIN, "--out", str(mine))
    mine.write_text("# mine\n" + mine.read_text("utf-8"), "utf-8")
    put = gemelo(own_demo, "persona", "--twin", TWIN, "--put", str(mine))
    assert put.returncode == 0, put.stderr
    again = gemelo(own_demo, "demo")
    assert "as people have left it" in again.stderr
    shown = gemelo(own_demo, "persona", "--twin", TWIN)
    assert shown.stdout.startswith("# mine\n")
    assert "not approved as it stands" in shown.stderr
