"""What a talent has agreed to: the licence to its likeness, and consent to its voice and face; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import DeploymentType


class Likeness(StrEnum):
    """What of a person may be synthesised."""

    VOICE = "voice"
    AVATAR = "avatar"


@dataclass(frozen=True, slots=True)
class Licence:
    """Where, for whom and of what a talent's twins may talk. An empty set of any of them: all.

    Attributes:
        territories: ISO 3166 codes of the countries where fans may be, upper case.
        channels: kinds of places.
        term: when it holds.
        revoked: when it was (ms since 1970 UTC), None while it is not. It holds at no instant from then on,
            whatever a clock says: those of two servers differ, and one may go back.
        topics: what brands may pay for talk of: the categories of their campaigns, in any case of letters.
    """

    id: str
    talent: str
    term: Window
    brands: frozenset[str] = frozenset()
    territories: frozenset[str] = frozenset()
    channels: frozenset[DeploymentType] = frozenset()
    revoked: int | None = None
    topics: frozenset[str] = frozenset()

    def holds(self, now: int) -> bool:
        return self.revoked is None and self.term.holds(now)


@dataclass(frozen=True, slots=True)
class Use:
    """One session's use of a likeness; `territory` is empty where it is unknown, `brand` and `topic` (the
    category of its campaign) where none pays."""

    channel: DeploymentType
    brand: str = ""
    territory: str = ""
    topic: str = ""


class Refusal(StrEnum):
    """Why a likeness may not be used."""

    NONE_HOLDS = "no_licence"
    BRAND = "brand_not_licensed"
    TERRITORY = "territory_not_licensed"
    CHANNEL = "channel_not_licensed"
    TOPIC = "topic_not_licensed"


def refused(licences: Iterable[Licence], use: Use, now: int) -> Refusal | None:
    """None where some licence covers the use, else what comes nearest to why not.

    A licence that names territories does not cover fans of whom nobody knows where they are.
    """
    reasons = [_refused(licence, use) for licence in licences if licence.holds(now)]
    if not reasons:
        return Refusal.NONE_HOLDS
    return None if None in reasons else reasons[-1]


def _refused(licence: Licence, use: Use) -> Refusal | None:
    if licence.channels and use.channel not in licence.channels:
        return Refusal.CHANNEL
    if use.brand and licence.brands and use.brand not in licence.brands:
        return Refusal.BRAND
    if use.topic and licence.topics and use.topic.casefold() not in map(str.casefold, licence.topics):
        return Refusal.TOPIC
    if licence.territories and use.territory not in licence.territories:
        return Refusal.TERRITORY
    return None


@dataclass(frozen=True, slots=True)
class Consent:
    """One person's word that a recording or a picture may be used to synthesise them.

    Attributes:
        name: key of the voice or avatar that is made of it, as layers choose it.
        who: the person who gave it, by name.
        sha256: of the very file.
        channels: kinds of places that it is for; empty: any.
        revoked: when it was (ms since 1970 UTC), None while it is not. It holds at no instant from then on,
            whatever a clock says: those of two servers differ, and one may go back.
    """

    id: str
    talent: str
    kind: Likeness
    name: str
    who: str
    sha256: str
    term: Window
    channels: frozenset[DeploymentType] = frozenset()
    revoked: int | None = None

    def covers(self, kind: Likeness, name: str, channel: DeploymentType, now: int) -> bool:
        return (
            (self.kind, self.name) == (kind, name)
            and (not self.channels or channel in self.channels)
            and self.term.holds(now)
            and self.revoked is None
        )


def consented(
    consents: Iterable[Consent], kind: Likeness, name: str, channel: DeploymentType, now: int
) -> bool:
    """Whether somebody has agreed; without that the neutral voice and face are used."""
    return any(consent.covers(kind, name, channel, now) for consent in consents)
