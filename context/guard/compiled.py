"""The guard of one context."""

from __future__ import annotations

from time import perf_counter

from gemelo.context.guard.names import Match, NameMatcher
from gemelo.context.guard.rulebook import Rulebook
from gemelo.context.guard.rules import SpanRules
from gemelo.context.guard.skeleton import Reading
from gemelo.context.guard.stream import Stream, Timer
from gemelo.context.records import Decision, Verdict
from gemelo.models.vocabulary import Language

MASK = "•••"


class CompiledGuard:
    """A `Guard` compiled from a rulebook, shared by the sessions of its context.

    The platform's own rules need no layer: they hold in every context.
    """

    def __init__(self, rules: Rulebook, policy: str, secret: str = "", timer: Timer = perf_counter) -> None:
        """Compiles the rules (about 4 ms for 200 names, once the lexicon is read).

        Args:
            rules: of one context.
            policy: hash of that context, for the receipts.
            secret: the stable start of its prompts, which must not leave.
            timer: seconds, for the receipts.
        """
        self._names = NameMatcher(
            (spelling, avoided.layer)
            for avoided in rules.names
            for spelling in (avoided.name, *avoided.aliases)
        )
        self._rules = SpanRules(self._names, rules.talent, rules.approved)
        self._policy = policy
        self._timer = timer

    def open(self, language: Language) -> Stream:
        """Starts judging one reply; the span rules hold in every language alike."""
        return Stream(self._rules, self._policy, self._timer)

    def judge(self, text: str, language: Language, side: str) -> tuple[Verdict, ...]:
        """Judges a whole text: one `ALLOW`, or every block in it.

        A fan may name anything and claim anything, so `input` is allowed.
        """
        blocks = self._rules.judge(Reading(text)) if side == "output" else []
        return tuple(blocks) or (Verdict(Decision.ALLOW, "", ""),)

    def mask(self, text: str) -> str:
        """Replaces every name to avoid by `MASK`, and what only then stands out as one, too."""
        while found := self._names.find(Reading(text)):
            text = _masked(text, found)
        return text


def _masked(text: str, names: list[Match]) -> str:
    masked = ""
    shown = 0
    for name in names:
        if name.start >= shown:
            masked += text[shown : name.start] + MASK
        shown = max(shown, name.end)
    return masked + text[shown:]
