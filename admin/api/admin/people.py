"""Operations on principals and their keys; the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from gemelo.admin.api.admin.asking import Ask, Paging, Seen
from gemelo.admin.services import catalogue, people
from gemelo.admin.shapes.base import Change, Known, Listed
from gemelo.admin.shapes.people import GivenKey, Grants, KeyShape, NewPrincipal, PrincipalShape
from gemelo.context.tenancy.people import ApiKey, Principal

router = APIRouter()

PrincipalId = Annotated[Known, Path(description="A principal's id.", examples=["marta"])]
KeyId = Annotated[Known, Path(description="A key's id.", examples=["9f2c1d0e5b7a4c31"])]


@router.get("/me", tags=["people"], summary="Who am I")
async def who_am_i(ask: Ask) -> PrincipalShape:
    """The principal of this key, and all that it may do."""
    return PrincipalShape.of(await catalogue.see(ask.desk, ask.who, Principal, ask.who.id))


@router.get("/principals", tags=["people"], summary="List principals")
async def list_principals(ask: Ask, paging: Paging) -> Listed[PrincipalShape]:
    """The platform sees all, everybody else themselves."""
    return await ask.page(Principal, PrincipalShape.of, paging)


@router.post("/principals", tags=["people"], summary="Make a principal", status_code=201)
async def make_principal(ask: Ask, body: NewPrincipal) -> PrincipalShape:
    """Only the platform does."""
    made = await people.make_principal(ask.desk, ask.who, body.noun(), body.reason)
    return ask.made(made, PrincipalShape.of)


@router.get("/principals/{principal}", tags=["people"], summary="See a principal")
async def see_principal(ask: Ask, principal: PrincipalId) -> PrincipalShape:
    """Its name and grants."""
    return await ask.see(Principal, principal, PrincipalShape.of)


@router.put("/principals/{principal}/grants", tags=["people"], summary="Set what a principal may do")
async def set_grants(ask: Ask, principal: PrincipalId, seen: Seen, body: Grants) -> PrincipalShape:
    """From its next request on. Only the platform does."""
    await people.set_grants(ask.desk, ask.who, principal, body.nouns(), seen, body.reason)
    return await ask.see(Principal, principal, PrincipalShape.of)


@router.get("/principals/{principal}/keys", tags=["people"], summary="List a principal's keys")
async def list_keys(ask: Ask, principal: PrincipalId, paging: Paging) -> Listed[KeyShape]:
    """Without what opens them."""
    await catalogue.see(ask.desk, ask.who, Principal, principal)
    return await ask.page(ApiKey, KeyShape.of, paging, principal=principal)


@router.post("/principals/{principal}/keys", tags=["people"], summary="Give a key", status_code=201)
async def give_key(ask: Ask, principal: PrincipalId, body: Change) -> GivenKey:
    """Its secret is answered this once and kept nowhere."""
    key, secret = await people.give_key(ask.desk, ask.who, principal, ask.office.now(), body.reason)
    ask.keep_nowhere()
    return GivenKey.of(key, secret)


@router.post("/keys/{key}/revoke", tags=["people"], summary="Revoke a key")
async def revoke_key(ask: Ask, key: KeyId, body: Change) -> KeyShape:
    """At once and for good. The platform revokes any, everybody their own."""
    await people.revoke_key(ask.desk, ask.who, key, ask.office.now(), body.reason)
    return await ask.see(ApiKey, key, KeyShape.of)
