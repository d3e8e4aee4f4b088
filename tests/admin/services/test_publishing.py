"""Layers, proposed, published and rolled back."""

from __future__ import annotations

import asyncio

import pytest

from gemelo.admin.services.campaigning import Campaigning
from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Desk
from gemelo.admin.services.likeness import consent
from gemelo.admin.services.publishing import Proposal, Publishing
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.context.tenancy.likeness import Consent, Likeness
from gemelo.context.tenancy.people import THE_HOUSE, Side
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import LayerKind
from gemelo.models.errors import BadLayer, NotAllowed, Stale, Unknown, UsageError
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
    campaign_layer,
)  # fmt: skip
from tests.admin.services.conftest import Calendar

TALENT = ("trina", None, LayerKind.TALENT)
PORTAL = ("trina", "trina-portal", LayerKind.DEPLOYMENT)
STRICTER = TALENT_LAYER.replace("  - name: Rivalona\n", "  - name: Rivalona\n  - name: Velmont\n")
PORTAL_LAYER = "layer: deployment\nname: portal\nlanguages: [es]\n"


@pytest.fixture
def press(desk: Desk, compiler: Compiler, now: Calendar) -> Publishing:
    return Publishing(desk, compiler, now)


async def test_a_proposal_says_what_it_would_change_and_publishes_nothing(
    press: Publishing, desk: Desk
) -> None:
    """The version it follows, the diff, and a hash to try at every place that it touches."""
    proposal = await press.propose(MARTA, *TALENT, STRICTER)
    assert (proposal.base, proposal.layer.version) == (1, 2)
    assert "+  - name: Velmont" in proposal.diff.splitlines()
    assert [one.deployment for one in proposal.touched] == ["trina-portal", "trina-summer", "trina-winter"]
    for one in proposal.touched:
        kept = await desk.read(MARTA, lambda books: books.version(one.deployment, one.policy[:8]))  # noqa: B023
        assert kept.layers[0].yaml == STRICTER
    assert (await press.newest(MARTA, *TALENT)).yaml == TALENT_LAYER


async def test_who_chooses_a_voice_that_nobody_consents_to_is_told(
    press: Publishing, desk: Desk, now: Calendar
) -> None:
    """Of each place, before it is published, until there is a consent that holds there then."""
    yaml = f"{PORTAL_LAYER}voice:\n  id: trina-warm\n"
    [portal] = (await press.propose(MARTA, *PORTAL, yaml)).touched
    assert [warning for warning in portal.warnings if "trina-warm" in warning] == [
        "nobody consents to the voice 'trina-warm' here now, so the neutral one speaks: keep a consent to it"
    ]
    given = Consent("c1", "trina", Likeness.VOICE, "trina-warm", "Trina", "ab" * 32, Window(0, now() + 5))
    await consent(desk, MARTA, given, "signed")
    [portal] = (await press.publish(MARTA, *PORTAL, yaml, 0, "her own voice")).touched
    assert not any("trina-warm" in warning for warning in portal.warnings)
    now.at += 5
    [portal] = (await press.propose(MARTA, *PORTAL, f"{yaml}focus: [goals]\n")).touched
    assert any("trina-warm" in warning for warning in portal.warnings)


async def test_a_publish_is_a_version_with_author_time_diff_and_reason(
    press: Publishing, now: Calendar
) -> None:
    """The newest first; the program wrote the first."""
    now.at = 5_000
    await press.publish(MARTA, *TALENT, STRICTER, 1, "their lawyer called")
    newest, first = await press.history(OTTO, *TALENT)
    assert (newest.layer.version, newest.layer.author, newest.layer.created, newest.layer.reason) == (
        2,
        "marta",
        5_000,
        "their lawyer called",
    )
    assert "+  - name: Velmont" in newest.diff
    assert first.diff.startswith("--- talent@0\n+++ talent@1\n")
    assert len(await press.history(OTTO, *TALENT, last=1)) == 1


