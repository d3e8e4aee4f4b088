"""What a reply must disclose (PRODUCT.md, rule 1); fixed lines of the house, never the model's."""

from __future__ import annotations

from collections.abc import Collection

from gemelo.context.policy.context import Context
from gemelo.models.vocabulary import Label, Language


def opening(context: Context, language: Language, first_turn: bool) -> str:
    """What a reply begins with: in the first turn whose AI twin this is and who sponsors it."""
    return context.disclosure(language) if first_turn else ""


def branding(context: Context, language: Language, labels: Collection[Label], first_turn: bool) -> str:
    """What a branded reply ends with: the sponsored line, unless the opening has just said it.

    Args:
        context: the rules of the place.
        language: of the reply.
        labels: of the reply's sentences; one of them `SPONSORED` makes the reply branded.
        first_turn: whether the reply began with the first turn's opening.
    """
    if context.sponsor is None or first_turn or Label.SPONSORED not in labels:
        return ""
    return context.sponsor.line(language)
