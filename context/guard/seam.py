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


@dataclass(frozen=True, slots=True)
class Redacted:
    """A fan's words without their personal data; the verdicts' spans are indices into the words as said."""

    text: str
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Runs:
    """The rules that each part of a guard runs, by name, for receipts. A stream's own receipt names its."""

    redact: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    weigh: tuple[str, ...] = ()


class GuardStream(Protocol):
    """Judges one reply."""

    def feed(self, text: str) -> Judged: ...

    def finish(self) -> Judged:
        """The reply has ended: judges and releases what was held."""
        ...

    def receipt(self) -> Receipt: ...


class Guard(Protocol):
    """Compiled from one context, shared by all its sessions; pure.

    `ask`, `turned_away`, `weigh` and `judge` take some milliseconds (they encode a text): call them in a
    thread.
    """

    @property
    def runs(self) -> Runs: ...

    def ask(self, question: str, language: Language) -> Verdict:
        """Judges what a fan says: `ALLOW`, `CRISIS`, or `BLOCK` for what must not be answered."""
        ...

    def turned_away(self, question: str, language: Language, *, answered: bool) -> Verdict | None:
        """The topic of a question that a layer turns away.

        Args:
            answered: whether something was found that answers it; then it has to be on that topic for sure.
        """
        ...

    def redact(self, text: str) -> Redacted:
        """Replaces personal data in a fan's words, which neither a mind nor a store needs."""
        ...

    def open(self, language: Language, *, spoken: bool = False, branded: bool = True) -> GuardStream:
        """Starts judging one reply by the span rules.

        Args:
            spoken: a voice reads along, so that nothing can be redacted: what would be is blocked.
            branded: whether the sponsor may be named.
        """
        ...

    def weigh(self, said: str, clause: str, language: Language) -> Verdict | None:
        """What `clause`, said after `said`, breaks of the clause rules; spans count from `said`'s start."""
        ...

    def planted(self, text: str) -> bool:
        """Whether a document's or a tool's text tries to give the twin orders. Quick."""
        ...

    def judge(self, text: str, language: Language, side: str) -> tuple[Verdict, ...]:
        """Judges a whole text by every rule; `side` is `input` (what a fan says) or `output`."""
        ...

    def mask(self, text: str) -> str:
        """Replaces what a page must not show (names to avoid in a fan's own words) by bullets."""
        ...
