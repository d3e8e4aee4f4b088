"""Operations on layers: looked at, proposed, published, rolled back. A layer's ETag is its version."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query

from gemelo.admin.api.admin.asking import Ask, Asking, Seen
from gemelo.admin.api.admin.catalogue import DeploymentKey, TwinId
from gemelo.admin.services import catalogue
from gemelo.admin.shapes.publishing import (
    Candidate,
    History,
    LayerShape,
    PastShape,
    ProposalShape,
    Publication,
    Rollback,
)
from gemelo.context.twins import Deployment, LayerKind

router = APIRouter(tags=["layers"])

Last = Annotated[int, Query(ge=1, le=200, description="How many versions.")]
Which = tuple[str, str | None, LayerKind]
"""A layer's twin, its deployment where it is not the whole twin's, and its kind."""
_OF_TWIN = "/twins/{twin}/layer"
_OF_PLACE = "/deployments/{deployment}/layer"


def _of_twin(twin: TwinId) -> Which:
    return twin, None, LayerKind.TALENT


async def _of_place(ask: Ask, deployment: DeploymentKey) -> Which:
    twin = (await catalogue.see(ask.desk, ask.who, Deployment, deployment)).noun.twin
    return twin, deployment, LayerKind.DEPLOYMENT


def _shown(**more: str) -> Any:
    """A body of a deployment's layer; its shape's own example is a twin's."""
    yaml = "layer: deployment\nname: portal\n"
    return Body(openapi_examples={"deployment": {"value": {"yaml": yaml, **more}}})


OfTwin = Annotated[Which, Depends(_of_twin)]
OfPlace = Annotated[Which, Depends(_of_place)]
PlaceCandidate = Annotated[Candidate, _shown()]
PlacePublication = Annotated[Publication, _shown(reason="a calmer page")]


async def _see(ask: Asking, which: Which) -> LayerShape:
    layer = await ask.office.publishing.newest(ask.who, *which)
    ask.tag(layer.version)
    return LayerShape.of(layer)


async def _publish(ask: Asking, which: Which, seen: int, body: Publication) -> ProposalShape:
    published = await ask.office.publishing.publish(ask.who, *which, body.yaml, seen, body.reason)
    ask.tag(published.layer.version)
    return ProposalShape.of(published)


async def _propose(ask: Asking, which: Which, body: Candidate) -> ProposalShape:
    return ProposalShape.of(await ask.office.publishing.propose(ask.who, *which, body.yaml))


async def _history(ask: Asking, which: Which, last: int) -> History:
    past = await ask.office.publishing.history(ask.who, *which, last)
    return History(items=tuple(map(PastShape.of, past)))


async def _roll_back(ask: Asking, which: Which, body: Rollback) -> ProposalShape:
    return ProposalShape.of(await ask.office.publishing.rollback(ask.who, *which, body.version, body.reason))


@router.get(_OF_TWIN, summary="See a twin's layer")
async def see_twin_layer(ask: Ask, which: OfTwin) -> LayerShape:
    """The talent's rules, which hold wherever the twin lives."""
    return await _see(ask, which)


@router.put(_OF_TWIN, summary="Publish a twin's layer")
async def publish_twin_layer(ask: Ask, which: OfTwin, seen: Seen, body: Publication) -> ProposalShape:
    """Live at once in every place. The newest text again changes nothing."""
    return await _publish(ask, which, seen, body)


@router.post(_OF_TWIN + "/proposals", summary="Propose a twin's layer")
async def propose_twin_layer(ask: Ask, which: OfTwin, body: Candidate) -> ProposalShape:
    """Compiled in every place, to be tried there under the hash that is answered; nothing is published."""
    return await _propose(ask, which, body)


@router.get(_OF_TWIN + "/versions", summary="See the history of a twin's layer")
async def twin_layer_history(ask: Ask, which: OfTwin, last: Last = 20) -> History:
    """Newest first, each with what it changed."""
    return await _history(ask, which, last)


@router.post(_OF_TWIN + "/rollbacks", summary="Roll a twin's layer back")
async def roll_twin_layer_back(ask: Ask, which: OfTwin, body: Rollback) -> ProposalShape:
    """Publishes an old version's text anew; the history goes on."""
    return await _roll_back(ask, which, body)


@router.get(_OF_PLACE, summary="See a deployment's layer")
async def see_deployment_layer(ask: Ask, which: OfPlace) -> LayerShape:
    """The rules of one place."""
    return await _see(ask, which)


@router.put(_OF_PLACE, summary="Publish a deployment's layer")
async def publish_deployment_layer(
    ask: Ask, which: OfPlace, seen: Seen, body: PlacePublication
) -> ProposalShape:
    """Live at once. The newest text again changes nothing."""
    return await _publish(ask, which, seen, body)


@router.post(_OF_PLACE + "/proposals", summary="Propose a deployment's layer")
async def propose_deployment_layer(ask: Ask, which: OfPlace, body: PlaceCandidate) -> ProposalShape:
    """Compiled, to be tried under the hash that is answered; nothing is published."""
    return await _propose(ask, which, body)


@router.get(_OF_PLACE + "/versions", summary="See the history of a deployment's layer")
async def deployment_layer_history(ask: Ask, which: OfPlace, last: Last = 20) -> History:
    """Newest first, each with what it changed."""
    return await _history(ask, which, last)


@router.post(_OF_PLACE + "/rollbacks", summary="Roll a deployment's layer back")
async def roll_deployment_layer_back(ask: Ask, which: OfPlace, body: Rollback) -> ProposalShape:
    """Publishes an old version's text anew; the history goes on."""
    return await _roll_back(ask, which, body)
