"""Judging what a fan says, before a mind reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil

from gemelo.context.guard.builtin import OF_FANS, PLATFORM, Rule
from gemelo.context.guard.cues import cues
from gemelo.context.guard.glyphs import fold
from gemelo.context.guard.meaning import Meaning
from gemelo.context.guard.orders import gives_orders
from gemelo.context.records import Decision, Verdict
from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Language

_WINDOW = 40
"""Words of a message that are judged together; a longer one is also judged piece by piece."""
_MOST_WINDOWS = 10


class Asked:
    """The rules on what a fan says; shared by all contexts."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning

    def judge(self, message: str, language: Language) -> Verdict:
        """Judges a message: the gravest of what it is. Encodes it: some ms."""
        whole = (0, len(message))
        if in_crisis(message):
            return Verdict(Decision.CRISIS, Rule.CRISIS, PLATFORM, whole)
        broken = {Rule.EXTRACTION} if gives_orders(message) else set[Rule]()
        for sense in self._meaning.senses(windows(message), language):
            broken |= self._meaning.asks(sense)
        for rule in OF_FANS:
            if rule in broken:
                decision = Decision.CRISIS if rule is Rule.CRISIS else Decision.BLOCK
                return Verdict(decision, rule, PLATFORM, whole)
        return Verdict(Decision.ALLOW, "", "")


def in_crisis(message: str) -> bool:
    """Whether a message says in plain words that its writer wants to die or is being hurt."""
    said = " ".join(re.findall(r"\w+", fold(message)))
    joking = any(face in message for face in "😂🤣") or cues("figurative").search(said)
    return bool(cues("crisis").search(said)) and not joking


def windows(message: str) -> list[str]:
    """A message as a whole, and a long one also in pieces: of whole sentences, or overlapping where one
    goes on and on. The pieces of very long messages are longer, so that ten hold every word.
    """
    message = message.strip() or "-"
    found, piece = [message], ""
    size = max(_WINDOW, ceil(2 * len(message.split()) / _MOST_WINDOWS) + 1)
    if len(message.split()) > _WINDOW:
        for part in (part for sentence in sentences(message) for part in _overlapping(sentence, size)):
            if piece and len(f"{piece} {part}".split()) > size:
                found.append(piece)
                piece = ""
            piece = f"{piece} {part}".strip()
        found.append(piece)
    return found


def _overlapping(sentence: str, size: int) -> Iterator[str]:
    """A sentence of more than `size` words as pieces of so many, each beginning in the middle of the last."""
    words = sentence.split()
    if len(words) <= size:
        yield sentence
        return
    for start in range(0, len(words) - size // 2, size // 2):
        yield " ".join(words[start : start + size])