async def test_two_managers_who_publish_at_once(press: Publishing) -> None:
    """One wins, the other is told to look again."""
    other = STRICTER.replace("Velmont", "Otherona")
    results = await asyncio.gather(
        press.publish(MARTA, *TALENT, STRICTER, 1, "mine"),
        press.publish(MANU, *TALENT, other, 1, "no, mine"),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Proposal", "Stale"]
    [won] = [result for result in results if isinstance(result, Proposal)]
    assert (await press.newest(MARTA, *TALENT)).yaml == won.layer.yaml


async def test_who_has_not_seen_the_newest_version_publishes_nothing(press: Publishing) -> None:
    """Neither older nor made-up numbers."""
    await press.publish(MARTA, *TALENT, STRICTER, 1, "why")
    for base in (0, 1, 3, -1):
        with pytest.raises(Stale):
            await press.publish(MARTA, *TALENT, TALENT_LAYER, base, "why")


async def test_the_newest_text_again_is_no_new_version(press: Publishing) -> None:
    """Nothing was changed."""
    assert (await press.publish(MARTA, *TALENT, TALENT_LAYER, 1, "again")).layer.version == 1
    assert len(await press.history(MARTA, *TALENT)) == 1


async def test_rolling_back_publishes_the_old_text_anew(press: Publishing) -> None:
    """History goes on: who did it, when and why stands there like any publish."""
    await press.publish(MARTA, *TALENT, STRICTER, 1, "stricter")
    back = await press.rollback(MANU, *TALENT, 1, "too strict")
    assert (back.layer.version, back.layer.yaml) == (3, TALENT_LAYER)
    assert [past.layer.reason for past in await press.history(MARTA, *TALENT)][:2] == [
        "too strict",
        "stricter",
    ]


@pytest.mark.parametrize("number", [-1, 0, 2, 10**12])
async def test_what_was_never_published_is_no_way_back(press: Publishing, number: int) -> None:
    """Only a version's own number finds it, not one near it."""
    with pytest.raises(Unknown, match=f"no version {number}"):
        await press.rollback(MARTA, *TALENT, number, "why")


async def test_a_first_layer_follows_none(press: Publishing) -> None:
    """Its base is 0."""
    assert (await press.newest(MARTA, *PORTAL)).version == 0
    assert (await press.publish(MARTA, *PORTAL, PORTAL_LAYER, 0, "Spanish only")).layer.version == 1


@pytest.mark.parametrize(
    ("yaml", "told"),
    [
        ("layer: deployment\nname: x\nlanguages: [fr]\n", ["deployment@1:3", "loosens", "trina-portal"]),
        ("layer: talent\nname: x\n", ["deployment@1:1", "layer: deployment"]),
        ("layer: deployment\nnme: x\n", ["deployment@1:2", "nme"]),
        ("layer: deployment\nname: [\n", ["deployment@1:"]),
        ("", ["deployment@1"]),
        ("a: &a [*a]", ["deployment@1"]),
        ("layer: deployment\nname: \u202ex\0\n", ["deployment@1"]),
    ],
)
async def test_a_layer_that_does_not_compile_is_refused_with_its_lines(
    press: Publishing, yaml: str, told: list[str]
) -> None:
    """Neither proposed nor published."""
    with pytest.raises(BadLayer) as refused:
        await press.propose(MARTA, *PORTAL, yaml)
    assert all(words in str(refused.value) for words in told), str(refused.value)
    with pytest.raises(BadLayer):
        await press.publish(MARTA, *PORTAL, yaml, 0, "why")
    assert (await press.newest(MARTA, *PORTAL)).version == 0


async def test_a_talent_layer_goes_with_every_place_of_its_twin(press: Publishing) -> None:
    """One that takes away a place's only language is refused, and says where."""
    await press.publish(MARTA, *PORTAL, PORTAL_LAYER, 0, "Spanish only")
    with pytest.raises(BadLayer, match=r"deployment@1:3.*\(at trina-portal\)"):
        await press.publish(MARTA, *TALENT, TALENT_LAYER.replace("[es, en]", "[en]"), 1, "English only")


async def test_a_layer_goes_with_every_campaign_that_both_sides_approved(
    press: Publishing, desk: Desk, compiler: Compiler, now: Calendar
) -> None:
    """Or its page would be closed when it begins: the talent takes its key back first."""
    office = Campaigning(desk, compiler, now)
    layer = campaign_layer("Kortaza", required="Drink with Velmont.")
    terms = Terms("trina-summer", "drinks", False, Window(10_000, 20_000), layer)
    await office.draft(MARTA, Campaign("c1", "trina", "kortaza", terms), "")
    await office.submit(MARTA, "c1", "")
    for who, side in ((MARTA, Side.TALENT), (BRUNO, Side.BRAND)):
        await office.approve(who, "c1", side, terms.hash, "")
    with pytest.raises(BadLayer, match="trina-summer under campaign c1"):
        await press.publish(MARTA, *TALENT, STRICTER, 1, "why")
    await office.withdraw(MARTA, "c1", Side.TALENT, "we fell out")
    await press.publish(MARTA, *TALENT, STRICTER, 1, "why")


async def test_only_who_manages_a_talent_publishes(press: Publishing) -> None:
    """For others it is not there, or they may only look."""
    for who in (NINA, BRUNO, NOBODY):
        with pytest.raises(Unknown):
            await press.propose(who, *TALENT, STRICTER)
        with pytest.raises(Unknown):
            await press.publish(who, *TALENT, STRICTER, 1, "why")
        with pytest.raises(Unknown):
            await press.rollback(who, *TALENT, 1, "why")
        with pytest.raises(Unknown):
            await press.history(who, *TALENT)
    for who in (ROSA, OTTO):
        with pytest.raises(NotAllowed):
            await press.propose(who, *TALENT, STRICTER)
        with pytest.raises(NotAllowed):
            await press.publish(who, *TALENT, STRICTER, 1, "why")
    await press.publish(ADMIN, *TALENT, STRICTER, 1, "by law")


async def test_a_place_holds_its_own_kind_of_layer(press: Publishing) -> None:
    """A campaign's is part of its terms."""
    for twin, deployment, kind in (
        ("trina", "trina-summer", LayerKind.CAMPAIGN),
        ("trina", None, LayerKind.DEPLOYMENT),
        ("trina", "trina-portal", LayerKind.TALENT),
    ):
        with pytest.raises(UsageError):
            await press.publish(MARTA, twin, deployment, kind, PORTAL_LAYER, 0, "why")
    for twin, deployment in (("trina", "oto-portal"), ("trina", "made-up"), ("\0", "trina-portal")):
        with pytest.raises(Unknown):
            await press.publish(MARTA, twin, deployment, LayerKind.DEPLOYMENT, PORTAL_LAYER, 0, "why")


@pytest.mark.parametrize("why", ["", " \n", "\u202e", "x" * 1001])
async def test_a_publish_says_why(press: Publishing, why: str) -> None:
    """Who reads the history asks."""
    with pytest.raises(UsageError):
        await press.publish(MARTA, *TALENT, STRICTER, 1, why)


async def test_a_publish_is_told(press: Publishing, desk: Desk) -> None:
    """In the audit log, with who and why."""
    await press.publish(MARTA, *TALENT, STRICTER, 1, "their lawyer called")
    [line] = (await desk.read(THE_HOUSE, lambda books: books.trail(limit=1))).items
    assert (line.who, line.action, line.kind, line.talent) == ("marta", "publish", "layer", "trina")
    assert line.why == "their lawyer called"
