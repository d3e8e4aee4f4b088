"""Judging one reply while it is being written.

Text is released up to the last white space before which everything is settled, and judged just
before that. So a stream lets out exactly what stands before the first span that breaks a rule in the
whole text, however the text was cut into pieces.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from gemelo.context.guard.rules import SpanRules
from gemelo.context.guard.seam import Judged
from gemelo.context.guard.skeleton import SEEN_BEFORE, Reading
from gemelo.context.records import Decision, Receipt, Verdict

_WORDS = re.compile(r".*\s", re.DOTALL)
"""Everything up to the last white space."""

_MUCH = 128
"""Held characters from which they are judged again only when they have grown by a quarter: the time that
a reply takes grows with its length then, even where no word of it can leave before the last."""

REDACTED = "•"
"""Stands for each character that was taken out."""
Timer = Callable[[], float]
"""Monotonic seconds, for the accounts of CPU time and hold."""


class Stream:
    """A `GuardStream` over span rules."""

    def __init__(self, rules: SpanRules, policy: str, timer: Timer, redacted: Sequence[str] = ()) -> None:
        self._rules = rules
        self._policy = policy
        self._timer = timer
        self._redacted = frozenset(redacted)
        self._taken_out: list[Verdict] = []
        self._word: list[str] = []
        self._text = ""
        self._base = 0
        self._released = 0
        self._due = 0
        self._fed = 0
        self._verdict: Verdict | None = None
        self._arrivals: deque[tuple[int, float]] = deque()
        self._seconds = 0.0
        self._hold_s = 0.0

    def feed(self, text: str) -> Judged:
        began = self._timer()
        self._arrivals.append((self._fed, began))
        self._fed += len(text)
        words = _WORDS.match(text)
        self._word.append(text[: words.end()] if words else text)
        judged = Judged("", self._released)
        if words:
            self._text += "".join(self._word)
            self._word = [text[words.end() :]]
            if self._base + len(self._text) >= self._due:
                judged = self._judge()
        self._seconds += self._timer() - began
        return judged

    def finish(self) -> Judged:
        began = self._timer()
        self._text += "".join(self._word)
        self._word = []
        judged = self._judge(ended=True)
        self._seconds += self._timer() - began
        return judged

    def receipt(self) -> Receipt:
        blocked_at = self._verdict.span[0] if self._verdict else self._released
        return Receipt(
            policy=self._policy,
            rules=self._rules.rules,
            verdicts=(*self._taken_out, self._verdict) if self._verdict else tuple(self._taken_out),
            micros=round(self._seconds * 1e6),
            hold_ms=self._hold_s * 1e3,
            released_after_block=max(0, self._released - blocked_at),
        )

    def _judge(self, *, ended: bool = False) -> Judged:
        """Judges what is held and releases what is settled of it, or what stands before a broken rule."""
        if self._verdict:
            return Judged("", self._released)
        reading = Reading(self._text, self._released - self._base)
        found = self._rules.judge(reading)
        hidden = [verdict for verdict in found if verdict.rule in self._redacted]
        until = len(self._text)
        if not ended:
            until = self._rules.settled(reading, [verdict.span for verdict in hidden])
        blocked = (verdict for verdict in found if verdict.rule not in self._redacted)
        broken = next((verdict for verdict in blocked if verdict.span[0] < until), None)
        if broken:
            until = broken.span[0]
            self._verdict = self._placed(broken)
        hidden = [self._placed(verdict) for verdict in hidden if verdict.span[0] < until]
        return self._release(self._base + until, hidden)

    def _placed(self, verdict: Verdict) -> Verdict:
        """A verdict on what is held, its span counted from the start of the reply."""
        start, end = verdict.span
        return replace(verdict, span=(self._base + start, self._base + end))

    def _release(self, until: int, hidden: list[Verdict]) -> Judged:
        leaving = self._text[self._released - self._base : until - self._base]
        for taken_out in hidden:
            first, end = (min(index, until) - self._released for index in taken_out.span)
            leaving = leaving[:first] + REDACTED * (end - first) + leaving[end:]
            self._taken_out.append(replace(taken_out, decision=Decision.REDACT))
        if leaving:
            while len(self._arrivals) > 1 and self._arrivals[1][0] <= self._released:
                self._arrivals.popleft()
            self._hold_s = max(self._hold_s, self._timer() - self._arrivals[0][1])
        self._released = until
        base = max(self._base, until - SEEN_BEFORE)
        self._text = self._text[base - self._base :]
        self._base = base
        held = base + len(self._text) - until
        self._due = until + held + (held // 4 if held > _MUCH else 0)
        return Judged(leaving, until, self._verdict)
