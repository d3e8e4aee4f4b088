"""Operations on licences and consents, and the switches that end live sessions at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from gemelo.admin.api.admin.asking import Ask, Paging
from gemelo.admin.api.admin.catalogue import Filter, TalentId, TwinId
from gemelo.admin.services import likeness, switches
from gemelo.admin.services.samples import sample_of
from gemelo.admin.shapes.base import Change, Known, Listed
from gemelo.admin.shapes.catalogue import TalentShape, TwinShape
from gemelo.admin.shapes.likeness import (
    ConsentShape,
    LicenceShape,
    NewClone,
    NewConsent,
    NewLicence,
)
from gemelo.context.tenancy.likeness import Consent, Licence
from gemelo.context.twins import Talent, Twin
from gemelo.models.vocabulary import Language

router = APIRouter()

LicenceId = Annotated[Known, Path(description="A licence's id.", examples=["5d1e6a0b4b8e9a52"])]
ConsentId = Annotated[Known, Path(description="A consent's id.", examples=["7a903c1f0a6de5c9"])]


@router.get("/licences", tags=["likeness"], summary="List licences")
async def list_licences(ask: Ask, paging: Paging, talent: Filter = None) -> Listed[LicenceShape]:
    """Those that this key may see, by id."""
    return await ask.page(Licence, LicenceShape.of, paging, talent=talent)


@router.post("/licences", tags=["likeness"], summary="Give a licence", status_code=201)
async def give_licence(ask: Ask, body: NewLicence) -> LicenceShape:
    """Says where and for whom a talent's twins may talk."""
    licence = body.noun(ask.office.new_id())
    return ask.made(await likeness.license(ask.desk, ask.who, licence, body.reason), LicenceShape.of)


@router.get("/licences/{licence}", tags=["likeness"], summary="See a licence")
async def see_licence(ask: Ask, licence: LicenceId) -> LicenceShape:
    """Its term, brands, topics, territories and channels."""
    return await ask.see(Licence, licence, LicenceShape.of)


@router.post("/licences/{licence}/revoke", tags=["likeness"], summary="Revoke a licence")
async def revoke_licence(ask: Ask, licence: LicenceId, body: Change) -> LicenceShape:
    """At once and for good; sessions that stand on it end."""
    await likeness.revoke(ask.desk, ask.who, Licence, licence, ask.office.now(), body.reason)
    return await ask.see(Licence, licence, LicenceShape.of)


@router.get("/consents", tags=["likeness"], summary="List consents")
async def list_consents(ask: Ask, paging: Paging, talent: Filter = None) -> Listed[ConsentShape]:
    """Those that this key may see, by id."""
    return await ask.page(Consent, ConsentShape.of, paging, talent=talent)


@router.post("/consents", tags=["likeness"], summary="Keep a consent", status_code=201)
async def keep_consent(ask: Ask, body: NewConsent) -> ConsentShape:
    """Without one, no voice or avatar is used that was made of a person."""
    consent = body.noun(ask.office.new_id())
    return ask.made(await likeness.consent(ask.desk, ask.who, consent, body.reason), ConsentShape.of)


@router.get("/consents/{consent}", tags=["likeness"], summary="See a consent")
async def see_consent(ask: Ask, consent: ConsentId) -> ConsentShape:
    """Who gave it, for what, until when, and the file's sha256."""
    return await ask.see(Consent, consent, ConsentShape.of)


@router.post("/consents/{consent}/revoke", tags=["likeness"], summary="Revoke a consent")
async def revoke_consent(ask: Ask, consent: ConsentId, body: Change) -> ConsentShape:
    """At once and for good."""
    await likeness.revoke(ask.desk, ask.who, Consent, consent, ask.office.now(), body.reason)
    return await ask.see(Consent, consent, ConsentShape.of)


@router.post(
    "/consents/{consent}/clones", tags=["likeness"], summary="Clone a voice or a face", status_code=201
)
async def clone(ask: Ask, consent: ConsentId, body: NewClone) -> ConsentShape:
    """Has a vendor make a voice of the recording that the consent names (3 to 30 s of speech as 16-bit WAV,
    at most 4 MB), or train a face of its film, and keeps its id there. When the consent is over the vendor
    deletes it."""
    cloning = ask.office.cloning
    if body.film or body.agreed:
        vendor = body.vendor or "tavus"
        await cloning.train(ask.who, consent, vendor, body.film, body.agreed, body.reason)
    else:
        vendor, language = body.vendor or "cartesia", Language(body.language)
        await cloning.make(ask.who, consent, vendor, language, sample_of(body.sample), body.reason)
    return await ask.see(Consent, consent, ConsentShape.of)


@router.post("/talents/{talent}/stop", tags=["talents"], summary="Stop all of a talent")
async def stop_talent(ask: Ask, talent: TalentId, body: Change) -> TalentShape:
    """The kill switch: nothing of it talks anywhere, and live sessions end."""
    await switches.stop(ask.desk, ask.who, talent, body.reason)
    return await ask.see(Talent, talent, TalentShape.of)


@router.post("/talents/{talent}/start", tags=["talents"], summary="Start a talent again")
async def start_talent(ask: Ask, talent: TalentId, body: Change) -> TalentShape:
    """Takes back the stop of one's own party."""
    await switches.start(ask.desk, ask.who, talent, body.reason)
    return await ask.see(Talent, talent, TalentShape.of)


@router.post("/twins/{twin}/suspend", tags=["twins"], summary="Suspend a twin")
async def suspend_twin(ask: Ask, twin: TwinId, body: Change) -> TwinShape:
    """It talks nowhere, and live sessions end."""
    await switches.suspend(ask.desk, ask.who, twin, body.reason)
    return await ask.see(Twin, twin, TwinShape.of)


@router.post("/twins/{twin}/resume", tags=["twins"], summary="Resume a twin")
async def resume_twin(ask: Ask, twin: TwinId, body: Change) -> TwinShape:
    """It goes live again."""
    await switches.resume(ask.desk, ask.who, twin, body.reason)
    return await ask.see(Twin, twin, TwinShape.of)
