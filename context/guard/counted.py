"""What the figures of a sentence count: "24 hours of hydration" is neither "24 % off" nor "24 players"; pure.

A figure counts the words that follow it up to the next preposition: its unit, and what the unit is of. Where
nothing follows, the word before it says what it is: "founded in 1987".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gemelo.context.guard.classes import stems
from gemelo.context.guard.glyphs import fold
from gemelo.context.guard.numerals import Number, numbers, tokens
from gemelo.models.gloss import gloss
from gemelo.models.vocabulary import Language

_COUNTED = 2
"""Words that say what a figure counts: its unit, and the first that tells more of it."""
_OVER = frozenset(
    "% it they them he she we you this these of the a an one our your their its his her de del el la los las "
    "lo un una uno su sus tu tus nuestro nuestra nuestros nuestras full whole entire great real just only "
    "enteros enteras completos completas grandes reales different distintos distintas diferentes".split()
)
"""Passed over: they tell nothing of what is counted."""
_END = frozenset(
    "in on at by to for from with without per and or but than that which who when if is are was were has "
    "have had en a al con sin por para y e o u pero que cuando si es son era eran fue fueron tiene tienen "
    "desde entre".split()
)
_RATIO = frozenset("out of in de cada from".split())
"""Stand between the two figures of "8 out of 10"."""
_AT_MOST = frozenset({"up to", "at most", "as much as", "hasta", "como mucho", "como maximo"})
_AT_LEAST = frozenset(
    {"more than", "over", "at least", "above", "mas de", "mas que", "al menos", "como minimo"}
)
_SHORT = {
    **{"h": "hours", "hr": "hours", "hrs": "hours", "min": "minutes", "mins": "minutes", "g": "grams"},
    **{"gr": "grams", "kg": "kilos", "l": "litres", "ml": "millilitres", "cl": "centilitres"},
    **{"km": "kilometres", "m": "metres"},
}
"""Units as labels write them."""

_Forms = frozenset[str]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a sentence.

    Attributes:
        counted: the words that say what it counts, each as the set of its forms.
        at_most, at_least: whether the sentence calls it so.
    """

    value: float
    per_cent: bool
    counted: tuple[_Forms, ...]
    at_most: bool = False
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """The figures of a sentence, and the forms of all its words."""

    figures: tuple[Figure, ...]
    words: frozenset[str]

    def allows(self, figure: Figure, said: frozenset[str]) -> bool:
        """Whether an approved sentence tells a figure of another one: as many of the same.

        Args:
            said: forms of all words of the other sentence.
        """
        return any(
            known.value == figure.value
            and known.per_cent == figure.per_cent
            and known.at_most <= figure.at_most
            and figure.at_least <= known.at_least
            and _all_in(figure.counted, self.words)
            and _all_in(known.counted, said)
            for known in self.figures
        )

    def counts(self, figure: Figure) -> bool:
        """Whether any figure here has the unit of that one."""
        return any(
            not known.counted[0].isdisjoint(figure.counted[0])
            for known in self.figures
            if known.counted and figure.counted
        )


def told(sentence: str, language: Language, brand: Collection[str] = ()) -> Told:
    """What a sentence counts.

    Args:
        language: whose words for numbers are read.
        brand: folded words of the sponsor's name, which tell nothing of what is counted.
    """
    said = [token for token in tokens(fold(sentence)) if token not in brand]
    found = list(numbers(said, language))
    figures = tuple(_figure(said, found, at) for at in range(len(found)))
    return Told(figures, frozenset(form for token in said if token[0].isalnum() for form in forms(token)))


def _figure(said: Sequence[str], found: Sequence[Number], at: int) -> Figure:
    number = found[at]
    ratio = at + 1 < len(found) and _RATIO.issuperset(said[number.after : found[at + 1].first])
    counted = _after(said, (found[at + 1] if ratio else number).after)
    before = {" ".join(said[max(0, number.first - count) : number.first]) for count in (1, 2, 3)}
    return Figure(
        number.value,
        said[number.after : number.after + 1] == ["%"],
        counted or _before(said, number.first),
        not before.isdisjoint(_AT_MOST),
        not before.isdisjoint(_AT_LEAST),
    )


def _after(said: Sequence[str], at: int) -> tuple[_Forms, ...]:
    counted: list[_Forms] = []
    for token in said[at:]:
        if token in _END or not (token.isalpha() or token in _OVER) or len(counted) == _COUNTED:
            break
        if token not in _OVER:
            counted.append(forms(token))
    return tuple(counted)


def _before(said: Sequence[str], at: int) -> tuple[_Forms, ...]:
    words = (token for token in reversed(said[:at]) if token.isalpha() and token not in _OVER | _END)
    return tuple(forms(token) for token in words)[:1]


def _all_in(counted: Sequence[_Forms], words: frozenset[str]) -> bool:
    return all(not forms.isdisjoint(words) for forms in counted)


@lru_cache(maxsize=4096)
def forms(word: str) -> _Forms:
    """The stems of a folded word, and of what it means in English, American or British."""
    word = _SHORT.get(word, word)
    meant = (word, *gloss(word).split())
    return frozenset(stem.replace("our", "or") for read in meant for stem in stems(read))
