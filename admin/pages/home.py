"""The first page: the places of one's twins, and campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gemelo.admin.services import catalogue
from gemelo.admin.services.naming import names
from gemelo.admin.services.office import Office
from gemelo.context.tenancy.campaigns import Campaign, State
from gemelo.context.tenancy.people import Principal, Side
from gemelo.context.twins import Brand, Deployment, Talent, Twin

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class TwinRows:
    """A twin and the places where it lives."""

    twin: Twin
    places: tuple[Deployment, ...]


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign, whose it is, and what it is now. `waits`: for a key that the visitor holds."""

    campaign: Campaign
    talent: str
    brand: str
    state: State
    waits: bool


async def home(office: Office, who: Principal, places_after: str, campaigns_after: str) -> dict[str, Any]:
    """What the page shows; the two lists go on from where one is told.

    Raises:
        UsageError: such a place is made up.
        StoreError.
    """
    places = await catalogue.page(office.desk, who, Deployment, places_after, _SHOWN)
    rows = [
        TwinRows(
            (await catalogue.see(office.desk, who, Twin, id)).noun,
            tuple(kept.noun for kept in places.items if kept.noun.twin == id),
        )
        for id in dict.fromkeys(kept.noun.twin for kept in places.items)
    ]
    campaigns = await catalogue.page(office.desk, who, Campaign, campaigns_after, _SHOWN)
    found = [kept.noun for kept in campaigns.items]
    talents = await names(office.desk, Talent, [one.talent for one in found])
    brands = await names(office.desk, Brand, [one.brand for one in found])
    now = office.now()
    return {
        "twins": rows,
        "places_after": places.after,
        "campaigns": [
            CampaignRow(
                one, talents[one.talent], brands[one.brand], one.state(now), _waits_for(who, one, now)
            )
            for one in found
        ],
        "campaigns_after": campaigns.after,
    }


def _waits_for(who: Principal, campaign: Campaign, now: int) -> bool:
    return (
        campaign.submitted
        and not campaign.is_over(now)
        and any(
            who.holds(side, talent=campaign.talent, brand=campaign.brand) and side not in campaign.keys
            for side in Side
        )
    )
