"""Operations on what is kept of a fan, on leads, and on webhooks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from gemelo.admin.api.admin.asking import Ask, Paging, Seen
from gemelo.admin.api.admin.catalogue import TalentId
from gemelo.admin.api.admin.talk import SessionId
from gemelo.admin.services.fans import account_of, erase_of
from gemelo.admin.services.hooks import change_webhook, delete_webhook, make_webhook, webhooks
from gemelo.admin.services.leads import leads_of
from gemelo.admin.shapes.base import Change, Known, Listed, Reason
from gemelo.admin.shapes.fans import (
    AccountShape,
    ErasedShape,
    LeadShape,
    NewWebhook,
    WebhookChange,
    WebhookShape,
)

router = APIRouter()

WebhookId = Annotated[Known, Path(description="A webhook's id.", examples=["trina--club"])]


@router.get("/sessions/{session}/fan", tags=["talk"], summary="See all that is kept of a session's fan")
async def see_fan(ask: Ask, session: SessionId) -> AccountShape:
    """At the session's deployment: facts, sessions, turns. The audit log says who read it."""
    return AccountShape.of(await account_of(ask.desk, ask.office.files, ask.who, session))


@router.post("/sessions/{session}/fan/erase", tags=["talk"], summary="Erase a session's fan")
async def erase_fan(ask: Ask, session: SessionId, body: Change) -> ErasedShape:
    """All of it, for good; a session that goes on ends. For a fan who has asked for it."""
    return ErasedShape.of(await erase_of(ask.desk, ask.office.files, ask.who, session, body.reason))


@router.get("/talents/{talent}/leads", tags=["leads"], summary="List a talent's leads")
async def list_leads(ask: Ask, talent: TalentId, paging: Paging) -> Listed[LeadShape]:
    """Fans who agreed to be reached, the newest first. The audit log says who read them."""
    ask.keep_nowhere()
    found = await leads_of(ask.desk, ask.office.leads, ask.who, talent, paging.after, paging.limit)
    return paging.listed(found, LeadShape.of)


@router.get("/talents/{talent}/webhooks", tags=["webhooks"], summary="List a talent's webhooks")
async def list_webhooks(ask: Ask, talent: TalentId, paging: Paging) -> Listed[WebhookShape]:
    """By id, without their secrets."""
    found = await webhooks(ask.desk, ask.who, talent, paging.after, paging.limit)
    return paging.listed(found, WebhookShape.of)


@router.post("/webhooks", tags=["webhooks"], summary="Make a webhook", status_code=201)
async def create_webhook(ask: Ask, body: NewWebhook) -> WebhookShape:
    """Its secret is in this answer and in no other."""
    made = await make_webhook(ask.desk, ask.who, body.noun(), body.reason, loopback=ask.office.webhooks_here)
    ask.keep_nowhere()
    return ask.made(made, WebhookShape.of)


@router.put("/webhooks/{webhook}", tags=["webhooks"], summary="Change a webhook")
async def edit_webhook(ask: Ask, webhook: WebhookId, seen: Seen, body: WebhookChange) -> WebhookShape:
    """Its topics, whether it is paused, its secret."""
    kept = await change_webhook(
        ask.desk,
        ask.who,
        webhook,
        seen,
        topics=body.topics,
        paused=body.paused,
        fresh_secret=body.fresh_secret,
        why=body.reason,
    )
    ask.keep_nowhere()
    return ask.kept(kept, WebhookShape.of)


@router.delete("/webhooks/{webhook}", tags=["webhooks"], summary="Delete a webhook", status_code=204)
async def remove_webhook(
    ask: Ask, webhook: WebhookId, reason: Annotated[Reason, Query(description="Why.")]
) -> None:
    """With all that it was still to hear. Deleted again it stays so."""
    await delete_webhook(ask.desk, ask.who, webhook, reason)
