"""The span rules of one context, and how much of an unfinished text they can already judge; pure."""

from __future__ import annotations

from gemelo.context.guard.claims import ClaimMatcher
from gemelo.context.guard.glyphs import SPACE
from gemelo.context.guard.names import NameMatcher
from gemelo.context.guard.skeleton import Reading
from gemelo.context.policy.layers import Kind
from gemelo.context.records import Decision, Verdict

NAMES = "names_to_avoid"
CLAIMS = "claims_to_be_human"


class SpanRules:
    """Names to avoid and claims to be human.

    A name is recognised from a window of letters, so `settled` keeps one letter more back than the
    longest name has. A claim is recognised word by word: only words that may begin one wait.
    """

    def __init__(self, names: NameMatcher, claims: ClaimMatcher) -> None:
        self._names = names
        self._claims = claims

    def judge(self, reading: Reading) -> list[Verdict]:
        """Blocks for everything in a reading that breaks a rule, first one first."""
        verdicts = [
            Verdict(Decision.BLOCK, NAMES, name.owner, (name.start, name.end))
            for name in self._names.find(reading)
        ]
        verdicts += [
            Verdict(Decision.BLOCK, CLAIMS, Kind.PLATFORM, (claim.start, claim.end))
            for claim in self._claims.find(reading)
        ]
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
        pending = self._claims.pending(reading)
        until = min(self._beyond_names(flat), len(flat) if pending is None else pending)
        last_space = flat.rfind(SPACE, 0, until)
        return reading.span(last_space, last_space + 1)[1] if last_space >= 0 else reading.start

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
