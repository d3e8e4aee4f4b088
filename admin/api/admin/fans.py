"""Operations on what is kept of a fan, and on webhooks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from gemelo.admin.api.admin.asking import Paging, Rooms, Seen, Who
from gemelo.admin.api.admin.catalogue import TalentId
from gemelo.admin.api.admin.locking import tag
from gemelo.admin.api.admin.talk import SessionId
from gemelo.admin.services.desk import Kept
from gemelo.admin.services.fans import account_of, erase_of
from gemelo.admin.services.hooks import change_webhook, make_webhook, webhooks
from gemelo.admin.shapes.base import Change, Known, Listed
from gemelo.admin.shapes.fans import AccountShape, ErasedShape, NewWebhook, WebhookChange, WebhookShape

router = APIRouter()

WebhookId = Annotated[Known, Path(description="A webhook's id.", examples=["club"])]


@router.get("/sessions/{session}/fan", tags=["talk"], summary="See all that is kept of a session's fan")
async def see_fan(office: Rooms, who: Who, session: SessionId) -> AccountShape:
    """At the session's deployment: facts, sessions, turns. The audit log says who read it."""
    return AccountShape.of(await account_of(office.desk, office.files, who, session))


@router.post("/sessions/{session}/fan/erase", tags=["talk"], summary="Erase a session's fan")
async def erase_fan(office: Rooms, who: Who, session: SessionId, body: Change) -> ErasedShape:
    """All of it, for good; a session that goes on ends. For a fan who has asked for it."""
    return ErasedShape.of(await erase_of(office.desk, office.files, who, session, body.reason))


@router.get("/talents/{talent}/webhooks", tags=["webhooks"], summary="List a talent's webhooks")
async def list_webhooks(office: Rooms, who: Who, talent: TalentId, paging: Paging) -> Listed[WebhookShape]:
    """By id, without their secrets."""
    found = await webhooks(office.desk, who, talent, paging.after, paging.limit)
    return paging.listed(found, WebhookShape.of)


@router.post("/webhooks", tags=["webhooks"], summary="Make a webhook", status_code=201)
async def create_webhook(office: Rooms, who: Who, body: NewWebhook, response: Response) -> WebhookShape:
    """Its secret is in this answer and in no other."""
    made = await make_webhook(office.desk, who, body.noun(), body.reason, loopback=office.webhooks_here)
    tag(response, 1)
    response.headers["cache-control"] = "no-store"
    return WebhookShape.of(Kept(made, 1))


@router.put("/webhooks/{webhook}", tags=["webhooks"], summary="Change a webhook")
async def edit_webhook(
    office: Rooms, who: Who, webhook: WebhookId, seen: Seen, body: WebhookChange, response: Response
) -> WebhookShape:
    """Its topics, whether it is paused, its secret."""
    kept = await change_webhook(
        office.desk,
        who,
        webhook,
        seen,
        topics=body.topics,
        paused=body.paused,
        fresh_secret=body.fresh_secret,
        why=body.reason,
    )
    tag(response, kept.revision)
    response.headers["cache-control"] = "no-store"
    return WebhookShape.of(kept)
