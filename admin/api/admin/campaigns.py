"""Operations on campaigns: drafted, edited, submitted, opened by two keys, stopped and ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from gemelo.admin.api.admin.asking import Ask, Asking, Paging, Seen
from gemelo.admin.api.admin.catalogue import Filter
from gemelo.admin.services.campaigning import Tabled
from gemelo.admin.shapes.base import Change, Known, Listed
from gemelo.admin.shapes.campaigns import (
    CampaignShape,
    CampaignTerms,
    NewCampaign,
    TabledShape,
    TermsReview,
    Turning,
    Withdrawing,
)
from gemelo.context.tenancy.campaigns import Campaign

router = APIRouter(prefix="/campaigns", tags=["campaigns"])

CampaignId = Annotated[Known, Path(description="A campaign's id.", examples=["9f2c1d0e5b7a4c31"])]


def _shown(ask: Asking, tabled: Tabled) -> TabledShape:
    ask.tag(tabled.revision)
    return TabledShape.lying(tabled, ask.office.now())


@router.get("", summary="List campaigns")
async def list_campaigns(
    ask: Ask, paging: Paging, talent: Filter = None, brand: Filter = None
) -> Listed[CampaignShape]:
    """Those that this key may see, by id."""
    now = ask.office.now()
    return await ask.page(
        Campaign, lambda kept: CampaignShape.of(kept, now), paging, talent=talent, brand=brand
    )


@router.post("", summary="Draft a campaign", status_code=201)
async def draft_campaign(ask: Ask, body: NewCampaign) -> TabledShape:
    """Of a brand with a talent, on a campaign page or a portal of the talent."""
    campaign = Campaign(ask.office.new_id(), body.talent, body.brand, body.terms.terms())
    return _shown(ask, await ask.office.campaigning.draft(ask.who, campaign, body.reason))


@router.get("/{campaign}", summary="See a campaign")
async def see_campaign(ask: Ask, campaign: CampaignId) -> TabledShape:
    """Its terms, its keys, the hash to try and to approve, and all that keeps it from being approved."""
    return _shown(ask, await ask.office.campaigning.look(ask.who, campaign))


@router.put("/{campaign}", summary="Change a campaign's terms")
async def edit_campaign(ask: Ask, campaign: CampaignId, seen: Seen, body: CampaignTerms) -> TabledShape:
    """Both keys are void then, and it is a draft again."""
    terms = body.terms.terms()
    return _shown(ask, await ask.office.campaigning.edit(ask.who, campaign, terms, seen, body.reason))


@router.post("/{campaign}/submit", summary="Submit a campaign")
async def submit_campaign(ask: Ask, campaign: CampaignId, body: Change) -> TabledShape:
    """Lays its terms before both sides."""
    return _shown(ask, await ask.office.campaigning.submit(ask.who, campaign, body.reason))


@router.post("/{campaign}/approvals", summary="Approve a campaign")
async def approve_campaign(ask: Ask, campaign: CampaignId, body: Turning) -> TabledShape:
    """Turns one side's key on the terms of a hash. A refusal names everything that is in the way."""
    approved = await ask.office.campaigning.approve(ask.who, campaign, body.side, body.hash, body.reason)
    return _shown(ask, approved)


@router.post("/{campaign}/reviews", summary="Review a campaign's terms")
async def review_campaign(ask: Ask, campaign: CampaignId, body: TermsReview) -> TabledShape:
    """Says what was found of the terms of a hash. It turns no key, and stands in the audit log."""
    await ask.office.reviewing.campaign(ask.who, campaign, body.hash, body.finding, body.reason)
    return _shown(ask, await ask.office.campaigning.look(ask.who, campaign))


@router.post("/{campaign}/withdraw", summary="Take a key back")
async def withdraw_approval(ask: Ask, campaign: CampaignId, body: Withdrawing) -> TabledShape:
    """One side's; a live campaign stops."""
    return _shown(ask, await ask.office.campaigning.withdraw(ask.who, campaign, body.side, body.reason))


@router.post("/{campaign}/suspend", summary="Suspend a campaign")
async def suspend_campaign(ask: Ask, campaign: CampaignId, body: Change) -> TabledShape:
    """Until the same party resumes it."""
    return _shown(ask, await ask.office.campaigning.suspend(ask.who, campaign, body.reason))


@router.post("/{campaign}/resume", summary="Resume a campaign")
async def resume_campaign(ask: Ask, campaign: CampaignId, body: Change) -> TabledShape:
    """Takes back what one's own party has stopped."""
    return _shown(ask, await ask.office.campaigning.resume(ask.who, campaign, body.reason))


@router.post("/{campaign}/end", summary="End a campaign")
async def end_campaign(ask: Ask, campaign: CampaignId, body: Change) -> TabledShape:
    """For good, before its window does."""
    return _shown(ask, await ask.office.campaigning.end(ask.who, campaign, body.reason))
