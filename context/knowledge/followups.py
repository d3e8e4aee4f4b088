"""Questions that lean on what was said before: "and after that?", "¿y cuándo fue eso?".

Pure, and without a model: such a question is searched for together with the last one that stood on its own.

    "those screens referees use?" · "and since when?" ──▶ "those screens referees use? and since when?"

With the title of what answered that one it is worse: the title finds what was answered already.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from itertools import pairwise

from gemelo.context.knowledge.asking import is_light, pith
from gemelo.context.knowledge.choose import kindred, terms
from gemelo.context.knowledge.words import fold, stems, words
from gemelo.models.vocabulary import Language, Passage

_REMEMBERED = 4
"""Questions back that a topic is looked for."""
_SHORT = 3
"""A question with more content words than this stands on its own, whatever it points at."""
_BARE = 1
"""One with no more than this that points at something says nothing without it: "who invented it?"."""
_EDGES = "¿?¡!.,;:…\"'«»()"
_JOINING = {
    "en": frozenset("and but so or also what how".split()),
    "es": frozenset("y e pero entonces o u tambien ademas".split()),
}
"""What a question begins with that goes on from another; "what" and "how" only before "about"."""
_POINTING = {
    "en": frozenset(
        "it that this those these they them he she him her his hers their its there then same".split()
    ),
    "es": frozenset(
        "eso esa ese esos esas esto ello aquello aquel aquella ahi alli alla entonces ella ellos ellas su "
        "sus suyo suya mismo misma asi".split()
    ),
}
_ASKING = {
    "en": frozenset("who what which when where why how whose".split()),
    "es": frozenset("quien quienes que cual cuales cuando donde como cuanto cuanta cuantos cuantas".split()),
}
_CLITICS = frozenset("lo la los las".split())
"""Spanish articles that point at something where they follow a question word: "¿quién lo inventó?"."""
_MEASURES = frozenset(
    "long many much often far old big high fast tiempo veces anos minutos metros dinero".split()
)
"""What "how" and "cuánto" ask for, and no more than that."""
_THIN = frozenset(
    "since until till exactly really actually instead else serio verdad mucho poco contra exactamente luego "
    "despues antes before after max against one ones never ever always sure certain year years month day "
    "place name called happen happens happened nunca jamas siempre seguro cierto ano mes dia lugar sitio "
    "nombre llama llamaba llamo hago hacemos hizo hicieron paso pasa pasaba ocurre ocurrio".split()
)
"""What says nothing beside a question word: "since when?", "¿en serio?", "¿en qué año?"."""
_HE = re.compile(r"\bél\b", re.IGNORECASE)
"""Folded it is an article."""
_PERSONS = {
    "en": frozenset("you your yours i me my we us our".split()),
    "es": frozenset(
        "tu tus ti te usted ustedes eres sos estas vos yo mi me soy nosotros nos tienes puedes".split()
    ),
}
"""A question of grammar alone that names one of the two who talk is about them: "who are you?"."""
_COURTESIES = frozenset(
    "thanks thank great cool nice wow okay haha perfect awesome lol gracias genial vale guay perfecto jaja "
    "bien claro entendido listo ok".split()
)


class Leaning(Enum):
    """How much a question needs what came before it."""

    NONE = "none"
    SOME = "some"
    """It goes on from another, but names something of its own: "and the goalkeeper?"."""
    WHOLE = "whole"
    """Nothing of it says what it is about: "why?", "and when was that?"."""


def lean(question: str, language: Language) -> Leaning:
    """How much a question leans on an earlier one."""
    said, content = words(question), _content(question, language)
    if not said or len(content) > _SHORT:
        return Leaning.NONE
    if _points(said, language) or (language == "es" and _HE.search(question)):
        return Leaning.WHOLE if len(content) <= _BARE else Leaning.SOME
    if not content:
        is_of_us = not _PERSONS.get(language, frozenset()).isdisjoint(said)
        return Leaning.NONE if is_of_us else Leaning.WHOLE
    if not _joins(said, language):
        return Leaning.NONE
    asks = len(said) > 1 and not _ASKING.get(language, frozenset()).isdisjoint(said[1:3])
    return Leaning.WHOLE if asks and len(content) <= _BARE else Leaning.SOME


def standing(before: Sequence[str], language: Language) -> str:
    """The last question that stood on its own; empty where there was none lately."""
    lately = reversed(before[-_REMEMBERED:])
    return next((text for text in lately if _stands(text, language)), "")


def named_first(question: str, passages: Sequence[Passage], language: Language) -> tuple[Passage, ...]:
    """Passages in their order, but first those that hold what a question adds to the one before it.

    "How much water do I drink? And a beer?": the passage about water fits the two best, and has no beer.
    """
    own = set(stems([word for word in words(question) if not is_light(word, language)], language))

    def lacks(passage: Passage) -> bool:
        said = terms(f"{passage.source.place}. {passage.text}", language)
        return sum(kindred(term, said) for term in own) < len(own) / 2

    return tuple(sorted(passages, key=lacks))


def _stands(text: str, language: Language) -> bool:
    return lean(text, language) is Leaning.NONE and bool(_content(text, language))


def _points(said: Sequence[str], language: Language) -> bool:
    if not _POINTING.get(language, frozenset()).isdisjoint(said):
        return True
    asking = _ASKING.get(language, frozenset())
    return language == "es" and any(
        first in asking and second in _CLITICS for first, second in pairwise(said[:-1])
    )


def _joins(said: Sequence[str], language: Language) -> bool:
    first, second = said[0], said[1] if len(said) > 1 else ""
    if first in ("what", "how"):
        return second == "about"
    return first in _JOINING.get(language, frozenset())


def _content(text: str, language: Language) -> list[str]:
    """The words of a text that say what it is about, as they are written."""
    pointing = _POINTING.get(language, frozenset()) | _COURTESIES
    said = [word.strip(_EDGES) for word in pith(text, language).split()]
    measured = {
        second
        for first, second in pairwise(map(fold, said))
        if second in _MEASURES and first in _ASKING.get(language, frozenset())
    }
    unsaid = pointing | measured | _THIN
    return [word for word in said if _says(fold(word), language) and fold(word) not in unsaid]


def _says(folded: str, language: Language) -> bool:
    return bool(folded) and any(not is_light(word, language) for word in words(folded))
