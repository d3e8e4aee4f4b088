"""The span rules of one context, and how much of an unfinished text they can already judge; pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from gemelo.context.guard.builtin import PLATFORM, Rule
from gemelo.context.guard.codes import coded, unfinished_codes
from gemelo.context.guard.figures import amounts, personal_data, unfinished_figures
from gemelo.context.guard.glyphs import SPACE, fold
from gemelo.context.guard.names import NameMatcher
from gemelo.context.guard.patterns import Forbidden, Patterns
from gemelo.context.guard.phrasebook import amounts_in_words, in_person, phrases, spoken_numbers
from gemelo.context.guard.phrases import PhraseMatcher
from gemelo.context.guard.profanity import profanities
from gemelo.context.guard.rulebook import AvoidedPattern
from gemelo.context.guard.secrets import Spelt, disguised, instructions, marks, spelled
from gemelo.context.guard.skeleton import Reading
from gemelo.context.records import Decision, Verdict

_Broken = tuple[Rule, str, int, int]
_ALWAYS = (Rule.CLAIMS, Rule.PROFANITY, Rule.PERSONAL_DATA, Rule.OFFERS, Rule.MEETING, Rule.MONEY)
_MARK, _UNWELCOME = "prompt's mark", "unwelcome sponsor"
"""Owners of names that no layer forbids."""


class SpanRules:
    """Names to avoid and the platform's own rules: whatever a window of a few words can show.

    All are recognised as they come: only what may begin or continue one waits.

    Attributes:
        rules: those that this context fills and those that are always on.
    """

    def __init__(
        self,
        names: Iterable[tuple[str, str]],
        talent: str,
        approved: Iterable[str] = (),
        *,
        secret: str = "",
        patterns: Iterable[AvoidedPattern] = (),
        unwelcome: str = "",
    ) -> None:
        """Compiles the rules.

        Args:
            names: (spelling, layer) of what must not be named.
            talent: whose twin this is.
            approved: texts whose words, prices and offers are facts.
            secret: text of which no run of words may leave.
            patterns: that no text may match.
            unwelcome: the sponsor's name, where it may not be said now.
        """
        approved, names, patterns = tuple(approved), tuple(names), tuple(patterns)
        public = (talent, *approved)
        self._owners = {_MARK: (Rule.PROMPT, PLATFORM), _UNWELCOME: (Rule.SPONSOR, PLATFORM)}
        found = [written for mark in marks(secret, public) for written in disguised(mark)]
        owned = [*names, *((mark, _MARK) for mark in found), (unwelcome, _UNWELCOME)]
        self.names = NameMatcher(owned, always_meant=_MARK)
        self._spelt = Spelt(secret, public)
        common = (phrases(), amounts_in_words(), spoken_numbers())
        self._phrases = PhraseMatcher(*common, in_person(talent), instructions(secret, public))
        avoided = [Forbidden(pattern, Rule.PATTERNS, pattern.layer) for pattern in patterns]
        marked = [Forbidden(AvoidedPattern(spelled(mark), ""), Rule.PROMPT, PLATFORM) for mark in found]
        self._marks = Patterns(marked, plain=True)
        self._patterns = Patterns(avoided), self._marks
        self._approved = "\n".join(map(_plain, approved))
        filled = {Rule.NAMES: names, Rule.PATTERNS: patterns, Rule.PROMPT: secret, Rule.SPONSOR: unwelcome}
        self.rules = (*_ALWAYS, *(rule for rule, by in filled.items() if by))

    def judge(self, reading: Reading) -> list[Verdict]:
        """Blocks for everything in a reading that breaks a rule, first one first."""
        verdicts = {
            Verdict(Decision.BLOCK, *self._owners.get(owner, (Rule.NAMES, owner)), (start, end))
            for start, end, owner in self.names.find(reading)
        }
        for rule, layer, start, end in self._broken(reading):
            if rule is not Rule.OFFERS or not self._approves(reading.text[start:end]):
                verdicts.add(Verdict(Decision.BLOCK, rule, layer, (start, end)))
        return sorted(verdicts, key=lambda verdict: (verdict.span, verdict.rule, verdict.layer))

    def personal_data(self, reading: Reading) -> list[tuple[int, int]]:
        """Where a text holds personal data, first one first."""
        found = personal_data(reading.written, reading.figures)
        spans = {reading.span(first, end) for first, end in found}
        said = self._phrases.find(reading)
        return sorted(spans | {(start, end) for start, end, rule in said if rule == Rule.PERSONAL_DATA})

    def settled(self, reading: Reading, together: Collection[tuple[int, int]] = ()) -> int:
        """How far a text that goes on can be judged.

        Args:
            reading: of whole words: its text ends in white space.
            together: spans of the text that must not be parted.

        Returns:
            An index in its text, after white space or where the reading starts: whatever breaks a
            rule and begins before it can be seen in full, whatever comes next.
        """
        flat = reading.skeletons[0].flat
        whole = _joined(self._whole(reading))
        until = min((len(flat), *self._unfinished(reading)))
        while until := flat.rfind(SPACE, 0, until) + 1:
            upto = reading.span(until - 1, until)[1]
            while whole and whole[-1][0] >= until:
                whole.pop()
            if whole and until < whole[-1][1]:
                until = whole[-1][0]
            elif any(start < upto < end for start, end in together):
                until -= 1
            else:
                return upto
        return reading.start

    def _broken(self, reading: Reading) -> Iterator[_Broken]:
        for start, end, rule in self._phrases.find(reading):
            yield Rule(rule), PLATFORM, start, end
        for patterns in self._patterns:
            for forbidden, first, end in patterns.find(reading):
                yield forbidden.rule, forbidden.layer, *reading.span(first, end)
        for first, end, said in coded(reading.written):
            decoded = Reading(said)
            rules = {Rule(phrase.rule) for phrase in self._phrases.find(decoded)}
            rules |= {forbidden.rule for forbidden, _, _ in self._marks.find(decoded)}
            rules |= {Rule.PROFANITY for _ in profanities(decoded)}
            for rule in rules:
                yield rule, PLATFORM, *reading.span(first, end)
        runs = reading.figures
        for rule, found in (
            (Rule.PERSONAL_DATA, personal_data(reading.written, runs)),
            (Rule.OFFERS, amounts(reading.written, runs)),
            (Rule.PROFANITY, profanities(reading)),
            (Rule.PROMPT, self._spelt.find(reading)),
        ):
            for first, end in found:
                yield rule, PLATFORM, *reading.span(first, end)

    def _unfinished(self, reading: Reading) -> Iterator[int]:
        """Where in `written` something begins that the words to come could complete."""
        yield from self.names.unfinished(reading)
        if (first := self._phrases.pending(reading)) is not None:
            yield first
        for skeleton in reading.skeletons:
            yield from (skeleton.places[run.first][0] for run in skeleton.spelled if run.open)
        yield from unfinished_figures(reading.written, reading.figures)
        yield from unfinished_codes(reading.written)
        for patterns in self._patterns:
            yield from patterns.unfinished(reading)

    def _whole(self, reading: Reading) -> Iterator[tuple[int, int]]:
        """Stretches of `written` that mean something else when a part of them is gone."""
        for skeleton in reading.skeletons:
            for run in skeleton.spelled:
                yield skeleton.places[run.first][0], skeleton.places[run.after - 1][1]
        yield from ((run.start, run.end) for run in reading.figures)

    def _approves(self, amount: str) -> bool:
        """Whether an approved text says just this: "50 €" is no part of "3,50 €"."""
        said = re.escape(_plain(amount))
        return bool(re.search(rf"(?<![\w.,]){said}(?!\w|[.,]\d)", self._approved))


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that overlap made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _plain(text: str) -> str:
    """A text as it is compared with approved ones."""
    return " ".join(fold(text).split()).strip(".,;:!?¡¿ ")
