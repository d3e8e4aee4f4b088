"""The whole guard of one reply: span rules as the words come, then clause rules clause by clause.

    mind ──piece──▶ Judging (span rules, at once) ──▶ [ hold: one clause ] ──weigh, off the loop──▶ fan

Nothing leaves that has not passed both. It fails closed: a guard that raises or takes too long blocks.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from time import perf_counter_ns

from gemelo.context.records import Decision, Receipt, Verdict
from gemelo.engine.judging import GUARD_FAILED, Judging, take
from gemelo.engine.stage import Ask, Stage
from gemelo.models.clauses import first_clause_end, whole_sentences
from gemelo.models.vocabulary import Label, Written

log = logging.getLogger(__name__)

Weigh = Callable[[str, str], Verdict | None]
"""`weigh(said, clause)`: what the clause breaks after what was said before it. Blocks some ms."""


class Weighing:
    """Feeds one reply through the guard.

    Attributes:
        verdict: the verdict that ended the reply, if one did.
        said: all that has left.
    """

    def __init__(self, judging: Judging, weigh: Weigh, stage: Stage) -> None:
        self._judging = judging
        self._weigh = weigh
        self._clock = stage.clock
        self._off_loop = stage.off_loop
        self._timeout_s = stage.limits.guard_s
        self._clause_rules = stage.guard.runs.weigh
        self._ran: tuple[str, ...] = ()
        self._held: deque[Written] = deque()
        self._fed = 0
        self._arrivals: deque[tuple[int, float]] = deque()
        self._micros = 0
        self._hold_s = 0.0
        self.verdict: Verdict | None = None
        self.said = ""

    @property
    def upto(self) -> int:
        """How much of all the text fed has left, and may be heard."""
        return len(self.said)

    async def feed(self, piece: Written) -> AsyncGenerator[Written, None]:
        """Judges one more piece and gives what may leave now, each clause as soon as it is judged."""
        self._arrivals.append((self._fed, self._clock.now()))
        self._fed += len(piece.text)
        async for allowed in self._pass(self._judging.feed(piece)):
            yield allowed

    async def finish(self) -> AsyncGenerator[Written, None]:
        """Nothing more will be fed: judges and gives the rest."""
        async for allowed in self._pass(self._judging.finish(), ended=True):
            yield allowed

    def receipt(self) -> Receipt:
        """The guard's own account, clause rules included."""
        receipt = self._judging.receipt()
        redacted = (verdict for verdict in receipt.verdicts if verdict.decision is Decision.REDACT)
        return replace(
            receipt,
            rules=receipt.rules + self._ran,
            verdicts=(*redacted, self.verdict) if self.verdict else receipt.verdicts,
            micros=receipt.micros + self._micros,
            hold_ms=max(receipt.hold_ms, self._hold_s * 1e3),
            released_after_block=max(0, self.upto - self.verdict.span[0]) if self.verdict else 0,
        )

    async def _pass(self, pieces: list[Written], ended: bool = False) -> AsyncGenerator[Written, None]:
        """Releases every whole clause that breaks no rule; all of the rest once the text has `ended`."""
        self._held += pieces
        if self.verdict:
            return
        text = "".join(piece.text for piece in self._held)
        if broken := self._judging.verdict:
            text, ended = whole_sentences(text), False  # better no sentence than half of one
        while (end := first_clause_end(text, final=ended)) is not None:
            clause, text = text[:end], text[end:]
            pieces = take(self._held, end)
            if any(piece.label is not Label.HOUSE for piece in pieces):  # fixed lines passed with the policy
                self.verdict = await self._broken(clause)
            if self.verdict:
                return
            self._release(clause)
            for piece in pieces:
                yield piece
        self.verdict = broken

    async def _broken(self, clause: str) -> Verdict | None:
        self._ran = self._clause_rules

        def weigh() -> Verdict | None:
            began = perf_counter_ns()
            try:
                return self._weigh(self.said, clause)
            finally:
                self._micros += (perf_counter_ns() - began) // 1000

        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._off_loop(weigh)
        except Exception as error:
            log.error("the guard failed: %s", type(error).__name__)
            return Verdict(Decision.BLOCK, GUARD_FAILED, "platform", (self.upto, self.upto + len(clause)))

    def _release(self, clause: str) -> None:
        while len(self._arrivals) > 1 and self._arrivals[1][0] <= self.upto:
            self._arrivals.popleft()
        self._hold_s = max(self._hold_s, self._clock.now() - self._arrivals[0][1])
        self.said += clause


def guarded(ask: Ask, stage: Stage) -> Weighing:
    """Opens the guard for the reply to one question."""
    guard = stage.guard
    return Weighing(
        Judging(guard.open(ask.language, spoken=ask.spoken, branded=ask.branded)),
        lambda said, clause: guard.weigh(said, clause, ask.language),
        stage,
    )
