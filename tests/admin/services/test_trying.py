"""Trying versions without publishing them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gemelo.admin.services.campaigning import Campaigning
from gemelo.admin.services.catalogue import create
from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Desk
from gemelo.admin.services.publishing import Publishing
from gemelo.admin.services.trying import Trying
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.context.tenancy.people import THE_HOUSE, Grant, Principal, Role, Side
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import Brand, LayerKind, LayerText, Version
from gemelo.models.errors import BadLayer, BadText, Closed, NotAllowed, Unknown
from tests.admin.services.cast import (
    ADMIN,
    BRUNO,
    MANU,
    MARTA,
    NINA,
    NOBODY,
    OTTO,
    ROSA,
    TALENT_LAYER,
    VERA,
    campaign_layer,
)  # fmt: skip
from tests.admin.services.conftest import Calendar
from tests.stager import ScriptedStager

TALENT = ("trina", None, LayerKind.TALENT)
STRICTER = TALENT_LAYER.replace("  - name: Rivalona\n", "  - name: Rivalona\n  - name: stadium\n")
SOON = Window(10_000, 20_000)
TERMS = Terms("trina-summer", "drinks", False, SOON, campaign_layer("Kortaza"))


@pytest.fixture
def stager() -> ScriptedStager:
    return ScriptedStager()


@pytest.fixture
def trying(desk: Desk, compiler: Compiler, stager: ScriptedStager, now: Calendar) -> Trying:
    return Trying(desk, compiler, stager, now)


@pytest.fixture
def press(desk: Desk, compiler: Compiler, now: Calendar) -> Publishing:
    return Publishing(desk, compiler, now)


@pytest.fixture
def office(desk: Desk, compiler: Compiler, now: Calendar) -> Campaigning:
    return Campaigning(desk, compiler, now)


async def test_a_candidate_answers_under_its_own_rules(
    trying: Trying, press: Publishing, stager: ScriptedStager
) -> None:
    """And what is published still under the old ones; nothing of either is stored."""
    stager.world.mind.text = "We met at the stadium."
    proposal = await press.propose(MARTA, *TALENT, STRICTER)
    candidate = proposal.touched[0]
    shown: list[str] = []
    tried = await trying.try_(MARTA, "trina-portal", candidate.policy[:8], "Where?", shown.append)
    assert tried.outcome.receipt.blocked
    assert tried.turn.policy == candidate.policy
    assert "stadium" not in tried.outcome.reply
    assert "".join(shown) == tried.outcome.reply
    assert stager.world.records.turns == {}
    same = await press.propose(MANU, *TALENT, TALENT_LAYER)
    holds = await trying.try_(MARTA, "trina-portal", same.touched[0].policy, "Where?")
    assert holds.outcome.reply.endswith("We met at the stadium.")


async def test_a_version_is_built_once(trying: Trying, press: Publishing, stager: ScriptedStager) -> None:
    """Who tries one sentence after the other does not wait each time."""
    hash = (await press.propose(MARTA, *TALENT, STRICTER)).touched[0].policy
    for _ in range(3):
        await trying.try_(MARTA, "trina-portal", hash, "hello")
    assert stager.built == [hash]


async def test_what_stands_is_a_version_too(trying: Trying, desk: Desk, compiler: Compiler) -> None:
    """Also where nobody ever proposed it; whoever errs is told which one holds."""
    with pytest.raises(Unknown, match=r"the one that holds is [0-9a-f]{64}") as refused:
        await trying.find(MARTA, "trina-portal", "0" * 64)
    hash = str(refused.value).split("holds is ")[1][:64]
    assert (await trying.find(MARTA, "trina-portal", hash[:8])).hash == hash


@pytest.mark.parametrize("hash", ["", "abc", "0" * 7, "%" * 8, "é" * 8, "\0" * 9, "x" * 10_000])
async def test_what_names_no_version_is_unknown(trying: Trying, hash: str) -> None:
    """Fewer than eight letters could be many."""
    with pytest.raises(Unknown):
        await trying.find(MARTA, "trina-portal", hash)


async def test_a_brand_tries_its_own_campaign_before_it_is_live(
    trying: Trying, office: Campaigning, press: Publishing
) -> None:
    """Every version of it; neither the place without it, nor another brand's."""
    tabled = await office.draft(MARTA, Campaign("c1", "trina", "kortaza", TERMS), "")
    rival = replace(TERMS, layer=campaign_layer("Velmont"))
    other = await office.draft(MARTA, Campaign("c2", "trina", "velmont", rival), "")
    assert (await trying.try_(BRUNO, "trina-summer", tabled.policy, "hello")).sponsor == "Kortaza"
    edited = replace(TERMS, layer=campaign_layer("Kortaza", required="Drink water."))
    newer = await office.edit(BRUNO, "c1", edited, tabled.revision, "")
    for policy in (tabled.policy, newer.policy):
        assert (await trying.find(BRUNO, "trina-summer", policy)).hash == policy
    proposal = await press.propose(MARTA, *TALENT, STRICTER)
    bare = next(one.policy for one in proposal.touched if one.deployment == "trina-summer")
    for policy in (other.policy, bare, "0" * 64):
        with pytest.raises(Unknown) as refused:
            await trying.find(BRUNO, "trina-summer", policy)
        assert "holds" not in str(refused.value)
    for place in ("trina-portal", "oto-summer", "made-up"):
        with pytest.raises(Unknown):
            await trying.find(BRUNO, place, tabled.policy)
        with pytest.raises(Unknown):
            await trying.holding(BRUNO, place)


