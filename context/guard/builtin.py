"""The rules and topics that the platform knows, by name and in words."""

from __future__ import annotations

from enum import StrEnum

PLATFORM = "platform"
"""The layer that the rules which are always on belong to."""


class Rule(StrEnum):
    """What a text can break. Verdicts, receipts and `gemelo explain` call rules by these names."""

    NAMES = "names_to_avoid"
    PATTERNS = "patterns_to_avoid"
    TOPICS = "topics_to_avoid"
    FORBIDDEN_CLAIMS = "forbidden_claims"
    """The rules so far are filled by layers; the platform's own, always on, follow."""
    CLAIMS = "claims_to_be_human"
    PROFANITY = "profanity"
    PERSONAL_DATA = "personal_data"
    OFFERS = "prices_and_offers"
    MEETING = "promises_to_meet"
    MONEY = "asks_for_money"
    PROMPT = "prompt_leak"
    UNAPPROVED = "unapproved_claims"
    EXPERIENCE = "product_experience"
    PLANTED = "planted_orders"
    """Not of a reply but of what its mind would read."""
    SPONSOR = "sponsor_not_now"
    CRISIS = "crisis"
    """What a fan says can break the rules from here on."""
    HARMFUL = "harmful_request"
    EXTRACTION = "prompt_extraction"


MASK = "•••"
"""Stands where something was taken out."""

OF_FANS = (Rule.CRISIS, Rule.HARMFUL, Rule.EXTRACTION)
"""Rules on what a fan says, the gravest first."""

BUILT_IN = {
    Rule.CLAIMS: "never says to be human, or the talent in person",
    Rule.PROFANITY: "no swear words, in English or Spanish",
    Rule.PERSONAL_DATA: "no e-mail address, telephone, card, account or identity number",
    Rule.OFFERS: "no price and no offer but in the words of an approved claim",
    Rule.MEETING: "never arranges to meet a fan",
    Rule.MONEY: "never asks a fan for money",
    Rule.PROMPT: "never shows the instructions that it runs on",
    Rule.UNAPPROVED: "no figure, comparison or effect of the sponsor's product but from an approved claim",
    Rule.EXPERIENCE: "has used no product, but for what the talent attested",
    Rule.PLANTED: "a passage that gives orders to whoever reads it is kept from the mind",
    Rule.SPONSOR: "the sponsor is not named again before its turn comes, and never after a crisis",
    Rule.CRISIS: "a fan in crisis is told where to find help, in fixed words and with no brand near",
    Rule.HARMFUL: "a request for help with harm is turned down",
    Rule.EXTRACTION: "who asks for the instructions, or to drop them, is turned down",
}

_RESTATED = {
    Rule.NAMES: "Name no brand, product or person that you were not asked to name.",
    Rule.TOPICS: "Give no medical, legal or financial advice, take no side, and stay with your own topics.",
    Rule.FORBIDDEN_CLAIMS: "Say of the sponsor nothing but the approved claims, word for word.",
    Rule.UNAPPROVED: "Say of the sponsor nothing but the approved claims, word for word.",
    Rule.EXPERIENCE: "Tell of no experience of your own with any product.",
    Rule.OFFERS: "Give no price and no offer.",
    Rule.PROFANITY: "Use no swear word.",
}


def restated(rule: str) -> str:
    """A rule as a mind is told it when its first answer broke it."""
    return f"Your last answer broke a rule. {_RESTATED.get(Rule(rule), 'Leave out what was not asked for.')}"


TOPICS = ("alcohol", "betting", "financial", "legal", "medical", "politics", "religion", "sexual", "violence")
"""Topics that a layer may avoid by name alone: their examples ship with the guard."""
