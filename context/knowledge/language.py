"""Guessing the language of a passage from its function words, and reading it to an English encoder.

Pure. A language identifier with a hundred languages costs 75 MB of memory; a twin speaks two, and a
passage holds enough function words to tell them apart.
"""

from __future__ import annotations

from gemelo.context.knowledge.words import function_words, words
from gemelo.models.gloss import gloss
from gemelo.models.vocabulary import Language

SPANISH = Language("es")
ENGLISH = Language("en")
UNDETERMINED = Language("und")
"""ISO 639-2's code for a language that could not be told."""

_CHAT = {
    SPANISH: frozenset(
        "hola holi buenas buenos dias tardes noches gracias adios chau perdon disculpa vale claro quiero "
        "dime genial amigo amiga feliz hablas cuentame explicame eres estas tal sos vos".split()
    ),
    ENGLISH: frozenset(
        "hi hello hey thanks thank bye goodbye good morning evening afternoon night yes yeah okay sorry nice "
        "great cool sure tell explain talk speak know think want like go see gotta whats u ur im dont cant "
        "recommend give".split()
    ),
}
"""Content words of short messages, folded; what both languages have is left out."""
_SHARED = function_words(SPANISH) & function_words(ENGLISH)
_MARKS = frozenset("¿¡ñáíóú")
_LEAST_SHARE = 0.08
"""Running text has 35-50 % function words; half of them are of one language only."""


def guess(text: str, otherwise: Language = UNDETERMINED) -> Language:
    """The language of a text: `es`, `en`, or `otherwise` where its words do not tell."""
    found = words(text)
    votes = {
        language: sum(
            word in _CHAT[language] or (word in function_words(language) and word not in _SHARED)
            for word in found
        )
        for language in (SPANISH, ENGLISH)
    }
    votes[SPANISH] += sum(mark in text.lower() for mark in _MARKS)
    first, second = sorted(votes, key=lambda language: votes[language], reverse=True)
    clear = votes[first] > votes[second] and votes[first] >= _LEAST_SHARE * len(found)
    return first if clear else otherwise


def in_english(text: str, language: Language) -> str:
    """A text as the encoder is given it: Spanish word by word in English, the rest as it is.

    The encoder knows little Spanish, and one that knows more costs four times the memory. Word order and
    grammar matter little to it, so a dictionary stands in for a translator.
    """
    return gloss(text) or text if language == SPANISH else text
