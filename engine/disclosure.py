"""What a fan has to be told about this twin, and whether they have been; pure."""

from __future__ import annotations

from collections.abc import Iterable

from gemelo.context.policy.context import Context
from gemelo.engine.events import Restaged
from gemelo.models.vocabulary import Exchange, Language

_BADGES = {Language("es"): "Gemelo de IA de {}", Language("en"): "AI twin of {}"}


def disclosed(context: Context, history: Iterable[Exchange]) -> bool:
    """Whether the fan ever heard the disclosure to its end, in any language."""
    lines = tuple(context.disclosure(language).rstrip(" .") for language in context.languages)
    return any(exchange.twin.startswith(lines) for exchange in history)


def undisclosed(new: Context, old: Context) -> bool:
    """Whether who was told all that `old` discloses has yet to be told something: of a new sponsor, say."""
    return any(
        not set(new.disclosures.of(language)) <= set(old.disclosures.of(language))
        for language in new.languages
    )


def badges(context: Context) -> dict[Language, str]:
    """What stands beside a twin wherever it is shown, by language."""
    return {language: badge.format(context.talent) for language, badge in _BADGES.items()}


def badge(context: Context, language: Language) -> str:
    """The badge in one language; in English where there is none in it."""
    known = badges(context)
    return known.get(language, known[Language("en")])


def restaged(context: Context, *, banned: bool) -> Restaged:
    """What a page is told of the rules that hold from now on; no sponsor where brands are `banned`."""
    sponsor = context.sponsor
    if sponsor is None or banned:
        return Restaged(context.hash)
    lines = tuple((language, sponsor.line(language)) for language in context.languages)
    return Restaged(context.hash, sponsor.brand, lines)
