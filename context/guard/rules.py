"""The span rules of one context, and how much of an unfinished text they can already judge; pure."""

from __future__ import annotations

from gemelo.context.guard.claims import ClaimMatcher
from gemelo.context.guard.glyphs import SPACE
from gemelo.context.guard.names import NameMatcher
from gemelo.context.guard.skeleton import skeletons
from gemelo.context.policy.layers import Kind
from gemelo.context.records import Decision, Verdict

NAMES = "names_to_avoid"
CLAIMS = "claims_to_be_human"


class SpanRules:
    """Names to avoid and claims to be human.

    A name is recognised from a window of letters, so `settled` keeps `NameMatcher.reach` letters
    and one more back. A claim is recognised word by word: only words that may begin one wait.
    """

    def __init__(self, names: NameMatcher, claims: ClaimMatcher) -> None:
        self._names = names
        self._claims = claims

    def judge(self, text: str, start: int = 0) -> list[Verdict]:
        """Blocks for everything in `text[start:]` that breaks a rule, first one first.

        `start` is 0 or follows white space; what stands before it is context.
        """
        verdicts = [
            Verdict(Decision.BLOCK, NAMES, name.owner, (name.start, name.end))
            for name in self._names.find(text, start)
        ]
        verdicts += [
            Verdict(Decision.BLOCK, CLAIMS, Kind.PLATFORM, (claim.start, claim.end))
            for claim in self._claims.find(text, start)
        ]
        return sorted(verdicts, key=lambda verdict: (verdict.span, verdict.rule, verdict.layer))

    def settled(self, text: str, start: int) -> tuple[int, int]:
        """How far an unfinished text can be judged.

        Returns:
            `end`, up to where it consists of whole words, and `until`: whatever breaks a rule and
            begins before `until` is complete in `text[:end]`, whatever comes next. Both follow
            white space, or are `start`.
        """
        flat = skeletons(text[start:])[0].flat
        end = flat.rfind(SPACE) + 1
        if end == 0:
            return start, start
        until = min(self._beyond_names(flat, end), self._claims.pending(text[: start + end], start) - start)
        return start + end, start + flat.rfind(SPACE, 0, until) + 1

    def _beyond_names(self, flat: str, end: int) -> int:
        """Index of the last letter of `flat[:end]` that no name could reach beyond `end` from."""
        missing = self._names.reach + 1
        after = ""
        for index in range(end - 1, -1, -1):
            if flat[index].isalpha() and flat[index] != after:
                after = flat[index]
                missing -= 1
                if missing == 0:
                    return index
        return 0
