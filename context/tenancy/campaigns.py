"""A brand's campaign and its two keys; pure.

    draft ──submit──▶ submitted ──key──▶ approved by talent | by brand ──other key──▶ approved
      ▲                                                                                  │ its window begins
      └──── edit: both keys are void ◀──────────────────────── ended ◀── its window ends ── live ⇄ suspended

What is kept are facts: terms, keys, and when somebody stopped it. The state follows from them and the time,
so that no campaign can be live without both keys on its very terms, or outside its window.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from hashlib import sha256

from gemelo.context.tenancy.people import Party, Side
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import DeploymentType
from gemelo.models.errors import BadWindow, Clashes, NotAllowed, Stale

MAX_CATEGORY = 64
"""Characters of what a campaign's goods are called."""
PAGES = frozenset({DeploymentType.CAMPAIGN, DeploymentType.PORTAL})
"""Where a brand may pay for a talk: its own page, and the one that we host. A widget stands on somebody
else's site, and of a white label the talent keeps all."""


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED_BY_TALENT = "approved_by_talent"
    APPROVED_BY_BRAND = "approved_by_brand"
    APPROVED = "approved"
    LIVE = "live"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Terms:
    """What both sides approve, to the letter.

    Attributes:
        deployment: key of the page where it runs.
        category: of the goods; an exclusive campaign keeps other brands of its category away.
        window: when it runs.
        layer: its policy layer, as YAML.
    """

    deployment: str
    category: str
    exclusive: bool
    window: Window
    layer: str

    @property
    def hash(self) -> str:
        """Of all of it: a key turned on one version opens no other."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Approval:
    """A key that was turned: by whom, for which side, on which terms, when (ms since 1970 UTC)."""

    side: Side
    by: str
    hash: str
    at: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """`suspended` holds on whose behalf it was stopped until that is taken back.

    `ended` is when somebody ended it before its time (ms since 1970 UTC), else None.
    """

    id: str
    talent: str
    brand: str
    terms: Terms
    submitted: bool = False
    approvals: tuple[Approval, ...] = ()
    suspended: frozenset[Party] = frozenset()
    ended: int | None = None

    @property
    def keys(self) -> frozenset[Side]:
        """The keys that are turned on the terms as they stand."""
        return frozenset(approval.side for approval in self.approvals if approval.hash == self.terms.hash)

    @property
    def has_both_keys(self) -> bool:
        return self.keys == frozenset(Side)

    def is_over(self, now: int) -> bool:
        return self.ended is not None or now >= self.terms.window.ends

    def state(self, now: int) -> State:
        """What it is at an instant (ms since 1970 UTC)."""
        if self.is_over(now):
            return State.ENDED
        if self.suspended:
            return State.SUSPENDED
        if self.has_both_keys:
            return State.LIVE if self.terms.window.holds(now) else State.APPROVED
        if self.keys:
            return State.APPROVED_BY_TALENT if Side.TALENT in self.keys else State.APPROVED_BY_BRAND
        return State.SUBMITTED if self.submitted else State.DRAFT


def edit(campaign: Campaign, terms: Terms, now: int) -> Campaign:
    """Sets other terms; both keys are void, and it is a draft again. The same terms change nothing.

    Raises:
        NotAllowed: it is over.
    """
    _not_over(campaign, now)
    if terms == campaign.terms:
        return campaign
    return replace(campaign, terms=terms, submitted=False, approvals=())


def submit(campaign: Campaign, now: int) -> Campaign:
    """Lays the terms before both sides.

    Raises:
        BadWindow: its window is over.
        NotAllowed: somebody has ended it.
    """
    if now >= campaign.terms.window.ends:
        raise BadWindow("this campaign's window is over: give it a later end")
    _not_over(campaign, now)
    return replace(campaign, submitted=True)


def approve(
    campaign: Campaign,
    side: Side,
    by: str,
    hash: str,
    now: int,
    obstacles: Iterable[object],
) -> Campaign:
    """Turns one key on the terms of `hash`. To turn it again changes nothing.

    Args:
        by: the principal whose hand it is.
        obstacles: everything that it cannot go with, each as a sentence: `clashes` with other campaigns, and
            whatever else keeps its page from being live.

    Raises:
        Stale: the terms are no longer those.
        NotAllowed: it is not submitted or is over, or the same hand holds the other key.
        Clashes: there is an obstacle; names all of them.
    """
    _not_over(campaign, now)
    if not campaign.submitted:
        raise NotAllowed("this campaign is still a draft: submit it first")
    if hash != campaign.terms.hash:
        raise Stale("the terms have changed since: read them again before you approve them")
    if any(approval.by == by and approval.side is not side for approval in campaign.approvals):
        raise NotAllowed(
            "you have turned the other side's key of this campaign: somebody else must turn this one"
        )
    if found := tuple(map(str, obstacles)):
        raise Clashes(found)
    if side in campaign.keys:
        return campaign
    return replace(campaign, approvals=(*campaign.approvals, Approval(side, by, hash, now)))


def withdraw(campaign: Campaign, side: Side) -> Campaign:
    """Takes one side's key back; a live campaign stops."""
    kept = tuple(approval for approval in campaign.approvals if approval.side is not side)
    return replace(campaign, approvals=kept)


