"""What may be said of the sponsor, and what layers forbid to say, known by the words alone; pure."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.classes import stems
from gemelo.context.guard.counted import Told, told
from gemelo.context.guard.cues import cues
from gemelo.context.guard.glyphs import fold
from gemelo.context.guard.numerals import SPOKEN
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
        self._brand_words = frozenset(_plain(rules.brand).split())
        self._facts = (*rules.approved, *rules.attested)
        self._approved = "\n".join(
            f"\n {_plain(' '.join(said[first:]))} "
            for said in map(sentences, self._facts)
            for first in range(len(said))
        )

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
        if not named and not cues("of-it").search(plain):
            return None
        if self._miscounts(sentence, clause, language, named=named):
            return Rule.UNAPPROVED
        if any(f" {effect[0]} " not in self._approved for effect in cues("effect").finditer(plain)):
            return Rule.UNAPPROVED
        return None

    def _miscounts(self, sentence: str, clause: str, language: Language, *, named: bool) -> bool:
        """Whether a clause has a figure that no approved sentence has of the same.

        Of a sentence that goes on about the sponsor without its name only figures count that have a unit of
        the approved ones: "it takes two touches" is said of the game.
        """
        figures = told(clause, language, self._brand_words).figures
        if not figures:
            return False
        said = told(sentence, language, self._brand_words).words
        return any(
            not any(fact.allows(figure, said) for fact in self._counted)
            for figure in figures
            if named or any(fact.counts(figure) for fact in self._counted)
        )

    @cached_property
    def _counted(self) -> list[Told]:
        """The approved sentences with figures, read in each language: a figure may be told in another."""
        found = (
            told(sentence, language, self._brand_words)
            for fact in self._facts
            for sentence in sentences(fact)
            for language in SPOKEN
        )
        return [one for one in dict.fromkeys(found) if one.figures]

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
