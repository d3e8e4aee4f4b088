"""Orders planted in documents, found by cues, and by meaning where a sentence may address its reader."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.cues import cues
from gemelo.context.guard.meaning import Meaning, learned_from
from gemelo.context.guard.orders import gives_orders
from gemelo.context.guard.skeleton import Reading
from gemelo.models.clauses import sentences
from gemelo.models.seams import Embedder
from gemelo.models.vocabulary import Language

_CUES = ("orders", "role", "planted", "addressed", "ordered")


def screened_by(embedder: Embedder) -> str:
    """Names the rules that a `Screen` works by: what others have screened should be screened again."""
    said = "".join(cues(name).pattern for name in _CUES)
    return sha256(f"{learned_from(embedder)} {said}".encode()).hexdigest()[:16]


@lru_cache(maxsize=1024)
def plants_orders(text: str) -> bool:
    """Whether cues alone show that a text orders its reader about. Kept: passages come again and again."""
    return gives_orders(text) or bool(cues("planted").search(Reading(text).said))


class Screen:
    """Finds passages that no twin should learn. Encodes sentences: some ms each, in a thread."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning

    def refuses(self, text: str, language: Language) -> bool:
        """Whether a passage gives orders to who reads it out."""
        if plants_orders(text):
            return True
        addressed = [sentence for sentence in sentences(text) if _may_order(Reading(sentence).said)]
        senses = self._meaning.senses(addressed, language) if addressed else []
        return any(Rule.EXTRACTION in self._meaning.asks(sense) for sense in senses)


def _may_order(said: str) -> bool:
    """Whether a sentence both names a reader, or what one works by, and has the form of an order."""
    return bool(cues("addressed").search(said) and cues("ordered").search(said))