def suspend(campaign: Campaign, by: Party) -> Campaign:
    """Stops it until the same party resumes it. Its keys, and its place among other brands, stay."""
    return replace(campaign, suspended=campaign.suspended | {by})


def resume(campaign: Campaign, by: Iterable[Party]) -> Campaign:
    """Takes back what these parties stopped.

    Raises:
        NotAllowed: only others have stopped it.
    """
    left = campaign.suspended.difference(by)
    if campaign.suspended and left == campaign.suspended:
        raise NotAllowed(f"only the {' and the '.join(sorted(left))} can resume what they suspended")
    return replace(campaign, suspended=left)


def end(campaign: Campaign, now: int) -> Campaign:
    """Ends it for good."""
    return campaign if campaign.is_over(now) else replace(campaign, ended=now)


@dataclass(frozen=True, slots=True)
class Clash:
    """A campaign with both keys that cannot run beside another one.

    Attributes:
        same_page: they would rule one page at once; else one of both has its category to itself.
    """

    campaign: str
    category: str
    window: Window
    same_page: bool = False

    def __str__(self) -> str:
        return self._told(f"campaign {self.campaign}")

    def nameless(self) -> str:
        """The same for whom the other campaign is not there."""
        return self._told("another campaign")

    def _told(self, other: str) -> str:
        if self.same_page:
            return f"{other} has this page in a part of the same window"
        return f"{other} has {self.category!r} in a part of the same window, and one of both is exclusive"


def clashes(campaign: Campaign, others: Iterable[Campaign]) -> tuple[Clash, ...]:
    """Every campaign with both keys that cannot run beside this one.

    A page carries one campaign at a time. An exclusive campaign and another brand's of its category never
    run at once, whatever their pages. Windows decide, not the time: a clock that goes back opens none that
    was thought to be over.
    """
    terms = campaign.terms
    return tuple(
        Clash(other.id, other.terms.category, other.terms.window, other.terms.deployment == terms.deployment)
        for other in others
        if other.id != campaign.id
        and other.talent == campaign.talent
        and other.has_both_keys
        and other.ended is None
        and other.terms.window.overlaps(terms.window)
        and (other.terms.deployment == terms.deployment or _exclude(campaign, other))
    )


def _exclude(campaign: Campaign, other: Campaign) -> bool:
    return (
        other.brand != campaign.brand
        and (other.terms.exclusive or campaign.terms.exclusive)
        and other.terms.category.casefold() == campaign.terms.category.casefold()
    )


def _not_over(campaign: Campaign, now: int) -> None:
    if campaign.is_over(now):
        raise NotAllowed("this campaign is over: make a new one")
