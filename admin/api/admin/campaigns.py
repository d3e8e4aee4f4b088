"""Operations on campaigns: drafted, edited, submitted, opened by two keys, stopped and ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from gemelo.admin.api.admin.asking import Paging, Rooms, Seen, Who
from gemelo.admin.api.admin.catalogue import Filter
from gemelo.admin.api.admin.locking import tag
from gemelo.admin.services import catalogue
from gemelo.admin.services.campaigning import Tabled
from gemelo.admin.services.office import Office
from gemelo.admin.shapes.base import Change, Known, Listed
from gemelo.admin.shapes.campaigns import (
    CampaignShape,
    CampaignTerms,
    NewCampaign,
    TabledShape,
    Turning,
    Withdrawing,
)
from gemelo.context.tenancy.campaigns import Campaign

router = APIRouter(prefix="/campaigns", tags=["campaigns"])

CampaignId = Annotated[Known, Path(description="A campaign's id.", examples=["9f2c1d0e5b7a4c31"])]


def _shown(office: Office, tabled: Tabled, response: Response) -> TabledShape:
    tag(response, tabled.revision)
    return TabledShape.lying(tabled, office.now())


@router.get("", summary="List campaigns")
async def list_campaigns(
    office: Rooms, who: Who, paging: Paging, talent: Filter = None, brand: Filter = None
) -> Listed[CampaignShape]:
    """Those that this key may see, by id."""
    where = {name: value for name, value in (("talent", talent), ("brand", brand)) if value}
    found = await catalogue.page(office.desk, who, Campaign, paging.after, paging.limit, **where)
    now = office.now()
    return paging.listed(found, lambda kept: CampaignShape.of(kept, now))


@router.post("", summary="Draft a campaign", status_code=201)
async def draft_campaign(office: Rooms, who: Who, body: NewCampaign, response: Response) -> TabledShape:
    """Of a brand with a talent, on one of the talent's campaign pages."""
    campaign = Campaign(office.new_id(), body.talent, body.brand, body.terms.terms())
    return _shown(office, await office.campaigning.draft(who, campaign, body.reason), response)


@router.get("/{campaign}", summary="See a campaign")
async def see_campaign(office: Rooms, who: Who, campaign: CampaignId, response: Response) -> TabledShape:
    """Its terms, its keys, the hash to try and to approve, and all that keeps it from being approved."""
    return _shown(office, await office.campaigning.look(who, campaign), response)


@router.put("/{campaign}", summary="Change a campaign's terms")
async def edit_campaign(
    office: Rooms, who: Who, campaign: CampaignId, seen: Seen, body: CampaignTerms, response: Response
) -> TabledShape:
    """Both keys are void then, and it is a draft again."""
    terms = body.terms.terms()
    return _shown(office, await office.campaigning.edit(who, campaign, terms, seen, body.reason), response)


@router.post("/{campaign}/submit", summary="Submit a campaign")
async def submit_campaign(
    office: Rooms, who: Who, campaign: CampaignId, body: Change, response: Response
) -> TabledShape:
    """Lays its terms before both sides."""
    return _shown(office, await office.campaigning.submit(who, campaign, body.reason), response)


@router.post("/{campaign}/approvals", summary="Approve a campaign")
async def approve_campaign(
    office: Rooms, who: Who, campaign: CampaignId, body: Turning, response: Response
) -> TabledShape:
    """Turns one side's key on the terms of a hash. A refusal names everything that is in the way."""
    approved = await office.campaigning.approve(who, campaign, body.side, body.hash, body.reason)
    return _shown(office, approved, response)


@router.post("/{campaign}/withdraw", summary="Take a key back")
async def withdraw_approval(
    office: Rooms, who: Who, campaign: CampaignId, body: Withdrawing, response: Response
) -> TabledShape:
    """One side's; a live campaign stops."""
    return _shown(office, await office.campaigning.withdraw(who, campaign, body.side, body.reason), response)


@router.post("/{campaign}/suspend", summary="Suspend a campaign")
async def suspend_campaign(
    office: Rooms, who: Who, campaign: CampaignId, body: Change, response: Response
) -> TabledShape:
    """Until the same party resumes it."""
    return _shown(office, await office.campaigning.suspend(who, campaign, body.reason), response)


@router.post("/{campaign}/resume", summary="Resume a campaign")
async def resume_campaign(
    office: Rooms, who: Who, campaign: CampaignId, body: Change, response: Response
) -> TabledShape:
    """Takes back what one's own party has stopped."""
    return _shown(office, await office.campaigning.resume(who, campaign, body.reason), response)


@router.post("/{campaign}/end", summary="End a campaign")
async def end_campaign(
    office: Rooms, who: Who, campaign: CampaignId, body: Change, response: Response
) -> TabledShape:
    """For good, before its window does."""
    return _shown(office, await office.campaigning.end(who, campaign, body.reason), response)
