"""A question for passages in another language than its own.

With a translator it is asked as if it had been asked there. Without one, names, cognates and the encoder's
word-by-word reading have to carry it.
"""

from __future__ import annotations

from dataclasses import replace

from gemelo.context.knowledge.language import ENGLISH, in_english
from gemelo.context.knowledge.score import Question, question
from gemelo.models.seams import Embedder, Translator
from gemelo.models.vocabulary import Language


def asked_of(
    text: str, spoken: Language, written: Language, embedder: Embedder, translator: Translator | None = None
) -> Question:
    """Prepares a question asked in the language `spoken` for passages in the language `written`.

    Raises:
        EmbedderError: the encoder failed.
    """
    crosses = spoken != written and translator is not None and translator.translates(spoken, written)
    there = translator.translate(text, spoken, written) if crosses and translator else ""
    read = there if there and written == ENGLISH else in_english(text, spoken)
    embedding = embedder.embed([read])[0]
    if not there:
        return question(text, spoken, written, embedding)
    return replace(question(there, written, written, embedding), spoken=spoken, translated=True)
