"""Operations on principals and their keys; the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from gemelo.admin.api.admin.asking import Paging, Rooms, Seen, Who
from gemelo.admin.api.admin.locking import tag
from gemelo.admin.services import catalogue, people
from gemelo.admin.services.desk import Kept
from gemelo.admin.shapes.base import Change, Known, Listed
from gemelo.admin.shapes.people import GivenKey, Grants, KeyShape, NewPrincipal, PrincipalShape
from gemelo.context.tenancy.people import ApiKey, Principal

router = APIRouter()

PrincipalId = Annotated[Known, Path(description="A principal's id.", examples=["marta"])]
KeyId = Annotated[Known, Path(description="A key's id.", examples=["9f2c1d0e5b7a4c31"])]


@router.get("/me", tags=["people"], summary="Who am I")
async def who_am_i(office: Rooms, who: Who) -> PrincipalShape:
    """The principal of this key, and all that it may do."""
    return PrincipalShape.of(await catalogue.see(office.desk, who, Principal, who.id))


@router.get("/principals", tags=["people"], summary="List principals")
async def list_principals(office: Rooms, who: Who, paging: Paging) -> Listed[PrincipalShape]:
    """The platform sees all, everybody else themselves."""
    found = await catalogue.page(office.desk, who, Principal, paging.after, paging.limit)
    return paging.listed(found, PrincipalShape.of)


@router.post("/principals", tags=["people"], summary="Make a principal", status_code=201)
async def make_principal(office: Rooms, who: Who, body: NewPrincipal, response: Response) -> PrincipalShape:
    """Only the platform does."""
    made = await people.make_principal(office.desk, who, body.noun(), body.reason)
    tag(response, 1)
    return PrincipalShape.of(Kept(made, 1))


@router.get("/principals/{principal}", tags=["people"], summary="See a principal")
async def see_principal(
    office: Rooms, who: Who, principal: PrincipalId, response: Response
) -> PrincipalShape:
    """Its name and grants."""
    kept = await catalogue.see(office.desk, who, Principal, principal)
    tag(response, kept.revision)
    return PrincipalShape.of(kept)


@router.put("/principals/{principal}/grants", tags=["people"], summary="Set what a principal may do")
async def set_grants(
    office: Rooms, who: Who, principal: PrincipalId, seen: Seen, body: Grants, response: Response
) -> PrincipalShape:
    """From its next request on. Only the platform does."""
    await people.set_grants(office.desk, who, principal, body.nouns(), seen, body.reason)
    kept = await catalogue.see(office.desk, who, Principal, principal)
    tag(response, kept.revision)
    return PrincipalShape.of(kept)


@router.get("/principals/{principal}/keys", tags=["people"], summary="List a principal's keys")
async def list_keys(office: Rooms, who: Who, principal: PrincipalId, paging: Paging) -> Listed[KeyShape]:
    """Without what opens them."""
    await catalogue.see(office.desk, who, Principal, principal)
    found = await catalogue.page(office.desk, who, ApiKey, paging.after, paging.limit, principal=principal)
    return paging.listed(found, KeyShape.of)


@router.post("/principals/{principal}/keys", tags=["people"], summary="Give a key", status_code=201)
async def give_key(
    office: Rooms, who: Who, principal: PrincipalId, body: Change, response: Response
) -> GivenKey:
    """Its secret is answered this once and kept nowhere."""
    key, secret = await people.give_key(office.desk, who, principal, office.now(), body.reason)
    response.headers["cache-control"] = "no-store"
    return GivenKey.of(key, secret)


@router.post("/keys/{key}/revoke", tags=["people"], summary="Revoke a key")
async def revoke_key(office: Rooms, who: Who, key: KeyId, body: Change) -> KeyShape:
    """At once and for good. The platform revokes any, everybody their own."""
    await people.revoke_key(office.desk, who, key, office.now(), body.reason)
    return KeyShape.of(await catalogue.see(office.desk, who, ApiKey, key))
