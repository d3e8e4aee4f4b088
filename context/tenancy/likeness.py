"""What a talent has agreed to: the licence to its likeness, and consent to its voice and face; pure.

Consent ── names the file ──▶ Clone: making ─▶ ready ───────────────▶ gone    at a vendor's, for as long
                                     ├─▶ training ─▶ ready ─────▶ gone    as it holds
                                     └─▶ lost ──────────────────▶ gone
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import DeploymentType

MAKING_MS = 600_000
"""A clone that nobody has told of for so long may be there or not: it is looked for, and deleted."""


class Likeness(StrEnum):
    """What of a person may be synthesised."""

    VOICE = "voice"
    AVATAR = "avatar"


class CloneState(StrEnum):
    MAKING = "making"
    """The vendor was asked for it."""
    TRAINING = "training"
    """The vendor has begun it, which takes hours."""
    READY = "ready"
    LOST = "lost"
    """The vendor was asked, and nobody knows what came of it."""
    GONE = "gone"
    """The vendor has deleted it, or never made it."""


@dataclass(frozen=True, slots=True)
class Clone:
    """What a vendor has made of the file that a consent names.

    Attributes:
        name: its name at the vendor's, which no other has: one whose id nobody was told is found by it.
        language: that it was made for; empty of a face.
        made: when the vendor was asked (ms since 1970 UTC).
        by: the principal who had it made.
        sha256: of the file that was sent.
        id: the vendor's, empty where nobody knows it.
    """

    name: str
    vendor: str
    language: str
    made: int
    by: str
    sha256: str
    state: CloneState = CloneState.MAKING
    id: str = ""


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
        clones: what vendors were asked to make under it, in order; of what they deleted the line stays.
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
    clones: tuple[Clone, ...] = ()

    def holds(self, now: int) -> bool:
        return self.revoked is None and self.term.holds(now)

    @property
    def due(self) -> int | None:
        """When somebody has to look after its clones (ms since 1970 UTC), None where nobody has."""
        ends = (end for clone in self.clones if (end := self.end_of(clone)) is not None)
        return min(ends, default=None)

    def end_of(self, clone: Clone) -> int | None:
        """When a clone is to be looked after (ms since 1970 UTC), None where it is gone."""
        ends = self.term.ends if self.revoked is None else self.revoked
        match clone.state:
            case CloneState.GONE:
                return None
            case CloneState.READY:
                return ends
            case CloneState.TRAINING:
                return min(clone.made + MAKING_MS, ends)
            case _:  # what was asked for may come late
                return clone.made + MAKING_MS

    def covers(self, kind: Likeness, name: str, channel: DeploymentType, now: int) -> bool:
        return (
            (self.kind, self.name) == (kind, name)
            and (not self.channels or channel in self.channels)
            and self.holds(now)
        )


def consented(
    consents: Iterable[Consent], kind: Likeness, name: str, channel: DeploymentType, now: int
) -> bool:
    """Whether somebody has agreed; without that the neutral voice and face are used."""
    return any(consent.covers(kind, name, channel, now) for consent in consents)


def cloned(
    consents: Iterable[Consent], kind: Likeness, name: str, channel: DeploymentType, now: int
) -> dict[str, dict[str, str]]:
    """The ids of the clones that somebody agrees to here and now, by vendor and language."""
    ids: dict[str, dict[str, str]] = {}
    for consent in consents:
        if consent.covers(kind, name, channel, now):
            for clone in consent.clones:
                if clone.state is CloneState.READY:
                    ids.setdefault(clone.vendor, {})[clone.language] = clone.id
    return ids
