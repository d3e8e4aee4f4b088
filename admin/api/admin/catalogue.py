"""Operations on talents, brands, twins and deployments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from gemelo.admin.api.admin.asking import Paging, Rooms, Seen, Who
from gemelo.admin.api.admin.locking import tag
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

router = APIRouter()

TalentId = Annotated[Known, Path(description="A talent's id.", examples=["trina"])]
BrandId = Annotated[Known, Path(description="A brand's id.", examples=["kortaza"])]
TwinId = Annotated[Known, Path(description="A twin's id.", examples=["trina-coach"])]
DeploymentKey = Annotated[Known, Path(description="A deployment's key.", examples=["trina-portal"])]
Filter = Annotated[Known | None, Query(description="Only those of this one.")]
_FIRST = 1
"""Revision of what was just made."""


@router.get("/talents", tags=["talents"], summary="List talents")
async def list_talents(office: Rooms, who: Who, paging: Paging) -> Listed[TalentShape]:
    """Those that this key may see, by id."""
    found = await catalogue.page(office.desk, who, Talent, paging.after, paging.limit)
    return paging.listed(found, TalentShape.of)


@router.post("/talents", tags=["talents"], summary="Make a talent", status_code=201)
async def make_talent(office: Rooms, who: Who, body: NewTalent, response: Response) -> TalentShape:
    """Only the platform does."""
    made = await catalogue.create(office.desk, who, body.noun(), body.reason)
    tag(response, _FIRST)
    return TalentShape.of(Kept(made, _FIRST))


@router.get("/talents/{talent}", tags=["talents"], summary="See a talent")
async def see_talent(office: Rooms, who: Who, talent: TalentId, response: Response) -> TalentShape:
    """Its name, and on whose behalf it is stopped."""
    kept = await catalogue.see(office.desk, who, Talent, talent)
    tag(response, kept.revision)
    return TalentShape.of(kept)


@router.put("/talents/{talent}", tags=["talents"], summary="Change a talent")
async def change_talent(
    office: Rooms, who: Who, talent: TalentId, seen: Seen, body: TalentTerms, response: Response
) -> TalentShape:
    """Stopping and starting it are operations of their own."""
    known = await catalogue.see(office.desk, who, Talent, talent)
    kept = await catalogue.change(office.desk, who, body.on(known.noun), seen, body.reason)
    tag(response, kept.revision)
    return TalentShape.of(kept)


@router.get("/brands", tags=["brands"], summary="List brands")
async def list_brands(office: Rooms, who: Who, paging: Paging) -> Listed[BrandShape]:
    """Those that this key may see, by id."""
    found = await catalogue.page(office.desk, who, Brand, paging.after, paging.limit)
    return paging.listed(found, BrandShape.of)


@router.post("/brands", tags=["brands"], summary="Make a brand", status_code=201)
async def make_brand(office: Rooms, who: Who, body: NewBrand, response: Response) -> BrandShape:
    """Only the platform does."""
    made = await catalogue.create(office.desk, who, body.noun(), body.reason)
    tag(response, _FIRST)
    return BrandShape.of(Kept(made, _FIRST))


@router.get("/brands/{brand}", tags=["brands"], summary="See a brand")
async def see_brand(office: Rooms, who: Who, brand: BrandId, response: Response) -> BrandShape:
    """Its name."""
    kept = await catalogue.see(office.desk, who, Brand, brand)
    tag(response, kept.revision)
    return BrandShape.of(kept)


@router.put("/brands/{brand}", tags=["brands"], summary="Change a brand")
async def change_brand(
    office: Rooms, who: Who, brand: BrandId, seen: Seen, body: BrandTerms, response: Response
) -> BrandShape:
    """Its name."""
    known = await catalogue.see(office.desk, who, Brand, brand)
    kept = await catalogue.change(office.desk, who, body.on(known.noun), seen, body.reason)
    tag(response, kept.revision)
    return BrandShape.of(kept)


@router.get("/twins", tags=["twins"], summary="List twins")
async def list_twins(office: Rooms, who: Who, paging: Paging, talent: Filter = None) -> Listed[TwinShape]:
    """Those that this key may see, by id."""
    where = {"talent": talent} if talent else {}
    found = await catalogue.page(office.desk, who, Twin, paging.after, paging.limit, **where)
    return paging.listed(found, TwinShape.of)


@router.post("/twins", tags=["twins"], summary="Make a twin", status_code=201)
async def make_twin(office: Rooms, who: Who, body: NewTwin, response: Response) -> TwinShape:
    """Of a talent that this key manages."""
    made = await catalogue.create(office.desk, who, body.noun(), body.reason)
    tag(response, _FIRST)
    return TwinShape.of(Kept(made, _FIRST))


@router.get("/twins/{twin}", tags=["twins"], summary="See a twin")
async def see_twin(office: Rooms, who: Who, twin: TwinId, response: Response) -> TwinShape:
    """Its name and state."""
    kept = await catalogue.see(office.desk, who, Twin, twin)
    tag(response, kept.revision)
    return TwinShape.of(kept)


@router.put("/twins/{twin}", tags=["twins"], summary="Change a twin")
async def change_twin(
    office: Rooms, who: Who, twin: TwinId, seen: Seen, body: TwinTerms, response: Response
) -> TwinShape:
    """Suspending and resuming it are operations of their own."""
    known = await catalogue.see(office.desk, who, Twin, twin)
    kept = await catalogue.change(office.desk, who, body.on(known.noun), seen, body.reason)
    tag(response, kept.revision)
    return TwinShape.of(kept)


@router.get("/deployments", tags=["deployments"], summary="List deployments")
async def list_deployments(
    office: Rooms, who: Who, paging: Paging, twin: Filter = None
) -> Listed[DeploymentShape]:
    """Those that this key may see, by key."""
    where = {"twin": twin} if twin else {}
    found = await catalogue.page(office.desk, who, Deployment, paging.after, paging.limit, **where)
    return paging.listed(found, DeploymentShape.of)


@router.post("/deployments", tags=["deployments"], summary="Make a deployment", status_code=201)
async def make_deployment(
    office: Rooms, who: Who, body: NewDeployment, response: Response
) -> DeploymentShape:
    """A place for a twin that this key manages."""
    made = await office.placing.make(who, body.noun(), body.reason)
    tag(response, _FIRST)
    return DeploymentShape.of(Kept(made, _FIRST))


@router.get("/deployments/{deployment}", tags=["deployments"], summary="See a deployment")
async def see_deployment(
    office: Rooms, who: Who, deployment: DeploymentKey, response: Response
) -> DeploymentShape:
    """Its type, status, origins, languages, theme and schedule."""
    kept = await catalogue.see(office.desk, who, Deployment, deployment)
    tag(response, kept.revision)
    return DeploymentShape.of(kept)


@router.put("/deployments/{deployment}", tags=["deployments"], summary="Change a deployment")
async def change_deployment(
    office: Rooms, who: Who, deployment: DeploymentKey, seen: Seen, body: DeploymentTerms, response: Response
) -> DeploymentShape:
    """It keeps its twin and its type."""
    known = await catalogue.see(office.desk, who, Deployment, deployment)
    kept = await office.placing.change(who, body.on(known.noun), seen, body.reason)
    tag(response, kept.revision)
    return DeploymentShape.of(kept)
