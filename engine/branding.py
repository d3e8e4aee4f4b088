"""When the sponsor of a place may be named in one session; pure."""

from __future__ import annotations

import re

from gemelo.context.policy.context import Context
from gemelo.models.vocabulary import Exchange

_ASKS = re.compile(r"\b(?:patrocin|sponsor|publicidad|advert)", re.IGNORECASE)


class Branding:
    """Remembers when the sponsor was named last, and whether it must be kept out from now on."""

    def __init__(self, context: Context, history: tuple[Exchange, ...] = ()) -> None:
        self._sponsor = context.sponsor
        self._named_at: int | None = None
        scripts = tuple(context.crisis_script(language) for language in context.languages)
        self._banned = any(exchange.twin and exchange.twin in scripts for exchange in history)

    def welcome(self, question: str, number: int) -> bool:
        """Whether the reply to turn `number` may name the sponsor: when it is due, or asked for."""
        if self._sponsor is None or self._banned:
            return not self._banned
        if _ASKS.search(question) or self._sponsor.brand.casefold() in question.casefold():
            return True
        return self._named_at is None or number - self._named_at >= self._sponsor.every_turns

    def said(self, reply: str, number: int, *, crisis: bool) -> None:
        """Notes what turn `number` has said; after a crisis no brand comes near this fan."""
        self._banned = self._banned or crisis
        if self._sponsor and self._sponsor.brand.casefold() in reply.casefold():
            self._named_at = number
