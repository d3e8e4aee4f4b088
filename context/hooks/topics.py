"""What a talent's people can be told of. Each topic is a thing and what was done to it."""

from __future__ import annotations

from enum import StrEnum

_DONE = {
    "edit": "edited",
    "submit": "submitted",
    "approve": "approved",
    "withdraw": "withdrawn",
    "suspend": "suspended",
    "resume": "resumed",
    "end": "ended",
    "stop": "stopped",
    "start": "started",
    "revoke": "revoked",
}


class Topic(StrEnum):
    """Every one that is ever posted; `docs/fans.md` says when."""

    SESSION_ENDED = "session.ended"
    TURN_FLAGGED = "turn.flagged"
    VOICE_REPLACED = "voice.replaced"
    LEAD_CREATED = "lead.created"
    LAYER_PUBLISHED = "layer.published"
    CAMPAIGN_DRAFTED = "campaign.drafted"
    CAMPAIGN_EDITED = "campaign.edited"
    CAMPAIGN_SUBMITTED = "campaign.submitted"
    CAMPAIGN_APPROVED = "campaign.approved"
    CAMPAIGN_WITHDRAWN = "campaign.withdrawn"
    CAMPAIGN_SUSPENDED = "campaign.suspended"
    CAMPAIGN_RESUMED = "campaign.resumed"
    CAMPAIGN_ENDED = "campaign.ended"
    LICENCE_REVOKED = "licence.revoked"
    CONSENT_REVOKED = "consent.revoked"
    TALENT_STOPPED = "talent.stopped"
    TALENT_STARTED = "talent.started"
    TWIN_SUSPENDED = "twin.suspended"
    TWIN_RESUMED = "twin.resumed"


def topic_of(thing: str, verb: str) -> Topic:
    """The topic of an act, e.g. of a `campaign` and `approve`."""
    return Topic(f"{thing}.{_DONE[verb]}")
