"""Operations on talents, brands, twins and deployments."""

from __future__ import annotations

from typing import Annotated, Protocol, TypeVar

from fastapi import APIRouter, Path, Query

from gemelo.admin.api.admin.asking import Ask, Asking, Paging, Seen
from gemelo.admin.services import catalogue
from gemelo.admin.services.desk import Kept
from gemelo.admin.shapes.base import Known, Listed
from gemelo.admin.shapes.catalogue import (
    BrandShape,
    BrandTerms,
    DeploymentShape,
    DeploymentTerms,
    NewBrand,
    NewDeployment,
    NewTalent,
    NewTwin,
    TalentShape,
    TalentTerms,
    TwinShape,
    TwinTerms,
)
from gemelo.context.twins import Brand, Deployment, Talent, Twin

N = TypeVar("N", bound=catalogue.Noun)

router = APIRouter()

TalentId = Annotated[Known, Path(description="A talent's id.", examples=["trina"])]
BrandId = Annotated[Known, Path(description="A brand's id.", examples=["kortaza"])]
TwinId = Annotated[Known, Path(description="A twin's id.", examples=["trina--coach"])]
DeploymentKey = Annotated[Known, Path(description="A deployment's key.", examples=["trina--portal"])]
Filter = Annotated[Known | None, Query(description="Only those of this one.")]


class Terms(Protocol[N]):
    """What something is to be from now on, and why."""

    @property
    def reason(self) -> str: ...
    def on(self, noun: N, /) -> N: ...


async def _change(ask: Asking, kind: type[N], id: str, to: Terms[N], seen: int) -> Kept[N]:
    known = await catalogue.see(ask.desk, ask.who, kind, id)
    return await catalogue.change(ask.desk, ask.who, to.on(known.noun), seen, to.reason)


@router.get("/talents", tags=["talents"], summary="List talents")
async def list_talents(ask: Ask, paging: Paging) -> Listed[TalentShape]:
    """Those that this key may see, by id."""
    return await ask.page(Talent, TalentShape.of, paging)


@router.post("/talents", tags=["talents"], summary="Make a talent", status_code=201)
async def make_talent(ask: Ask, body: NewTalent) -> TalentShape:
    """Only the platform does."""
    return ask.made(await catalogue.create(ask.desk, ask.who, body.noun(), body.reason), TalentShape.of)


@router.get("/talents/{talent}", tags=["talents"], summary="See a talent")
async def see_talent(ask: Ask, talent: TalentId) -> TalentShape:
    """Its name, and on whose behalf it is stopped."""
    return await ask.see(Talent, talent, TalentShape.of)


@router.put("/talents/{talent}", tags=["talents"], summary="Change a talent")
async def change_talent(ask: Ask, talent: TalentId, seen: Seen, body: TalentTerms) -> TalentShape:
    """Stopping and starting it are operations of their own."""
    return ask.kept(await _change(ask, Talent, talent, body, seen), TalentShape.of)


@router.get("/brands", tags=["brands"], summary="List brands")
async def list_brands(ask: Ask, paging: Paging) -> Listed[BrandShape]:
    """Those that this key may see, by id."""
    return await ask.page(Brand, BrandShape.of, paging)


@router.post("/brands", tags=["brands"], summary="Make a brand", status_code=201)
async def make_brand(ask: Ask, body: NewBrand) -> BrandShape:
    """Only the platform does."""
    return ask.made(await catalogue.create(ask.desk, ask.who, body.noun(), body.reason), BrandShape.of)


@router.get("/brands/{brand}", tags=["brands"], summary="See a brand")
async def see_brand(ask: Ask, brand: BrandId) -> BrandShape:
    """Its name."""
    return await ask.see(Brand, brand, BrandShape.of)


@router.put("/brands/{brand}", tags=["brands"], summary="Change a brand")
async def change_brand(ask: Ask, brand: BrandId, seen: Seen, body: BrandTerms) -> BrandShape:
    """Its name."""
    return ask.kept(await _change(ask, Brand, brand, body, seen), BrandShape.of)


@router.get("/twins", tags=["twins"], summary="List twins")
async def list_twins(ask: Ask, paging: Paging, talent: Filter = None) -> Listed[TwinShape]:
    """Those that this key may see, by id."""
    return await ask.page(Twin, TwinShape.of, paging, talent=talent)


@router.post("/twins", tags=["twins"], summary="Make a twin", status_code=201)
async def make_twin(ask: Ask, body: NewTwin) -> TwinShape:
    """Of a talent that this key manages."""
    return ask.made(await catalogue.create(ask.desk, ask.who, body.noun(), body.reason), TwinShape.of)


@router.get("/twins/{twin}", tags=["twins"], summary="See a twin")
async def see_twin(ask: Ask, twin: TwinId) -> TwinShape:
    """Its name and state."""
    return await ask.see(Twin, twin, TwinShape.of)


@router.put("/twins/{twin}", tags=["twins"], summary="Change a twin")
async def change_twin(ask: Ask, twin: TwinId, seen: Seen, body: TwinTerms) -> TwinShape:
    """Suspending and resuming it are operations of their own. One that goes live must be ready to."""
    known = await catalogue.see(ask.desk, ask.who, Twin, twin)
    wanted = body.on(known.noun)
    kept = await ask.office.validating.change_twin(ask.who, wanted, seen, body.reason)
    return ask.kept(kept, TwinShape.of)


@router.get("/deployments", tags=["deployments"], summary="List deployments")
async def list_deployments(ask: Ask, paging: Paging, twin: Filter = None) -> Listed[DeploymentShape]:
    """Those that this key may see, by key."""
    return await ask.page(Deployment, DeploymentShape.of, paging, twin=twin)


@router.post("/deployments", tags=["deployments"], summary="Make a deployment", status_code=201)
async def make_deployment(ask: Ask, body: NewDeployment) -> DeploymentShape:
    """A place for a twin that this key manages."""
    made = await ask.office.placing.make(ask.who, body.noun(), body.reason)
    return ask.made(made, DeploymentShape.of)


@router.get("/deployments/{deployment}", tags=["deployments"], summary="See a deployment")
async def see_deployment(ask: Ask, deployment: DeploymentKey) -> DeploymentShape:
    """Its type, status, origins, languages, theme and schedule."""
    return await ask.see(Deployment, deployment, DeploymentShape.of)


@router.put("/deployments/{deployment}", tags=["deployments"], summary="Change a deployment")
async def change_deployment(
    ask: Ask, deployment: DeploymentKey, seen: Seen, body: DeploymentTerms
) -> DeploymentShape:
    """It keeps its twin and its type."""
    known = await catalogue.see(ask.desk, ask.who, Deployment, deployment)
    kept = await ask.office.placing.change(ask.who, body.on(known.noun), seen, body.reason)
    return ask.kept(kept, DeploymentShape.of)
