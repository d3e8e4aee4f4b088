"""Campaigns and their two keys, as the admin API shows and takes them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, StrictBool

from gemelo.admin.services.campaigning import Tabled
from gemelo.admin.services.desk import Kept
from gemelo.admin.services.reviewing import Finding
from gemelo.admin.shapes.base import (
    POLICY,
    Hours,
    Instant,
    Known,
    LayerYaml,
    Name,
    Reason,
    Shown,
    TermsHash,
    asked,
    example,
    instant,
)
from gemelo.context.tenancy.campaigns import Approval, Campaign, State, Terms
from gemelo.context.tenancy.people import Party, Side

_WINDOW = {"starts": "2026-12-01T09:00", "ends": "2026-12-24T20:00", "zone": "Europe/Madrid"}
_LAYER = """\
layer: campaign
name: kortaza-winter
sponsor: {brand: Kortaza, category: football boots}
disclosures:
  es: [Patrocinado por Kortaza.]
  en: [Sponsored by Kortaza.]
"""
_TERMS = {
    "deployment": "trina--kortaza",
    "category": "football boots",
    "exclusive": True,
    "window": _WINDOW,
    "layer": _LAYER,
}
_HASH = "3b1f0a6de5c94c5f8f3f0c1b7c0b7f65"
_CAMPAIGN: dict[str, Any] = {
    "id": "9f2c1d0e",
    "talent": "trina",
    "brand": "kortaza",
    "terms": _TERMS,
    "hash": _HASH,
    "state": "approved_by_brand",
    "submitted": True,
    "approvals": [{"side": "brand", "by": "bruno", "hash": _HASH, "at": "2026-11-20T10:00:00Z"}],
    "suspended": [],
    "ended": None,
    "revision": 3,
}


class TermsShape(BaseModel):
    """What both sides approve, to the letter. `category`: an exclusive campaign keeps other brands of it
    away. `layer`: its policy layer, as YAML."""

    model_config = asked(**_TERMS)

    deployment: Known
    category: Name
    exclusive: StrictBool = False
    window: Hours
    layer: LayerYaml

    def terms(self) -> Terms:
        """Raises `BadWindow`."""
        return Terms(self.deployment, self.category, self.exclusive, self.window.window(), self.layer)

    @staticmethod
    def of(terms: Terms) -> TermsShape:
        return TermsShape.model_construct(
            deployment=terms.deployment,
            category=terms.category,
            exclusive=terms.exclusive,
            window=Hours.model_validate(terms.window),
            layer=terms.layer,
        )


class ApprovalShape(Shown[Approval]):
    """A key that was turned: by whom, for which side, on which terms, when."""

    side: Side
    by: str
    hash: str
    at: Instant | None


class CampaignShape(BaseModel):
    """A brand's campaign. `hash` names its terms as they stand: an approval says it. `suspended`: on whose
    behalf it is stopped. `ended`: when somebody ended it before its time."""

    model_config = example(**_CAMPAIGN)

    id: str
    talent: str
    brand: str
    terms: TermsShape
    hash: str
    state: State
    submitted: bool
    approvals: tuple[ApprovalShape, ...]
    suspended: tuple[Party, ...]
    ended: Instant | None
    revision: int

    @staticmethod
    def of(kept: Kept[Campaign], now: int) -> CampaignShape:
        """As it stands at an instant (ms since 1970 UTC)."""
        noun = kept.noun
        return CampaignShape(
            id=noun.id,
            talent=noun.talent,
            brand=noun.brand,
            terms=TermsShape.of(noun.terms),
            hash=noun.terms.hash,
            state=noun.state(now),
            submitted=noun.submitted,
            approvals=tuple(map(ApprovalShape.of, noun.approvals)),
            suspended=tuple(sorted(noun.suspended)),
            ended=None if noun.ended is None else instant(noun.ended),
            revision=kept.revision,
        )


class TabledShape(CampaignShape):
    """A campaign as it lies before both sides. `policy` is the hash under which its page is tried; empty
    where its layer does not go with the others. `obstacles`: all that keeps it from being approved now."""

    model_config = example(**_CAMPAIGN, policy=POLICY, warnings=[], obstacles=[])

    policy: str
    warnings: tuple[str, ...]
    obstacles: tuple[str, ...]

    @staticmethod
    def lying(tabled: Tabled, now: int) -> TabledShape:
        """As it stands at an instant (ms since 1970 UTC)."""
        shown = CampaignShape.of(Kept(tabled.campaign, tabled.revision), now)
        return TabledShape.model_construct(
            **dict(shown), policy=tabled.policy, warnings=tabled.warnings, obstacles=tabled.obstacles
        )


class NewCampaign(BaseModel):
    model_config = asked(talent="trina", brand="kortaza", terms=_TERMS, reason="their winter campaign")

    talent: Known
    brand: Known
    terms: TermsShape
    reason: Reason


class CampaignTerms(BaseModel):
    """Other terms; both keys are void."""

    model_config = asked(terms=_TERMS, reason="a later start")

    terms: TermsShape
    reason: Reason


class Turning(BaseModel):
    """A key that is turned on the terms of `hash`, for one side."""

    model_config = asked(side="brand", hash=_HASH, reason="read and agreed")

    side: Side
    hash: TermsHash
    reason: Reason


class TermsReview(BaseModel):
    """What a reviewer finds of the terms of `hash`; both sides read it in the audit log."""

    model_config = asked(hash=_HASH, finding="conforms", reason="as in the brief of March")

    hash: TermsHash
    finding: Finding
    reason: Reason


class Withdrawing(BaseModel):
    """A key that is taken back."""

    model_config = asked(side="brand", reason="the product is recalled")

    side: Side
    reason: Reason