async def test_what_holds_is_found_without_its_hash(
    trying: Trying, office: Campaigning, now: Calendar
) -> None:
    """A brand finds it while its own campaign is live, and not while another's is."""
    with pytest.raises(Closed):
        await trying.holding(MARTA, "trina-summer")
    rival = replace(TERMS, window=Window(20_000, 30_000), layer=campaign_layer("Velmont"))
    for id, brand, terms in (("c1", "kortaza", TERMS), ("c2", "velmont", rival)):
        await office.draft(MARTA, Campaign(id, "trina", brand, terms), "")
        await office.submit(MARTA, id, "")
        await office.approve(MARTA, id, Side.TALENT, terms.hash, "")
        await office.approve(BRUNO if brand == "kortaza" else VERA, id, Side.BRAND, terms.hash, "")
    now.at = 15_000
    held = await trying.holding(BRUNO, "trina-summer")
    assert held == await trying.holding(MARTA, "trina-summer")
    now.at = 25_000
    with pytest.raises(Unknown):
        await trying.holding(BRUNO, "trina-summer")


async def test_a_brand_reads_no_rule_of_the_talent(trying: Trying, office: Campaigning) -> None:
    """Of its own campaign's version it is shown its own rules and the platform's."""
    tabled = await office.draft(MARTA, Campaign("c1", "trina", "kortaza", TERMS), "")
    shown = await trying.explain(BRUNO, "trina-summer", tabled.policy)
    assert {row.layer for row in shown.rows} == {"platform", "campaign"}
    whole = await trying.explain(MARTA, "trina-summer", tabled.policy)
    assert {row.layer for row in whole.rows} == {"platform", "talent", "campaign"}
    assert shown.hash == whole.hash == tabled.policy


async def test_who_does_not_manage_a_talent_tries_nothing(trying: Trying, press: Publishing) -> None:
    """For others the place is not there; who only reads may not."""
    hash = (await press.propose(MARTA, *TALENT, STRICTER)).touched[0].policy
    for who in (NINA, BRUNO, VERA, NOBODY):
        with pytest.raises(Unknown):
            await trying.try_(who, "trina-portal", hash, "hello")
    with pytest.raises(NotAllowed):
        await trying.try_(OTTO, "trina-portal", hash, "hello")
    for who in (ADMIN, ROSA):
        await trying.try_(who, "trina-portal", hash, "hello")


async def test_another_brand_of_the_same_name_tries_nothing(
    trying: Trying, office: Campaigning, desk: Desk
) -> None:
    """Whose campaign a version holds is told by ids; nobody keeps a name to themselves."""
    namesake = Principal("vik", "Vik", frozenset({Grant(Role.BRAND_MANAGER, brand="kortaza-2")}))
    await create(desk, ADMIN, Brand("kortaza-2", "Kortaza"), "")
    mine = await office.draft(MARTA, Campaign("c1", "trina", "kortaza", TERMS), "")
    strict = replace(TERMS, layer=campaign_layer("Kortaza", required="Drink less."))
    theirs = await office.draft(MARTA, Campaign("c2", "trina", "kortaza-2", strict), "")
    for who, own, other in ((BRUNO, mine, theirs), (namesake, theirs, mine)):
        assert (await trying.find(who, "trina-summer", own.policy)).hash == own.policy
        with pytest.raises(Unknown):
            await trying.find(who, "trina-summer", other.policy)


async def test_a_brand_tries_and_is_told_which_side_s_rule_stopped_it(
    trying: Trying, office: Campaigning, press: Publishing, stager: ScriptedStager
) -> None:
    """The receipt names rule and layer, and none of the words that the rule forbids."""
    await press.publish(MARTA, *TALENT, STRICTER, 1, "a scandal")
    stager.world.mind.text = "We met at the stadium."
    tabled = await office.draft(MARTA, Campaign("c1", "trina", "kortaza", TERMS), "")
    tried = await trying.try_(BRUNO, "trina-summer", tabled.policy, "Where?")
    assert tried.outcome.receipt.blocked
    assert "stadium" not in json.dumps(tried.document())


async def test_a_version_that_no_longer_compiles_tells_a_brand_nothing_of_the_talent_s(
    trying: Trying, desk: Desk, office: Campaigning
) -> None:
    """It is kept under its hash; its talent's layer has become wrong since, e.g. by an upgrade."""
    tabled = await office.draft(MARTA, Campaign("c1", "trina", "kortaza", TERMS), "")
    [*_, campaign] = (await trying.find(MARTA, "trina-summer", tabled.policy)).layers
    wrong = LayerText("trina", None, LayerKind.TALENT, 1, "layer: talent\nname: x\nfocus: secret\n")
    broken = Version("trina-summer", "f" * 64, (wrong, campaign))
    await desk.write(THE_HOUSE, "", lambda books: books.put_versions([broken]))
    with pytest.raises(BadLayer, match="talent@1:3: focus"):
        await trying.try_(MARTA, "trina-summer", "f" * 64, "hello")
    with pytest.raises(BadLayer, match=r"^the talent's own rules do not go together on this page"):
        await trying.explain(BRUNO, "trina-summer", "f" * 64)


@pytest.mark.parametrize("text", ["", " \0", "x" * 4_001])
async def test_what_cannot_be_read_is_not_tried(trying: Trying, text: str) -> None:
    """As for any fan."""
    with pytest.raises(BadText):
        await trying.try_(THE_HOUSE, "trina-portal", "0" * 64, text)
