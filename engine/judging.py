"""Judging labelled text: what the guard lets out keeps the label and source it was written with."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from gemelo.context.guard.seam import GuardStream, Judged
from gemelo.context.records import Receipt, Sentence, Verdict
from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Written


class Judging:
    """Feeds one guard stream. Pure.

    Attributes:
        verdict: the verdict that ended the stream, if one did.
        upto: index into all the text fed, up to which it may be heard.
    """

    def __init__(self, stream: GuardStream) -> None:
        self._stream = stream
        self._held: deque[Written] = deque()
        self.verdict: Verdict | None = None
        self.upto = 0

    def feed(self, piece: Written) -> list[Written]:
        """Judges one more piece and returns what may leave now."""
        self._held.append(piece)
        return self._release(self._stream.feed(piece.text))

    def finish(self) -> list[Written]:
        """Nothing more will be fed: judges and returns the rest."""
        return self._release(self._stream.finish())

    def receipt(self) -> Receipt:
        return self._stream.receipt()

    def _release(self, judged: Judged) -> list[Written]:
        self.verdict = judged.verdict or self.verdict
        self.upto = judged.upto
        released: list[Written] = []
        text = judged.text
        while text:
            piece = self._held.popleft()
            released.append(replace(piece, text=text[: len(piece.text)]))
            if len(piece.text) > len(text):
                self._held.appendleft(replace(piece, text=piece.text[len(text) :]))
            text = text[len(piece.text) :]
        return released


def label_sentences(pieces: list[Written]) -> tuple[Sentence, ...]:
    """Joins neighbouring pieces of one label and source, and cuts them into sentences."""
    runs: list[Written] = []
    for piece in pieces:
        if runs and (runs[-1].label, runs[-1].source) == (piece.label, piece.source):
            runs[-1] = replace(runs[-1], text=runs[-1].text + piece.text)
        else:
            runs.append(piece)
    return tuple(Sentence(text, run.label, run.source) for run in runs for text in sentences(run.text))
