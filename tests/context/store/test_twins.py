from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.context.store.twins import SqlTwins
from gemelo.context.twins import (
    Deployment,
    DeploymentStatus,
    DeploymentType,
    LayerKind,
    Talent,
    Twin,
    TwinState,
)
from gemelo.models.errors import StoreError
from gemelo.models.vocabulary import Language


async def test_a_deployment_comes_back_as_it_was(twins: SqlTwins) -> None:
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


async def test_a_deployment_is_closed_unless_opened(twins: SqlTwins) -> None:
    """A deployment that names no origin admits none and is not active."""
    portal = await twins.deployment("portal")
    assert portal is not None
    assert (portal.origins, portal.status) == ((), DeploymentStatus.INACTIVE)


async def test_putting_again_replaces(twins: SqlTwins) -> None:
    """The last version of a talent, a twin or a deployment is the one that stands."""
    await twins.put_talent(Talent("leo", "Leo A."))
    await twins.put_twin(Twin("host", "leo", "Leo", TwinState.LIVE))
    portal = Deployment("portal", "host", DeploymentType.PORTAL, DeploymentStatus.ACTIVE)
    await twins.put_deployment(portal)
    assert await twins.talent("leo") == Talent("leo", "Leo A.")
    assert await twins.twin("host") == Twin("host", "leo", "Leo", TwinState.LIVE)
    assert await twins.deployments() == (portal,)


async def test_what_is_unknown_is_none(twins: SqlTwins) -> None:
    """A key that nobody put finds nothing."""
    assert await twins.talent("x") is None
    assert await twins.twin("x") is None
    assert await twins.deployment("x") is None


async def test_deployments_are_listed_by_twin(twins: SqlTwins) -> None:
    """One twin's places are told from another's, ordered by key."""
    await twins.put_twin(Twin("coach", "leo", "Leo teaches"))
    await twins.put_deployment(Deployment("school", "coach", DeploymentType.WIDGET))
    assert [place.key for place in await twins.deployments()] == ["portal", "school"]
    assert [place.key for place in await twins.deployments("coach")] == ["school"]


async def test_a_deployment_of_an_unknown_twin_is_refused(twins: SqlTwins) -> None:
    """What belongs to nothing cannot be stored."""
    with pytest.raises(StoreError):
        await twins.put_deployment(Deployment("lost", "nobody", DeploymentType.PORTAL))
    assert await twins.deployment("lost") is None


async def test_layers_are_versioned_where_they_change(twins: SqlTwins) -> None:
    """A changed text makes the next version; the same text makes none."""
    first = await twins.put_layer("host", None, LayerKind.TALENT, "focus: [football]")
    again = await twins.put_layer("host", None, LayerKind.TALENT, "focus: [football]")
    second = await twins.put_layer("host", None, LayerKind.TALENT, "focus: [tactics]")
    assert (first.version, again.version, second.version) == (1, 1, 2)


async def test_a_deployment_is_ruled_by_its_twin_and_by_itself(twins: SqlTwins) -> None:
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


async def test_versions_of_two_places_are_counted_apart(twins: SqlTwins) -> None:
    """The same kind of layer starts at version 1 in every place."""
    await twins.put_deployment(Deployment("other", "host", DeploymentType.PORTAL))
    here = await twins.put_layer("host", "portal", LayerKind.DEPLOYMENT, "a: 1")
    there = await twins.put_layer("host", "other", LayerKind.DEPLOYMENT, "a: 1")
    assert there == replace(here, deployment="other", created=there.created)
