"""Operations on licences and consents, and the switches that end live sessions at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from gemelo.admin.api.admin.asking import Paging, Rooms, Who
from gemelo.admin.api.admin.catalogue import Filter, TalentId, TwinId
from gemelo.admin.api.admin.locking import tag
from gemelo.admin.services import catalogue, likeness, switches
from gemelo.admin.services.desk import Kept
from gemelo.admin.shapes.base import Change, Known, Listed
from gemelo.admin.shapes.catalogue import TalentShape, TwinShape
from gemelo.admin.shapes.likeness import ConsentShape, LicenceShape, NewConsent, NewLicence
from gemelo.context.tenancy.likeness import Consent, Licence
from gemelo.context.twins import Talent, Twin

router = APIRouter()

LicenceId = Annotated[Known, Path(description="A licence's id.", examples=["5d1e6a0b4b8e9a52"])]
ConsentId = Annotated[Known, Path(description="A consent's id.", examples=["7a903c1f0a6de5c9"])]


@router.get("/licences", tags=["likeness"], summary="List licences")
async def list_licences(
    office: Rooms, who: Who, paging: Paging, talent: Filter = None
) -> Listed[LicenceShape]:
    """Those that this key may see, by id."""
    where = {"talent": talent} if talent else {}
    found = await catalogue.page(office.desk, who, Licence, paging.after, paging.limit, **where)
    return paging.listed(found, LicenceShape.of)


@router.post("/licences", tags=["likeness"], summary="Give a licence", status_code=201)
async def give_licence(office: Rooms, who: Who, body: NewLicence, response: Response) -> LicenceShape:
    """Says where and for whom a talent's twins may talk."""
    made = await likeness.license(office.desk, who, body.noun(office.new_id()), body.reason)
    tag(response, 1)
    return LicenceShape.of(Kept(made, 1))


@router.get("/licences/{licence}", tags=["likeness"], summary="See a licence")
async def see_licence(office: Rooms, who: Who, licence: LicenceId, response: Response) -> LicenceShape:
    """Its term, brands, territories and channels."""
    kept = await catalogue.see(office.desk, who, Licence, licence)
    tag(response, kept.revision)
    return LicenceShape.of(kept)


@router.post("/licences/{licence}/revoke", tags=["likeness"], summary="Revoke a licence")
async def revoke_licence(office: Rooms, who: Who, licence: LicenceId, body: Change) -> LicenceShape:
    """At once and for good; sessions that stand on it end."""
    await likeness.revoke(office.desk, who, Licence, licence, office.now(), body.reason)
    return LicenceShape.of(await catalogue.see(office.desk, who, Licence, licence))


@router.get("/consents", tags=["likeness"], summary="List consents")
async def list_consents(
    office: Rooms, who: Who, paging: Paging, talent: Filter = None
) -> Listed[ConsentShape]:
    """Those that this key may see, by id."""
    where = {"talent": talent} if talent else {}
    found = await catalogue.page(office.desk, who, Consent, paging.after, paging.limit, **where)
    return paging.listed(found, ConsentShape.of)


@router.post("/consents", tags=["likeness"], summary="Keep a consent", status_code=201)
async def keep_consent(office: Rooms, who: Who, body: NewConsent, response: Response) -> ConsentShape:
    """Without one, no voice or avatar is used that was made of a person."""
    made = await likeness.consent(office.desk, who, body.noun(office.new_id()), body.reason)
    tag(response, 1)
    return ConsentShape.of(Kept(made, 1))


@router.get("/consents/{consent}", tags=["likeness"], summary="See a consent")
async def see_consent(office: Rooms, who: Who, consent: ConsentId, response: Response) -> ConsentShape:
    """Who gave it, for what, until when, and the file's sha256."""
    kept = await catalogue.see(office.desk, who, Consent, consent)
    tag(response, kept.revision)
    return ConsentShape.of(kept)


@router.post("/consents/{consent}/revoke", tags=["likeness"], summary="Revoke a consent")
async def revoke_consent(office: Rooms, who: Who, consent: ConsentId, body: Change) -> ConsentShape:
    """At once and for good."""
    await likeness.revoke(office.desk, who, Consent, consent, office.now(), body.reason)
    return ConsentShape.of(await catalogue.see(office.desk, who, Consent, consent))


@router.post("/talents/{talent}/stop", tags=["talents"], summary="Stop all of a talent")
async def stop_talent(office: Rooms, who: Who, talent: TalentId, body: Change) -> TalentShape:
    """The kill switch: nothing of it talks anywhere, and live sessions end."""
    await switches.stop(office.desk, who, talent, body.reason)
    return TalentShape.of(await catalogue.see(office.desk, who, Talent, talent))


@router.post("/talents/{talent}/start", tags=["talents"], summary="Start a talent again")
async def start_talent(office: Rooms, who: Who, talent: TalentId, body: Change) -> TalentShape:
    """Takes back the stop of one's own party."""
    await switches.start(office.desk, who, talent, body.reason)
    return TalentShape.of(await catalogue.see(office.desk, who, Talent, talent))


@router.post("/twins/{twin}/suspend", tags=["twins"], summary="Suspend a twin")
async def suspend_twin(office: Rooms, who: Who, twin: TwinId, body: Change) -> TwinShape:
    """It talks nowhere, and live sessions end."""
    await switches.suspend(office.desk, who, twin, body.reason)
    return TwinShape.of(await catalogue.see(office.desk, who, Twin, twin))


@router.post("/twins/{twin}/resume", tags=["twins"], summary="Resume a twin")
async def resume_twin(office: Rooms, who: Who, twin: TwinId, body: Change) -> TwinShape:
    """It goes live again."""
    await switches.resume(office.desk, who, twin, body.reason)
    return TwinShape.of(await catalogue.see(office.desk, who, Twin, twin))
