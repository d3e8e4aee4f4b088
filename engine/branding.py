"""When the sponsor of a place may be named in one session; pure."""

from __future__ import annotations

import re

from gemelo.context.policy.context import Context, Sponsoring
from gemelo.models.vocabulary import Exchange

_ASKS = re.compile(r"\b(?:patrocin|sponsor|publicidad|advert)", re.IGNORECASE)


class Branding:
    """Remembers when the sponsor was named last, and whether it must be kept out from now on.

    Attributes:
        banned: no brand may come near this fan any more.
    """

    def __init__(self, context: Context, history: tuple[Exchange, ...] = (), *, banned: bool = False) -> None:
        self._sponsor = context.sponsor
        self._named_at: int | None = None
        heard = [exchange.twin for exchange in history if exchange.twin]  # cut off, perhaps
        scripts = tuple(context.crisis_script(language) for language in context.languages)
        self.banned = banned or any(script.startswith(said) for said in heard for script in scripts)

    def welcome(self, question: str, number: int) -> bool:
        """Whether the reply to turn `number` may name the sponsor: when it is due, or asked for."""
        if self._sponsor is None or self.banned:
            return not self.banned
        if _ASKS.search(question) or names(self._sponsor, question):
            return True
        return self._named_at is None or number - self._named_at >= self._sponsor.every_turns

    def said(self, reply: str, number: int, *, crisis: bool) -> None:
        """Notes what turn `number` has said; after a crisis no brand comes near this fan."""
        self.banned = self.banned or crisis
        if self._sponsor and names(self._sponsor, reply):
            self._named_at = number

    def under(self, context: Context) -> Branding:
        """The same fan's branding where other rules hold from now on; another sponsor has yet to be named."""
        moved = Branding(context, banned=self.banned)
        if context.sponsor and self._sponsor and context.sponsor.brand == self._sponsor.brand:
            moved._named_at = self._named_at
        return moved


def names(sponsor: Sponsoring, text: str) -> bool:
    """Whether a text names the sponsor: "Sol" is no part of "solo"."""
    return bool(re.search(rf"(?<!\w){re.escape(sponsor.brand)}(?:e?s)?(?!\w)", text, re.IGNORECASE))
