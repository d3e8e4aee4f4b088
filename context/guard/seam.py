"""The guard as the engine sees it: a stream of text in, judged text out.

    unjudged text ──feed()──▶ [ hold: as little as the rules need ] ──▶ Judged.text (may leave)

After a `BLOCK` or `CRISIS` the stream releases nothing more; the reply says a deflection instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from gemelo.context.records import Receipt, Verdict
from gemelo.models.vocabulary import Language


@dataclass(frozen=True, slots=True)
class Judged:
    """What may leave now.

    `text` is safe to send: what was fed, with redacted characters replaced one by one, so that
    indices into the reply are indices into what was fed. `upto` is how many characters of all the
    text fed so far may leave (a voice may sound that far). `verdict` is set when this step blocked.
    """

    text: str
    upto: int
    verdict: Verdict | None = None


class GuardStream(Protocol):
    """Judges one reply."""

    def feed(self, text: str) -> Judged: ...

    def finish(self) -> Judged:
        """The reply has ended: judges and releases what was held."""
        ...

    def receipt(self) -> Receipt: ...


class Guard(Protocol):
    """Compiled from one context, shared by all its sessions; pure and quick."""

    def open(self, language: Language) -> GuardStream:
        """Starts judging one reply."""
        ...

    def judge(self, text: str, language: Language, side: str) -> tuple[Verdict, ...]:
        """Judges a whole text at once; `side` is `input` or `output`."""
        ...

    def mask(self, text: str) -> str:
        """Replaces what a page must not show (names to avoid in a fan's own words) by bullets."""
        ...
