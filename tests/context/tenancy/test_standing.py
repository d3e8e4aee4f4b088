"""What stands at one place at one moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.context.tenancy.campaigns import Approval, Campaign, Terms
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.people import Party, Side
from gemelo.context.tenancy.standing import Facts, Reason, licensed, next_change, standing
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import (
    Deployment,
    DeploymentStatus,
    DeploymentType,
    LayerKind,
    LayerText,
    Talent,
    Twin,
    TwinState,
)
from gemelo.models.errors import Closed

TERMS = Terms("page", "drinks", False, Window(100, 200), "layer: campaign")
KEYS = (Approval(Side.TALENT, "marta", TERMS.hash, 50), Approval(Side.BRAND, "bruno", TERMS.hash, 60))
CAMPAIGN = Campaign("c", "trina", "kortaza", TERMS, submitted=True, approvals=KEYS)
OWN = LayerText("host", "page", LayerKind.DEPLOYMENT, 1, "layer: deployment")
PORTAL = Facts(
    Deployment("page", "host", DeploymentType.PORTAL, DeploymentStatus.ACTIVE),
    Twin("host", "trina", "Trina", TwinState.LIVE),
    Talent("trina", "Trina Sol"),
    layers=(OWN,),
    campaigns=(CAMPAIGN,),
    licences=(Licence("l", "trina", Window(0, 1_000)),),
)
PAGE = replace(PORTAL, deployment=replace(PORTAL.deployment, type=DeploymentType.CAMPAIGN))


def why(facts: Facts, now: int = 150, territory: str | None = None) -> str:
    """Why nobody talks there; empty where somebody does."""
    try:
        standing(facts, now, territory)
    except Closed as closed:
        return closed.reason
    return ""


@pytest.mark.parametrize(("now", "kinds"), [(99, 1), (100, 2), (199, 2), (200, 1)])
def test_a_campaign_rules_a_portal_in_its_window_and_no_longer(now: int, kinds: int) -> None:
    """Before and after it the place goes on under its own layers."""
    assert len(standing(PORTAL, now).layers) == kinds


@pytest.mark.parametrize(("now", "reason"), [(99, Reason.NO_CAMPAIGN), (150, ""), (200, Reason.NO_CAMPAIGN)])
def test_a_campaign_s_page_is_open_as_long_as_it_is_live(now: int, reason: str) -> None:
    """To the millisecond."""
    assert why(PAGE, now) == reason


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(PORTAL, talent=Talent("trina", "Trina", frozenset({Party.TALENT}))), Reason.TALENT_STOPPED),
        (replace(PORTAL, twin=replace(PORTAL.twin, state=TwinState.DRAFT)), Reason.TWIN),
        (
            replace(PORTAL, deployment=replace(PORTAL.deployment, status=DeploymentStatus.INACTIVE)),
            Reason.INACTIVE,
        ),
        (
            replace(PORTAL, deployment=replace(PORTAL.deployment, status=DeploymentStatus.SCHEDULED)),
            Reason.SCHEDULE,
        ),
        (replace(PORTAL, licences=()), Reason.LICENCE),
    ],
    ids=str,
)
def test_nobody_talks_at_a_place_that_is_not_open(facts: Facts, reason: str) -> None:
    """Whatever the reason."""
    assert why(facts) == reason


def test_strangers_are_not_told_why() -> None:
    """The sentence is the same for each reason: that is between a talent and its brands."""
    with pytest.raises(Closed) as stopped:
        standing(replace(PORTAL, talent=Talent("trina", "Trina", frozenset({Party.TALENT}))), 150)
    with pytest.raises(Closed) as unlicensed:
        standing(replace(PORTAL, licences=()), 150)
    assert str(stopped.value) == str(unlicensed.value)
    assert stopped.value.reason != unlicensed.value.reason


OTHER_BRANDS = (Licence("l", "trina", Window(0, 1_000), brands=frozenset({"solaris"})),)


OTHER_TOPICS = (Licence("l", "trina", Window(0, 1_000), topics=frozenset({"betting"})),)


@pytest.mark.parametrize("licences", [OTHER_BRANDS, OTHER_TOPICS], ids=["brand", "topic"])
def test_a_brand_without_a_licence_takes_no_portal_down(licences: tuple[Licence, ...]) -> None:
    """The talent's own place goes on without the campaign; the campaign's own page closes."""
    assert standing(replace(PORTAL, licences=licences), 150).campaign is None
    assert why(replace(PAGE, licences=licences)) == Reason.LICENCE


@pytest.mark.parametrize(
    ("licence", "covered"),
    [
        (Licence("l", "trina", Window(0, 1_000)), True),
        (Licence("l", "trina", Window(150, 1_000)), False),
        (Licence("l", "trina", Window(0, 199)), False),
        (OTHER_BRANDS[0], False),
        (OTHER_TOPICS[0], False),
        (Licence("l", "trina", Window(0, 1_000), territories=frozenset({"ES"})), True),
    ],
    ids="all late early brand topic territory".split(),
)
def test_a_campaign_is_licensed_for_all_of_its_window(licence: Licence, covered: bool) -> None:
    """Whatever the territory: that is asked of each fan."""
    assert licensed(replace(PAGE, licences=(licence,)), CAMPAIGN) is covered


def test_a_fan_must_be_where_the_licence_holds() -> None:
    """Of whom nobody knows where they are is nowhere."""
    spain = replace(
        PORTAL, licences=(Licence("l", "trina", Window(0, 1_000), territories=frozenset({"ES"})),)
    )
    assert why(spain) == why(spain, territory="ES") == ""
    assert why(spain, territory="MX") == why(spain, territory="") == Reason.LICENCE


def test_the_next_change_is_the_nearest_edge_of_a_window() -> None:
    """Of campaigns, licences and all else that has a term."""
    assert [next_change(PORTAL, now) for now in (0, 100, 199, 200, 1_000)] == [100, 200, 200, 1_000, None]
