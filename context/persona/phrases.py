"""Which phrases mark a text out against another one; pure.

Log-odds ratios with an informative Dirichlet prior, as z-scores: Monroe, Colaresi and Quinn, "Fightin'
Words" (2008), section 3.5.1. Both texts together are the prior, so a rare phrase needs more than one use.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gemelo.context.knowledge.words import is_function_word
from gemelo.context.persona.corpus import Said
from gemelo.models.vocabulary import Language

Phrase = tuple[str, ...]
PRIOR = 0.1
"""What the prior weighs, of both texts together."""
SURE = 1.28
"""A z-score from which a phrase is the talent's own: one of ten that are not gets there."""
PARTS = 10
"""Equal parts that a text is cut into to see how widely a phrase is spread."""


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase as it is mostly written, how often it is said, and sentences that hold it."""

    phrase: Phrase
    text: str
    count: int
    z: float
    examples: tuple[Said, ...]


def log_odds(own: Mapping[Phrase, int], other: Mapping[Phrase, int]) -> dict[Phrase, float]:
    """z-scores of the phrases of one text against another; above zero: more typical of `own`."""
    sizes = max(sum(own.values()), 1), max(sum(other.values()), 1)
    whole, scores = sum(sizes), dict[Phrase, float]()
    for phrase, count in own.items():
        against = other.get(phrase, 0)
        prior = PRIOR * (count + against)
        odds = [
            math.log((used + prior) / max(size + PRIOR * whole - used - prior, 1e-9))
            for used, size in zip((count, against), sizes, strict=True)
        ]
        variance = 1 / (count + prior) + 1 / (against + prior)
        scores[phrase] = (odds[0] - odds[1]) / math.sqrt(variance)
    return scores


def counted(texts: Iterable[Phrase], longest: int, shortest: int = 1) -> Counter[Phrase]:
    """How often each run of so many words occurs."""
    return Counter(run for words in texts for run in _runs(words, longest, shortest))


def favourites(
    corpus: Sequence[Said], background: Iterable[Phrase], language: Language, most: int = 12
) -> tuple[Found, ...]:
    """Turns of phrase that the talent uses all over; names of things stand where those are spoken of.

    Args:
        corpus: what the talent said in one language, in reading order.
        background: the words of other people's sentences in it, folded.
    """
    own = counted((one.folded for one in corpus), _TURN, 3)
    scores = log_odds(own, counted(background, _TURN, 3))
    names = _names(corpus)
    spread = _spread(corpus, {phrase for phrase, count in own.items() if count >= _LEAST})
    kept = {
        phrase: own[phrase]
        for phrase, parts in spread.items()
        if parts >= _LEAST
        and scores[phrase] >= SURE
        and _is_turn(phrase, language)
        and names.isdisjoint(phrase)
    }
    return _found(corpus, _longest(kept), scores, most)


def subjects(
    corpus: Sequence[Said], background: Iterable[Phrase], language: Language, most: int = 12
) -> tuple[Found, ...]:
    """What the talent talks of again and again, in more than one passage: names, and things of two words."""
    own = counted((one.folded for one in corpus), 3)
    scores = log_odds(own, counted(background, 3))
    names = _names(corpus)
    often = {
        phrase
        for phrase, count in own.items()
        if count >= _LEAST
        and _is_subject(phrase, language)
        and (len(phrase) > 1 or not names.isdisjoint(phrase))
    }
    places: defaultdict[Phrase, set[str]] = defaultdict(set)
    for one in corpus:
        for phrase in set(_runs(one.folded, 3, 1)) & often:
            places[phrase].add(one.at)
    kept = {phrase: own[phrase] for phrase, at in places.items() if len(at) > 1 and scores[phrase] >= SURE}
    return _found(corpus, _longest(kept), scores, most)


_TURN = 5
"""Words of the longest turn of phrase; the shortest has three."""
_NAMING = frozenset("the a an of el la los las un una de del".split())
"""Words that names of things are made with."""
_LEAST = 3
"""Uses, and parts of the text, that a favourite needs."""
_SAME = 0.6
"""A phrase of which this share stands inside a longer one is that one."""


def _runs(words: Phrase, longest: int, shortest: int) -> Iterator[Phrase]:
    for size in range(shortest, longest + 1):
        for start in range(len(words) - size + 1):
            yield words[start : start + size]


def _is_turn(phrase: Phrase, language: Language) -> bool:
    """Whether it is no figure, no name of a thing ("the hand of God"), and not cut off after an article."""
    grammar = [is_function_word(word, language) for word in phrase]
    return (
        any(grammar)
        and not all(grammar)
        and not grammar[-1]
        and not _NAMING.intersection(phrase)
        and all(word.isalpha() for word in phrase)
    )


def _is_subject(phrase: Phrase, language: Language) -> bool:
    return (
        all(word.isalpha() for word in phrase)
        and not any(is_function_word(word, language) for word in (phrase[0], phrase[-1]))
        and all(len(word) > 2 for word in (phrase[0], phrase[-1]))
    )


def _names(corpus: Iterable[Said]) -> set[str]:
    """Words that are written with a capital inside sentences more often than without."""
    capital, small = Counter[str](), Counter[str]()
    for one in corpus:
        for word, folded in zip(one.written[1:], one.folded[1:], strict=True):
            (capital if word[:1].isupper() else small)[folded] += 1
    return {word for word, count in capital.items() if count > small[word]}


def _spread(corpus: Sequence[Said], wanted: set[Phrase]) -> dict[Phrase, int]:
    """In how many of the text's parts each phrase stands."""
    parts: defaultdict[Phrase, set[int]] = defaultdict(set)
    for number, one in enumerate(corpus):
        part = number * PARTS // len(corpus)
        for phrase in set(_runs(one.folded, _TURN, 3)) & wanted:
            parts[phrase].add(part)
    return {phrase: len(found) for phrase, found in parts.items()}


