"""What a talent thinks, and what they never talk about; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from gemelo.context.knowledge.words import fold, is_function_word, stems
from gemelo.context.persona import lexicon
from gemelo.context.persona.corpus import Said
from gemelo.models.vocabulary import Language

MAX_OPINIONS = 24
_FEWEST_WORDS, _MOST_WORDS = 5, 40
_TITLE = re.compile(r"[^\W\d_][^\d?!:;/\\]*")
_TITLE_WORDS, _TITLED = 6, 3
"""Words of a title at most, and passages below it at least."""
_USES = 2
"""Sentences on a topic that a stem which tells it stands in."""
_MOSTLY = 0.97
"""Of all its uses, the share that are on the topic, were there as many sentences of either kind."""
_TOLD_BY, _SHOWN_BY = 2, 2
"""Such stems in a sentence that is on a topic, and such sentences of a talent who talks of it."""


def opinions(corpus: Iterable[Said], language: Language, most: int = MAX_OPINIONS) -> tuple[Said, ...]:
    """Sentences that state a view of the talent's own, at most one a passage, in reading order.

    Questions are none, and what is longer than forty words is no statement.
    """
    pattern = lexicon.OPINIONS.get(language)
    found: dict[str, Said] = {}
    for one in corpus:
        if (
            pattern is not None
            and one.language == language
            and _FEWEST_WORDS <= len(one.written) <= _MOST_WORDS
            and not one.text.rstrip().endswith("?")
            and pattern.search(fold(one.text))
        ):
            found.setdefault(one.at, one)
    every = tuple(found.values())
    step = max(1, -(-len(every) // most))
    return every[::step]


def titles(
    corpus: Iterable[Said], language: Language, most: int = 8
) -> tuple[tuple[str, tuple[Said, ...]], ...]:
    """What documents call their matter: the outermost headings of three passages or more, widest first.

    A question is none, and neither is a page or a time.
    """
    found: dict[str, dict[str, Said]] = {}
    for one in corpus:
        title = one.place.split(" › ")[0].strip()
        if one.language == language and _TITLE.fullmatch(title) and len(title.split()) <= _TITLE_WORDS:
            found.setdefault(title, {}).setdefault(one.at, one)
    wide = sorted(
        (title for title in found if len(found[title]) >= _TITLED), key=lambda t: (-len(found[t]), t)
    )
    return tuple((title, tuple(found[title].values())) for title in wide[:most])


def telling(
    topics: Mapping[str, Iterable[str]], harmless: Iterable[str], language: Language
) -> dict[str, frozenset[str]]:
    """Of each topic the stems that sentences on it have, and other people's sentences hardly ever.

    Args:
        topics: sentences that enter each topic.
        harmless: ones that enter none.
    """
    used = {topic: _used(examples, language) for topic, examples in topics.items()}
    every = sum(used.values(), _used(harmless, language))
    return {topic: _apart(own, every - own) for topic, own in used.items()}


def _apart(own: Counter[str], rest: Counter[str]) -> frozenset[str]:
    sizes = max(own.total(), 1), max(rest.total(), 1)
    return frozenset(
        stem
        for stem, count in own.items()
        if count >= _USES and count / sizes[0] >= _MOSTLY * (count / sizes[0] + rest[stem] / sizes[1])
    )


def entered(
    corpus: Sequence[Said], topics: Mapping[str, frozenset[str]], language: Language
) -> dict[str, tuple[Said, ...]]:
    """The topics that the talent does talk of, each with the sentences that show it, two at least.

    Args:
        topics: the stems that tell each one (`telling`).
    """
    found: dict[str, list[Said]] = {topic: [] for topic in topics}
    for one in corpus:
        if one.language == language:
            stemmed = frozenset(stems(list(one.folded), language))
            for topic, telltale in topics.items():
                if len(stemmed & telltale) >= _TOLD_BY:
                    found[topic].append(one)
    return {topic: tuple(some) for topic, some in found.items() if len(some) >= _SHOWN_BY}


def _used(texts: Iterable[str], language: Language) -> Counter[str]:
    """In how many sentences each stem stands that carries meaning."""
    used = Counter[str]()
    for text in texts:
        folded = Said(text, language, "").folded
        meant = [word for word in folded if word.isalpha() and not is_function_word(word, language)]
        used.update(set(stems(meant, language)))
    return used
