"""What may be said of the sponsor, and what layers forbid to say, known by the words alone; pure."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.classes import stems
from gemelo.context.guard.cues import cues
from gemelo.context.guard.glyphs import fold
from gemelo.context.guard.numerals import SPOKEN, numbers
from gemelo.context.guard.rulebook import ForbiddenClaim, Rulebook
from gemelo.models.clauses import sentences
from gemelo.models.vocabulary import Language

_LITTLE = frozenset(
    "a an the of to in on at for and or is are be it its this that with as by from your you our we "
    "el la los las un una unos unas de del al en y o u es son ser lo su sus que con por para como tu te se "
    "mas".split()
)


class ClaimRules:
    """What a sentence claims of the sponsor of one context, or claims although a layer forbids it."""

    def __init__(self, rules: Rulebook) -> None:
        self._forbidden = rules.forbidden
        self._brand = re.compile(rf"\b{re.escape(_plain(rules.brand))}(?:e?s)?\b") if rules.brand else None
        self._approved = "\n".join(
            f"\n {_plain(' '.join(said[first:]))} "
            for said in map(sentences, (*rules.approved, *rules.attested))
            for first in range(len(said))
        )
        self._numbers = frozenset[int]().union(*(numbers(self._approved, spoken) for spoken in SPOKEN))

    def approves(self, sentence: str) -> bool:
        """Whether a sentence of an approved claim, or of what the talent attested, begins with it.

        What stands further in is not approved: "nobody says that it cures" says no cure.
        """
        return f"\n {_plain(sentence)} " in self._approved

    def of_sponsor(self, sentence: str, clause: str, earlier: str, language: Language) -> Rule | None:
        """What a clause says of the sponsor that nobody approved, or of the twin and the sponsor.

        Args:
            sentence: which the clause ends.
            earlier: the sentence before that one.
        """
        if self._brand is None:
            return None
        plain = _plain(sentence)
        named = bool(self._brand.search(plain))
        if not named and not self._brand.search(_plain(earlier)):
            return None
        if cues("experience" if named else "experience-of-it").search(plain):
            return Rule.EXPERIENCE
        if named and not self._numbers.issuperset(numbers(_plain(clause), language)):
            return Rule.UNAPPROVED
        if not named and not cues("of-it").search(plain):
            return None
        if any(f" {effect[0]} " not in self._approved for effect in cues("effect").finditer(plain)):
            return Rule.UNAPPROVED
        return None

    def forbidden(self, sentence: str) -> ForbiddenClaim | None:
        """The forbidden claim that a sentence makes in its very words, whatever stands between them."""
        said = _content(sentence) if self._forbidden else frozenset[str]()
        return next((claim for claim, words in self._claims if words <= said), None)

    @cached_property
    def _claims(self) -> list[tuple[ForbiddenClaim, frozenset[str]]]:
        """A claim of little words alone would be made by every sentence: it is known by its meaning only."""
        claims = ((claim, _carried(claim.text)) for claim in self._forbidden)
        return [(claim, words) for claim, words in claims if words]


def _plain(text: str) -> str:
    """A text as it is compared with approved ones."""
    return " ".join(re.findall(r"\w+", fold(text)))


@lru_cache(maxsize=4096)
def _carried(claim: str) -> frozenset[str]:
    """Of a layer's text, which every compilation reads again; what was said is not kept."""
    return _content(claim)


def _content(text: str) -> frozenset[str]:
    """Stems of the words that carry what a text says."""
    words = [word for word in re.findall(r"\w+", fold(text)) if word not in _LITTLE]
    return frozenset(stem for word in words for stem in stems(word)[:1])