def _longest(kept: Mapping[Phrase, int]) -> dict[Phrase, int]:
    """Phrases without those that are mostly pieces of a longer one, or a frame around a shorter one."""
    whole = dict(kept)
    for phrase in sorted(kept, key=len):
        for longer in (other for other in kept if len(other) > len(phrase) and _inside(phrase, other)):
            lost = phrase if kept[longer] >= _SAME * kept[phrase] else longer
            whole.pop(lost, None)
    return whole


def _inside(phrase: Phrase, longer: Phrase) -> bool:
    return any(phrase == longer[at : at + len(phrase)] for at in range(len(longer) - len(phrase) + 1))


def _found(
    corpus: Sequence[Said], kept: Mapping[Phrase, int], scores: Mapping[Phrase, float], most: int
) -> tuple[Found, ...]:
    best = sorted(kept, key=lambda phrase: (-scores[phrase], phrase))[:most]
    forms: dict[Phrase, Counter[str]] = {phrase: Counter() for phrase in best}
    holding: dict[Phrase, list[Said]] = {phrase: [] for phrase in best}
    sizes = {len(phrase) for phrase in best}
    for one in corpus:
        for size in sizes:
            for start in range(len(one.folded) - size + 1):
                phrase = one.folded[start : start + size]
                if phrase in forms:
                    forms[phrase][_form(one.written[start : start + size], start)] += 1
                    holding[phrase].append(one)
    return tuple(
        Found(
            phrase, forms[phrase].most_common(1)[0][0], kept[phrase], scores[phrase], tuple(holding[phrase])
        )
        for phrase in best
    )


def _form(words: Sequence[str], start: int) -> str:
    """A phrase as it stands inside a sentence: its first capital may be the sentence's."""
    first = words[0].lower() if start == 0 and not words[0].isupper() else words[0]
    return " ".join((first, *words[1:]))
