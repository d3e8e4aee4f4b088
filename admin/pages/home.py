"""The first page: the places of one's twins, and campaigns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gemelo.admin.services import catalogue
from gemelo.admin.services.office import Office
from gemelo.context.tenancy.campaigns import Campaign, State
from gemelo.context.tenancy.people import Principal
from gemelo.context.twins import Deployment, Twin

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class TwinRows:
    """A twin and the places where it lives."""

    twin: Twin
    places: tuple[Deployment, ...]


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign, and what it is now."""

    campaign: Campaign
    state: State


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
    now = office.now()
    return {
        "twins": rows,
        "places_after": places.after,
        "campaigns": [CampaignRow(kept.noun, kept.noun.state(now)) for kept in campaigns.items],
        "campaigns_after": campaigns.after,
    }
