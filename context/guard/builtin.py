"""The rules that are always on, by name and in words."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """What a text can break. Verdicts, receipts and `gemelo explain` call rules by these names."""

    NAMES = "names_to_avoid"
    """The only one that layers fill; the platform's own follow."""
    CLAIMS = "claims_to_be_human"
    PROFANITY = "profanity"
    PERSONAL_DATA = "personal_data"
    OFFERS = "prices_and_offers"
    MEETING = "promises_to_meet"
    MONEY = "asks_for_money"


BUILT_IN = {
    Rule.CLAIMS: "never, in any language",
    Rule.PROFANITY: "never, in English or Spanish",
    Rule.PERSONAL_DATA: "no e-mail address, telephone, card, account or identity number",
    Rule.OFFERS: "no price and no offer but in the words of an approved claim",
    Rule.MEETING: "never",
    Rule.MONEY: "never",
}
