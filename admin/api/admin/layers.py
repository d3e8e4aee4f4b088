"""Operations on layers: looked at, proposed, published, rolled back. A layer's ETag is its version."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from gemelo.admin.api.admin.asking import Rooms, Seen, Who
from gemelo.admin.api.admin.catalogue import DeploymentKey, TwinId
from gemelo.admin.api.admin.locking import tag
from gemelo.admin.services import catalogue
from gemelo.admin.services.office import Office
from gemelo.admin.shapes.publishing import (
    Candidate,
    History,
    LayerShape,
    PastShape,
    ProposalShape,
    Publication,
    Rollback,
)
from gemelo.context.tenancy.people import Principal
from gemelo.context.twins import Deployment, LayerKind

router = APIRouter(tags=["layers"])

Last = Annotated[int, Query(ge=1, le=200, description="How many versions.")]
_OF_TWIN = "/twins/{twin}/layer"
_OF_PLACE = "/deployments/{deployment}/layer"


async def _twin(office: Office, who: Principal, key: str) -> str:
    return (await catalogue.see(office.desk, who, Deployment, key)).noun.twin


@router.get(_OF_TWIN, summary="See a twin's layer")
async def see_twin_layer(office: Rooms, who: Who, twin: TwinId, response: Response) -> LayerShape:
    """The talent's rules, which hold wherever the twin lives."""
    layer = await office.publishing.newest(who, twin, None, LayerKind.TALENT)
    tag(response, layer.version)
    return LayerShape.of(layer)


@router.put(_OF_TWIN, summary="Publish a twin's layer")
async def publish_twin_layer(
    office: Rooms, who: Who, twin: TwinId, seen: Seen, body: Publication, response: Response
) -> ProposalShape:
    """Live at once in every place. The newest text again changes nothing."""
    published = await office.publishing.publish(
        who, twin, None, LayerKind.TALENT, body.yaml, seen, body.reason
    )
    tag(response, published.layer.version)
    return ProposalShape.of(published)


@router.post(_OF_TWIN + "/proposals", summary="Propose a twin's layer")
async def propose_twin_layer(office: Rooms, who: Who, twin: TwinId, body: Candidate) -> ProposalShape:
    """Compiled in every place, to be tried there under the hash that is answered; nothing is published."""
    return ProposalShape.of(await office.publishing.propose(who, twin, None, LayerKind.TALENT, body.yaml))


@router.get(_OF_TWIN + "/versions", summary="See the history of a twin's layer")
async def twin_layer_history(office: Rooms, who: Who, twin: TwinId, last: Last = 20) -> History:
    """Newest first, each with what it changed."""
    past = await office.publishing.history(who, twin, None, LayerKind.TALENT, last)
    return History(items=tuple(map(PastShape.of, past)))


@router.post(_OF_TWIN + "/rollbacks", summary="Roll a twin's layer back")
async def roll_twin_layer_back(office: Rooms, who: Who, twin: TwinId, body: Rollback) -> ProposalShape:
    """Publishes an old version's text anew; the history goes on."""
    back = await office.publishing.rollback(who, twin, None, LayerKind.TALENT, body.version, body.reason)
    return ProposalShape.of(back)


@router.get(_OF_PLACE, summary="See a deployment's layer")
async def see_deployment_layer(
    office: Rooms, who: Who, deployment: DeploymentKey, response: Response
) -> LayerShape:
    """The rules of one place."""
    twin = await _twin(office, who, deployment)
    layer = await office.publishing.newest(who, twin, deployment, LayerKind.DEPLOYMENT)
    tag(response, layer.version)
    return LayerShape.of(layer)


@router.put(_OF_PLACE, summary="Publish a deployment's layer")
async def publish_deployment_layer(
    office: Rooms, who: Who, deployment: DeploymentKey, seen: Seen, body: Publication, response: Response
) -> ProposalShape:
    """Live at once. The newest text again changes nothing."""
    twin = await _twin(office, who, deployment)
    published = await office.publishing.publish(
        who, twin, deployment, LayerKind.DEPLOYMENT, body.yaml, seen, body.reason
    )
    tag(response, published.layer.version)
    return ProposalShape.of(published)


@router.post(_OF_PLACE + "/proposals", summary="Propose a deployment's layer")
async def propose_deployment_layer(
    office: Rooms, who: Who, deployment: DeploymentKey, body: Candidate
) -> ProposalShape:
    """Compiled, to be tried under the hash that is answered; nothing is published."""
    twin = await _twin(office, who, deployment)
    return ProposalShape.of(
        await office.publishing.propose(who, twin, deployment, LayerKind.DEPLOYMENT, body.yaml)
    )


@router.get(_OF_PLACE + "/versions", summary="See the history of a deployment's layer")
async def deployment_layer_history(
    office: Rooms, who: Who, deployment: DeploymentKey, last: Last = 20
) -> History:
    """Newest first, each with what it changed."""
    twin = await _twin(office, who, deployment)
    past = await office.publishing.history(who, twin, deployment, LayerKind.DEPLOYMENT, last)
    return History(items=tuple(map(PastShape.of, past)))


@router.post(_OF_PLACE + "/rollbacks", summary="Roll a deployment's layer back")
async def roll_deployment_layer_back(
    office: Rooms, who: Who, deployment: DeploymentKey, body: Rollback
) -> ProposalShape:
    """Publishes an old version's text anew; the history goes on."""
    twin = await _twin(office, who, deployment)
    back = await office.publishing.rollback(
        who, twin, deployment, LayerKind.DEPLOYMENT, body.version, body.reason
    )
    return ProposalShape.of(back)
