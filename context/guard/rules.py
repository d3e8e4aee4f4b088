"""The span rules of one context, and how much of an unfinished text they can already judge; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gemelo.context.guard.builtin import PLATFORM, Rule
from gemelo.context.guard.figures import amounts, figure_runs, personal_data
from gemelo.context.guard.glyphs import SPACE, fold
from gemelo.context.guard.names import NameMatcher
from gemelo.context.guard.phrasebook import amounts_in_words, phrases, spoken_numbers
from gemelo.context.guard.phrases import PhraseMatcher
from gemelo.context.guard.profanity import profanities
from gemelo.context.guard.skeleton import Reading
from gemelo.context.records import Decision, Verdict

_Broken = tuple[Rule, int, int]


class SpanRules:
    """Names to avoid and the platform's own rules: whatever a window of a few words can show.

    A name is recognised from a window of letters, so `settled` keeps one letter more back than the
    longest name has. Phrases, spelled words and figures are recognised as they come: only what may
    begin or continue one waits.
    """

    def __init__(self, names: NameMatcher, talent: str, approved: Iterable[str] = ()) -> None:
        """Takes compiled names, the talent's name, and the texts whose prices and offers are facts."""
        self._names = names
        self._phrases = tuple(
            PhraseMatcher(trie) for trie in (phrases(talent), amounts_in_words(), spoken_numbers())
        )
        self._approved = "\n".join(map(_plain, approved))

    def judge(self, reading: Reading) -> list[Verdict]:
        """Blocks for everything in a reading that breaks a rule, first one first."""
        verdicts = {
            Verdict(Decision.BLOCK, Rule.NAMES, name.owner, (name.start, name.end))
            for name in self._names.find(reading)
        }
        for rule, start, end in self._broken(reading):
            if rule is not Rule.OFFERS or _plain(reading.text[start:end]) not in self._approved:
                verdicts.add(Verdict(Decision.BLOCK, rule, PLATFORM, (start, end)))
        return sorted(verdicts, key=lambda verdict: (verdict.span, verdict.rule, verdict.layer))

    def settled(self, reading: Reading) -> int:
        """How far a text that goes on can be judged.

        Args:
            reading: of whole words: its text ends in white space.

        Returns:
            An index in its text, after white space or where the reading starts: whatever breaks a
            rule and begins before it can be seen in full, whatever comes next.
        """
        flat = reading.skeletons[0].flat
        whole = list(self._whole(reading))
        until = min((self._beyond_names(flat), *self._pending(reading)))
        while True:
            until = flat.rfind(SPACE, 0, until) + 1
            parted = [start for start, end in whole if start < until < end]
            if not parted:
                return reading.span(until - 1, until)[1] if until else reading.start
            until = min(parted)

    def _broken(self, reading: Reading) -> Iterator[_Broken]:
        for matcher in self._phrases:
            for start, end, rule in matcher.find(reading):
                yield Rule(rule), start, end
        runs = figure_runs(reading.written)
        for rule, found in (
            (Rule.PERSONAL_DATA, personal_data(reading.written, runs)),
            (Rule.OFFERS, amounts(reading.written, runs)),
            (Rule.PROFANITY, profanities(reading)),
        ):
            for first, end in found:
                yield rule, *reading.span(first, end)

    def _pending(self, reading: Reading) -> Iterator[int]:
        """Where in `written` something begins that the words to come could complete."""
        for matcher in self._phrases:
            if (first := matcher.pending(reading)) is not None:
                yield first
        for skeleton in reading.skeletons:
            yield from (skeleton.words[run.first].start for run in skeleton.spelled if run.open)
        yield from (run.start for run in figure_runs(reading.written) if run.open)

    def _whole(self, reading: Reading) -> Iterator[tuple[int, int]]:
        """Stretches of `written` that mean something else when a part of them is gone."""
        for skeleton in reading.skeletons:
            for run in skeleton.spelled:
                yield skeleton.words[run.first].start, skeleton.words[run.after - 1].end
        yield from ((run.start, run.end) for run in figure_runs(reading.written))

    def _beyond_names(self, flat: str) -> int:
        """Index of the last letter from which no name could reach beyond the end of `flat`."""
        missing = self._names.reach + 1
        after = ""
        for index in range(len(flat) - 1, -1, -1):
            if flat[index].isalpha() and flat[index] != after:
                after = flat[index]
                missing -= 1
                if missing == 0:
                    return index
        return 0


def _plain(text: str) -> str:
    """A text as it is compared with approved ones."""
    return " ".join(fold(text).split()).strip(".,;:!?¡¿ ")
