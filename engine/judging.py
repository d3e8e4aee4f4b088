"""Judging labelled text by the span rules: what passes keeps the label and source it was written with.

It fails closed: a guard that raises blocks, and the receipt says so.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from gemelo.context.guard.seam import GuardStream, Judged
from gemelo.context.records import Decision, Receipt, Sentence, Verdict
from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Label, Source, Written

GUARD_FAILED = "guard_failed"
"""The rule that a reply breaks when the guard itself does."""

WORDED = (Label.PARAPHRASE, Label.SPONSORED)
"""What minds call their own words; a claim that was quoted is found again when it is checked."""

log = logging.getLogger(__name__)


class Judging:
    """Feeds one guard stream. Pure.

    Attributes:
        verdict: the verdict that ended the stream, if one did.
        upto: how much of all the text fed has left, and may be heard.
    """

    def __init__(self, stream: GuardStream) -> None:
        self._stream = stream
        self._held: deque[Written] = deque()
        self._fed = 0
        self.verdict: Verdict | None = None
        self.upto = 0

    def feed(self, piece: Written) -> list[Written]:
        """Judges one more piece and returns what may leave now."""
        self._held.append(piece)
        self._fed += len(piece.text)
        return self._release(self._judged(lambda: self._stream.feed(piece.text)))

    def finish(self) -> list[Written]:
        """Nothing more will be fed: judges and returns the rest."""
        return self._release(self._judged(self._stream.finish))

    def receipt(self) -> Receipt:
        """The guard's own account, and whether more has left here than may."""
        try:
            receipt = self._stream.receipt()
        except Exception as error:
            log.error("the guard gave no receipt: %s", type(error).__name__)
            receipt = Receipt(policy="")
        if self.verdict is None:
            return receipt
        return replace(
            receipt,
            verdicts=tuple(dict.fromkeys((*receipt.verdicts, self.verdict))),
            released_after_block=max(0, self.upto - self.verdict.span[0]),
        )

    def _judged(self, judge: Callable[[], Judged]) -> Judged:
        """What a judgement says; nothing leaves once one has failed."""
        if self.verdict and self.verdict.rule == GUARD_FAILED:
            return Judged("", self.upto)
        try:
            return judge()
        except Exception as error:
            log.error("the guard failed: %s", type(error).__name__)
            failed = Verdict(Decision.BLOCK, GUARD_FAILED, "platform", (self.upto, self._fed))
            return Judged("", self.upto, failed)

    def _release(self, judged: Judged) -> list[Written]:
        text = "" if self.verdict else judged.text
        self.verdict = self.verdict or judged.verdict
        self.upto += len(text)
        released: list[Written] = []
        for piece in take(self._held, len(text)):
            released.append(replace(piece, text=text[: len(piece.text)]))
            text = text[len(piece.text) :]
        return released


def take(held: deque[Written], count: int) -> list[Written]:
    """Takes the first `count` characters off the front of `held`, each with its label and source."""
    taken: list[Written] = []
    while count > 0:
        piece = held.popleft()
        taken.append(replace(piece, text=piece.text[:count]))
        if len(piece.text) > count:
            held.appendleft(replace(piece, text=piece.text[count:]))
        count -= len(piece.text)
    return taken


def label_sentences(
    pieces: list[Written], checked: Callable[[Written], tuple[Label, Source | None]]
) -> tuple[Sentence, ...]:
    """Joins neighbouring pieces of one label and source, and cuts them into sentences.

    What a model has worded, whatever it called it, is what `checked` says of the sentence.
    """
    runs: list[Written] = []
    for piece in pieces:
        if runs and (runs[-1].label, runs[-1].source) == (piece.label, piece.source):
            runs[-1] = replace(runs[-1], text=runs[-1].text + piece.text)
        else:
            runs.append(piece)
    return tuple(
        Sentence(
            text, *(checked(replace(run, text=text)) if run.label in WORDED else (run.label, run.source))
        )
        for run in runs
        for text in sentences(run.text)
    )
