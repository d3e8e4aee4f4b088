from __future__ import annotations

from gemelo.context.twins import (
    Deployment,
    DeploymentStatus,
    DeploymentType,
    LayerKind,
    Twin,
)
from gemelo.models.vocabulary import Language
from tests.rows import Rows


async def test_a_deployment_comes_back_as_it_was(twins: Rows) -> None:
    """Every field of a deployment is kept."""
    campaign = Deployment(
        "campaign",
        "host",
        DeploymentType.CAMPAIGN,
        DeploymentStatus.ACTIVE,
        ("https://brand.example",),
        (Language("es"), Language("en")),
        {"accent": "#c00", "logo": {"wide": True}},
    )
    await twins.put_deployment(campaign)
    assert await twins.deployment("campaign") == campaign


async def test_a_deployment_is_closed_unless_opened(twins: Rows) -> None:
    """A deployment that names no origin admits none and is not active."""
    portal = await twins.deployment("portal")
    assert portal is not None
    assert (portal.origins, portal.status) == ((), DeploymentStatus.INACTIVE)


async def test_what_is_unknown_is_none(twins: Rows) -> None:
    """A key that nobody put finds nothing."""
    assert await twins.talent("x") is None
    assert await twins.twin("x") is None
    assert await twins.deployment("x") is None


async def test_deployments_are_listed_by_twin(twins: Rows) -> None:
    """One twin's places are told from another's, ordered by key."""
    await twins.put_twin(Twin("coach", "leo", "Leo teaches"))
    await twins.put_deployment(Deployment("school", "coach", DeploymentType.WIDGET))
    assert [place.key for place in await twins.deployments()] == ["portal", "school"]
    assert [place.key for place in await twins.deployments("coach")] == ["school"]


async def test_a_deployment_is_ruled_by_its_twin_and_by_itself(twins: Rows) -> None:
    """The newest version of each layer is given, the twin's first, and none of another place."""
    await twins.put_deployment(Deployment("campaign", "host", DeploymentType.CAMPAIGN))
    talent = await twins.put_layer("host", None, LayerKind.TALENT, "a: 1")
    brand = await twins.put_layer("host", "campaign", LayerKind.CAMPAIGN, "b: 1")
    place = await twins.put_layer("host", "campaign", LayerKind.DEPLOYMENT, "c: 1")
    brand = await twins.put_layer("host", "campaign", LayerKind.CAMPAIGN, "b: 2")
    assert brand.version == 2
    portal, campaign = await twins.facts("portal"), await twins.facts("campaign")
    assert portal
    assert campaign
    assert (portal.layers, campaign.layers) == ((talent,), (talent, brand, place))
    assert await twins.facts("unknown") is None
