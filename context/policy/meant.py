"""Refusing fixed lines that break a rule which only their meaning tells: topics, and claims in other words.

What words alone show is refused when layers are compiled. This takes an encoder some milliseconds a line, so
it is done where a policy becomes live, in a thread, and never in a turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from gemelo.context.guard.builtin import PLATFORM, Rule
from gemelo.context.guard.clauses import ALIKE, Broken, ClauseRules
from gemelo.context.guard.linear import Floats, Line
from gemelo.context.guard.meaning import Meaning, Sense
from gemelo.context.guard.rulebook import AvoidedTopic, ForbiddenClaim, Rulebook
from gemelo.context.policy.checks import (
    DENIED,
    DISCLAIMERS,
    FIXED,
    STATED,
    TOLD,
    clash,
    refuse,
    spoken,
    stating,
)
from gemelo.context.policy.context import Context, Row
from gemelo.models.errors import BadLayer
from gemelo.models.vocabulary import Language

_SENSES = 1024
"""Clauses whose vectors are kept (1.5 kB each): most lines are the same in each place and each version."""
_LINES = 16_384
"""Lines whose judgement under one set of topics, or of forbidden claims, is kept."""
_RULEBOOKS = 64
_SAME = 0.88
"""`ALIKE` for lines that were approved or must be said: claims about one product are always alike, and
harmless ones could not be approved. Paraphrases stand at .90 to .95, the demo's approved claims below .84."""

_Rules = tuple[tuple[AvoidedTopic, ...], tuple[ForbiddenClaim, ...]]


class FixedLines:
    """Judges what is said as it stands. One for all places: what was judged once is remembered."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = _Remembering(meaning)
        self._rules = lru_cache(_RULEBOOKS)(self._learned)
        self._judged = lru_cache(_LINES)(self._judge)

    def refuse_broken(self, context: Context) -> None:
        """Judges every line of a context that is said as it stands, or that approves what it states.

        Raises:
            BadLayer: a line breaks a rule; names both, and every other such pair, twenty at most.
            EmbedderError: the encoder failed.
        """
        refuse(tuple(islice(self._broken(context), TOLD)))

    def _broken(self, context: Context) -> Iterator[BadLayer]:
        book = context.rules
        for row in context.rows:
            if row.rule.startswith(STATED):
                language = spoken(row, context.languages)
                alike = ALIKE if row.rule.startswith(FIXED) else _SAME
                for line in row.value.split("; "):
                    found = (
                        *self._judged((book.topics, ()), line, language, alike),
                        *self._judged(((), book.forbidden), line, language, alike),
                    )
                    yield from islice(_clashes(context, row, found), 1)

    def _judge(
        self, rules: _Rules, line: str, language: Language, alike: float
    ) -> tuple[tuple[str, Broken], ...]:
        return tuple(self._rules(rules).meant(line, language, alike))

    def _learned(self, rules: _Rules) -> ClauseRules:
        topics, forbidden = rules
        return ClauseRules(Rulebook("", topics=topics, forbidden=forbidden), self._meaning)


def _clashes(context: Context, row: Row, found: Iterable[tuple[str, Broken]]) -> Iterator[BadLayer]:
    """What is wrong with a line of a row. The platform's lines keep to its rules; a disclaimer may deny."""
    for sentence, broken in found:
        above = _above(context, broken)
        denied = row.rule.startswith(DISCLAIMERS) and DENIED.search(sentence)
        if not denied and not row.layer == above.layer == PLATFORM:
            yield clash(row, sentence, above)


def _above(context: Context, broken: Broken) -> Row:
    """The row that a line breaks; the strongest layer's."""
    if broken.rule is Rule.FORBIDDEN_CLAIMS:
        return stating(context.rows, broken.by)
    return next(row for row in context.rows if row.rule == Rule.TOPICS and row.value.casefold() == broken.by)


class _Remembering(Meaning):
    """Another's meaning that encodes no text twice while it is remembered."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._sense = lru_cache(_SENSES)(self._encoded)

    def senses(self, texts: Sequence[str], language: Language) -> list[Sense]:
        return [self._sense(text, language) for text in texts]

    def enters(self, said: Floats, names: Sequence[str]) -> dict[str, float]:
        return self._meaning.enters(said, names)

    def learn(self, examples: Sequence[str]) -> Line:
        return self._meaning.learn(examples)

    def _encoded(self, text: str, language: Language) -> Sense:
        return self._meaning.senses([text], language)[0]
