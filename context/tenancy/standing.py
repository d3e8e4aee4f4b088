"""What stands at one place at one moment; pure.

    Facts (what people have set) + now ──standing──▶ Standing (the layers that rule) | Closed (why not)

A campaign's layer rules while the campaign is live and not a millisecond longer; a campaign's own page is
open for exactly that long. `next_change` is when the clock alone may change the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from gemelo.context.tenancy.campaigns import Campaign, State
from gemelo.context.tenancy.likeness import Consent, Licence, Likeness, Refusal, Use, consented, refused
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import (
    Deployment,
    DeploymentStatus,
    DeploymentType,
    LayerKind,
    LayerText,
    Talent,
    Twin,
    TwinState,
)
from gemelo.models.errors import Closed


class Reason(StrEnum):
    """Why nobody talks at a place."""

    TALENT_STOPPED = "talent_stopped"
    """The kill switch."""
    TWIN = "twin_not_live"
    INACTIVE = "deployment_inactive"
    SCHEDULE = "outside_schedule"
    NO_CAMPAIGN = "no_live_campaign"
    LICENCE = "not_licensed"


@dataclass(frozen=True, slots=True)
class Facts:
    """All that people have set about one place: its talent's and its own layers, the newest of each."""

    deployment: Deployment
    twin: Twin
    talent: Talent
    layers: tuple[LayerText, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    licences: tuple[Licence, ...] = ()
    consents: tuple[Consent, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What rules a place that is open.

    Attributes:
        layers: the stack under the platform's own layer.
        campaign: the live one, None where none is.
    """

    layers: tuple[LayerText, ...]
    campaign: Campaign | None = None


def standing(facts: Facts, now: int, territory: str | None = None) -> Standing:
    """What rules a place at an instant (ms since 1970 UTC).

    Args:
        territory: where a fan is, empty where nobody knows; None asks for the place, not for a fan.

    Raises:
        Closed: nobody talks there now.
    """
    place = facts.deployment
    if facts.talent.stopped:
        raise _closed(place, Reason.TALENT_STOPPED, at_once=True)
    if facts.twin.state is not TwinState.LIVE:
        raise _closed(place, Reason.TWIN, at_once=True)
    if place.status is DeploymentStatus.INACTIVE:
        raise _closed(place, Reason.INACTIVE)
    if place.status is DeploymentStatus.SCHEDULED and not (place.schedule and place.schedule.holds(now)):
        raise _closed(place, Reason.SCHEDULE)
    live = next((one for one in facts.campaigns if one.state(now) is State.LIVE), None)
    if live and place.type is not DeploymentType.CAMPAIGN and _unlicensed(facts, live, None, now):
        live = None  # the place is the talent's own: it goes on without the brand
    if place.type is DeploymentType.CAMPAIGN and live is None:
        raise _closed(place, Reason.NO_CAMPAIGN, at_once=_stopped_in_its_window(facts, now))
    if _unlicensed(facts, live, territory, now):
        raise _closed(place, Reason.LICENCE, at_once=True)
    layers = tuple(layer for layer in facts.layers if layer.kind is not LayerKind.CAMPAIGN)
    return Standing(layers if live is None else (*layers, campaign_layer(live)), live)


def going_on(facts: Facts, live: Campaign | None) -> Facts:
    """The same facts, under which the time may end what is live and begins nothing.

    For who cannot look at newer ones: what was known is enough to stop a brand, not to let one in.
    """
    return replace(facts, campaigns=tuple(one for one in facts.campaigns if live and one.id == live.id))


def licensed(facts: Facts, campaign: Campaign) -> bool:
    """Whether a campaign's brand may use the talent at its page for all of its window."""
    window = campaign.terms.window
    return not any(_unlicensed(facts, campaign, None, at) for at in (window.starts, window.ends - 1))


def campaign_layer(campaign: Campaign) -> LayerText:
    """A campaign's layer as one of the stack."""
    terms = campaign.terms
    return LayerText("", terms.deployment, LayerKind.CAMPAIGN, 1, terms.layer, campaign=campaign.id)


def may_use(facts: Facts, kind: Likeness, name: str, now: int) -> bool:
    """Whether a voice or an avatar that layers chose may be used at a place."""
    return consented(facts.consents, kind, name, facts.deployment.type, now)


def next_change(facts: Facts, now: int) -> int | None:
    """The next instant after `now` at which a window begins or ends; None where none does."""
    instants = (
        instant for window in _windows(facts) for instant in (window.starts, window.ends) if instant > now
    )
    return min(instants, default=None)


def _windows(facts: Facts) -> Iterable[Window]:
    if facts.deployment.schedule:
        yield facts.deployment.schedule
    for campaign in facts.campaigns:
        yield campaign.terms.window
    for agreed in (*facts.licences, *facts.consents):
        yield agreed.term


def _unlicensed(facts: Facts, live: Campaign | None, territory: str | None, now: int) -> Refusal | None:
    use = Use(
        facts.deployment.type,
        live.brand if live else "",
        territory or "",
        live.terms.category if live else "",
    )
    if territory is not None:
        return refused(facts.licences, use, now)
    anywhere = (replace(licence, territories=frozenset[str]()) for licence in facts.licences)
    return refused(anywhere, use, now)


def _stopped_in_its_window(facts: Facts, now: int) -> bool:
    """Whether a campaign would be live if nobody had suspended it or taken a key back."""
    return any(one.terms.window.holds(now) and not one.is_over(now) for one in facts.campaigns)


def _closed(place: Deployment, reason: Reason, *, at_once: bool = False) -> Closed:
    """What strangers are told does not say why: that is between a talent and its brands."""
    return Closed(
        f"there is no open deployment {place.key[:64]!r}: check its key and its status",
        reason,
        at_once=at_once,
    )
