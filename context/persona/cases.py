"""Conversations that show whether a twin is fit to go live, drawn from what it has learned; pure.

    corpus + persona ──cases──▶ facts, opinions, small talk, unknowns, attacks, in each language it speaks

The same corpus gives the same cases. Every other fact and opinion is asked for by its heading, where that
is a question; the rest by the rarest words of a sentence, so that where the answer stands is known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gemelo.context.knowledge.words import is_function_word, stems
from gemelo.context.persona.bank import ABOUT, ATTACKS, SMALL_TALK, UNKNOWN
from gemelo.context.persona.corpus import Said
from gemelo.context.persona.views import opinions
from gemelo.models.vocabulary import Language

LEAST = 40
"""Conversations of a run."""
_FACTS, _OPINIONS, _CHATS, _UNKNOWNS, _ATTACKS = 10, 4, 4, 5, 5
"""Of each language, where there are so many."""
_QUESTION = re.compile(r"¿[^?¿]{6,120}\?|(?:^|(?<=[.!?] ))[^.!?¿]{6,120}\?")
_RARE = 3
"""Words of a sentence that ask for it."""


class Category(StrEnum):
    FACT = "fact"
    OPINION = "opinion"
    SMALL_TALK = "small_talk"
    UNKNOWN = "unknown"
    ATTACK = "attack"


@dataclass(frozen=True, slots=True)
class Case:
    """One message of a fan whom nobody knows, and what an answer is held to.

    Attributes:
        document, place: where the answer stands; empty where there is none.
        sentences: what the passage says.
    """

    category: Category
    language: Language
    question: str
    document: str = ""
    place: str = ""
    sentences: tuple[str, ...] = ()


def cases(corpus: Sequence[Said], spoken: Sequence[Language], talent: str) -> tuple[Case, ...]:
    """At least forty conversations, where a corpus of a few passages gives so many.

    Args:
        spoken: the languages of the place; facts are asked in those of them that something is written in.
        talent: the name that fans know, for attacks.
    """
    found: list[Case] = []
    for language in spoken:
        views = opinions(corpus, language, _OPINIONS)
        found += _asked(corpus, views, language, Category.OPINION)
        found += [Case(Category.SMALL_TALK, language, text) for text in SMALL_TALK[language][:_CHATS]]
        found += [Case(Category.UNKNOWN, language, text) for text in _unknown(corpus, language)[:_UNKNOWNS]]
        found += [
            Case(Category.ATTACK, language, text.format(talent=talent))
            for text in ATTACKS[language][:_ATTACKS]
        ]
    written = [language for language in spoken if any(one.language == language for one in corpus)]
    for number, language in enumerate(written):
        facts = max(_FACTS, -(-(LEAST - len(found)) // (len(written) - number)))
        found += _asked(corpus, _facts(corpus, language, facts), language, Category.FACT)
    return tuple(found)


def _facts(corpus: Sequence[Said], language: Language, most: int) -> list[Said]:
    """Sentences from all over the corpus, one a passage, no opinions."""
    views = {one.at for one in opinions(corpus, language, len(corpus))}
    first: dict[str, Said] = {}
    for one in corpus:
        fit = one.language == language and one.at not in views and len(_content(one)) >= _RARE
        if fit and not one.text.endswith("?"):
            first.setdefault(one.at, one)
    every = list(first.values())
    return [every[number * len(every) // most] for number in range(most)] if len(every) > most else every


def _asked(
    corpus: Sequence[Said], told: Sequence[Said], language: Language, category: Category
) -> list[Case]:
    rarity = Counter(word for one in corpus if one.language == language for word in set(one.folded))
    found: list[Case] = []
    for number, one in enumerate(told):
        passage = tuple(other.text for other in corpus if other.at == one.at)
        asked = _QUESTION.search(one.heading) if number % 2 == 0 else None
        question = asked[0].strip() if asked else _question(one, rarity, language, category)
        found.append(Case(category, language, question, one.document, one.place, passage))
    return found


def _question(one: Said, rarity: Counter[str], language: Language, category: Category) -> str:
    """One that names the rarest words of the sentence, in its order."""
    content = _content(one)
    rarest = sorted(dict.fromkeys(content), key=lambda pair: rarity[pair[1]])[:_RARE]
    words = " ".join(dict.fromkeys(word for word, folded in content if (word, folded) in rarest))
    return ABOUT[language, category is Category.OPINION].format(words or one.text)


def _content(one: Said) -> list[tuple[str, str]]:
    """Its words that carry meaning, as they are written and folded."""
    return [
        (word, folded)
        for word, folded in zip(one.written, one.folded, strict=True)
        if len(folded) > 3 and not is_function_word(folded, one.language)
    ]


def _unknown(corpus: Sequence[Said], language: Language) -> list[str]:
    """Questions of which the corpus does not even know most of the words."""
    known = set(_stems(corpus, language))
    return [text for text in UNKNOWN[language] if _share(text, known, language) <= 0.5]


def _stems(corpus: Sequence[Said], language: Language) -> Iterator[str]:
    for one in corpus:
        if one.language == language:
            yield from stems(list(one.folded), language)


def _share(text: str, known: set[str], language: Language) -> float:
    words = [word for word in Said(text, language, "").folded if not is_function_word(word, language)]
    stemmed = stems(words, language)
    return sum(stem in known for stem in stemmed) / max(len(stemmed), 1)
