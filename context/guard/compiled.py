"""The guard of one context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from time import perf_counter

from gemelo.context.guard.asked import Asked
from gemelo.context.guard.builtin import MASK, OF_FANS, PLATFORM, Rule
from gemelo.context.guard.clauses import ClauseRules, clauses
from gemelo.context.guard.meaning import Meaning
from gemelo.context.guard.planted import plants_orders
from gemelo.context.guard.rulebook import Rulebook
from gemelo.context.guard.rules import SpanRules
from gemelo.context.guard.seam import Redacted, Runs
from gemelo.context.guard.skeleton import Reading
from gemelo.context.guard.stream import Stream, Timer
from gemelo.context.records import Decision, Verdict
from gemelo.models.vocabulary import Language


class CompiledGuard:
    """A `Guard` compiled from a rulebook, shared by the sessions of its context.

    The platform's own rules need no layer: they hold in every context.
    """

    def __init__(
        self,
        rules: Rulebook,
        policy: str,
        meaning: Meaning,
        *,
        secret: str = "",
        timer: Timer = perf_counter,
    ) -> None:
        """Compiles the rules (about 4 ms for 200 names, once the lexicon is read).

        Args:
            rules: of one context.
            policy: hash of that context, for the receipts.
            meaning: of texts, shared by all contexts.
            secret: the stable start of its prompts, which must not leave.
            timer: seconds, for the receipts.
        """
        self._book = rules
        self._secret = secret
        self._policy = policy
        self._timer = timer
        self._rules = self._span_rules()
        self._clauses = ClauseRules(rules, meaning)
        self._asked = Asked(meaning)
        asked = (*OF_FANS, Rule.TOPICS) if any(topic.unasked for topic in rules.topics) else OF_FANS
        self.runs = Runs((Rule.PERSONAL_DATA,), asked, self._clauses.rules)

    def ask(self, question: str, language: Language) -> Verdict:
        """Judges what a fan says."""
        return self._asked.judge(question, language)

    def turned_away(self, question: str, language: Language, *, answered: bool) -> Verdict | None:
        """What a question enters that a layer lets nobody ask about."""
        topic = self._clauses.asked_on(question, language, answered=answered)
        return Verdict(Decision.BLOCK, Rule.TOPICS, topic.unasked, (0, len(question))) if topic else None

    def redact(self, text: str) -> Redacted:
        """Replaces personal data by `MASK`."""
        spans = self._rules.personal_data(Reading(text))
        verdicts = (Verdict(Decision.REDACT, Rule.PERSONAL_DATA, PLATFORM, span) for span in spans)
        return Redacted(_masked(text, spans), tuple(verdicts))

    def open(self, language: Language, *, spoken: bool = False, branded: bool = True) -> Stream:
        """Starts judging one reply; the span rules hold in every language alike."""
        rules = self._rules if branded or not self._book.brand else self._unbranded
        return Stream(rules, self._policy, self._timer, () if spoken else self._book.redacted)

    def weigh(self, said: str, clause: str, language: Language) -> Verdict | None:
        """What the clause rules hold against a clause."""
        return self._clauses.judge(said, clause, language)

    def planted(self, text: str) -> bool:
        """Whether a document's text gives orders."""
        return plants_orders(text)

    def judge(self, text: str, language: Language, side: str) -> tuple[Verdict, ...]:
        """Judges a whole text: one `ALLOW`, or everything in it that breaks a rule."""
        if side == "input":
            found = [self.ask(text, language)]
            if found[0].decision is Decision.ALLOW:
                found = [*self.redact(text).verdicts]
        else:
            found = [*self._rules.judge(Reading(text)), *self._clause_by_clause(text, language)]
        return tuple(found) or (Verdict(Decision.ALLOW, "", ""),)

    def mask(self, text: str) -> str:
        """Replaces every name to avoid by `MASK`, and what only then stands out as one, too."""
        while found := self._rules.names.find(Reading(text)):
            text = _masked(text, [(name.start, name.end) for name in found])
        return text

    def _clause_by_clause(self, text: str, language: Language) -> Iterator[Verdict]:
        for said, clause in clauses(text):
            if verdict := self.weigh(said, clause, language):
                yield verdict

    def _span_rules(self, unwelcome: str = "") -> SpanRules:
        book = self._book
        names = (
            (spelling, avoided.layer)
            for avoided in book.names
            for spelling in (avoided.name, *avoided.aliases)
        )
        return SpanRules(
            names,
            book.talent,
            book.approved,
            secret=self._secret,
            patterns=book.patterns,
            unwelcome=unwelcome,
        )

    @cached_property
    def _unbranded(self) -> SpanRules:
        return self._span_rules(unwelcome=self._book.brand)


def _masked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    masked = ""
    shown = 0
    for start, end in spans:
        if start >= shown:
            masked += text[shown:start] + MASK
        shown = max(shown, end)
    return masked + text[shown:]
