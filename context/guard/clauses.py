"""The clause rules of one context: what needs a whole clause to be seen.

Topics to avoid and forbidden claims are known by meaning. What is said of the sponsor, and what the
twin says to have done with its product, is known by words.
"""

from __future__ import annotations

import re
from functools import cached_property

from gemelo.context.guard.builtin import PLATFORM, TOPICS, Rule
from gemelo.context.guard.classes import stems
from gemelo.context.guard.cues import cues
from gemelo.context.guard.glyphs import fold
from gemelo.context.guard.linear import Line
from gemelo.context.guard.meaning import Meaning, Sense
from gemelo.context.guard.numerals import SPOKEN, numbers
from gemelo.context.guard.rulebook import Rulebook
from gemelo.context.knowledge.language import guess
from gemelo.context.records import Decision, Verdict
from gemelo.models.clauses import sentences, whole_sentences
from gemelo.models.vocabulary import Language

_ALIKE = 0.7
"""Cosine from which a sentence says what a forbidden claim, or an example of a topic, says."""
_ENGLISH = Language("en")
_LEAST_WORDS = 3
"""Words that a sentence needs to have a topic."""
_LITTLE = frozenset(
    "a an the of to in on at for and or is are be it its this that with as by from your you our we "
    "el la los las un una unos unas de del al en y o u es son ser lo su sus que con por para como tu te se "
    "mas".split()
)


class ClauseRules:
    """Judges clauses after what was said before them."""

    def __init__(self, rules: Rulebook, meaning: Meaning) -> None:
        self._book = rules
        self._meaning = meaning
        self._brand = re.compile(rf"\b{re.escape(_plain(rules.brand))}(?:e?s)?\b") if rules.brand else None
        self._approved = "\n".join(f" {_plain(text)} " for text in (*rules.approved, *rules.attested))
        self._numbers = frozenset[int]().union(*(numbers(self._approved, spoken) for spoken in SPOKEN))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that this context fills."""
        book = self._book
        filled = {
            Rule.TOPICS: book.topics,
            Rule.FORBIDDEN_CLAIMS: book.forbidden,
            Rule.UNAPPROVED: book.brand,
            Rule.EXPERIENCE: book.brand,
        }
        return tuple(rule for rule, by in filled.items() if by)

    def judge(self, said: str, clause: str, language: Language) -> Verdict | None:
        """What `clause` breaks, said after `said`; its span counts from the start of `said`."""
        before = sentences(said)
        going_on = bool(before) and whole_sentences(said) != said
        sentence = f"{before[-1]} {clause.strip()}" if going_on else clause.strip()
        earlier = before[-2:-1] if going_on else before[-1:]
        if self._approves(sentence):
            return None
        rule, layer = (
            self._of_sponsor(sentence, clause, "".join(earlier), language)
            or self._by_meaning(sentence, language)
            or ("", "")
        )
        return Verdict(Decision.BLOCK, rule, layer, (len(said), len(said) + len(clause))) if rule else None

    def _approves(self, sentence: str) -> bool:
        return f" {_plain(sentence)} " in self._approved

    def _of_sponsor(
        self, sentence: str, clause: str, earlier: str, language: Language
    ) -> tuple[Rule, str] | None:
        """What a clause says of the sponsor that nobody approved, or of the twin and the sponsor."""
        if self._brand is None:
            return None
        plain = _plain(sentence)
        named = bool(self._brand.search(plain))
        if not named and not self._brand.search(_plain(earlier)):
            return None
        if cues("experience" if named else "experience-of-it").search(plain):
            return Rule.EXPERIENCE, PLATFORM
        if named and not self._numbers.issuperset(numbers(_plain(clause), language)):
            return Rule.UNAPPROVED, PLATFORM
        if not named and not cues("of-it").search(plain):
            return None
        if any(f" {effect[0]} " not in self._approved for effect in cues("effect").finditer(plain)):
            return Rule.UNAPPROVED, PLATFORM
        return None

    def _by_meaning(self, sentence: str, language: Language) -> tuple[Rule, str] | None:
        if len(sentence.split()) < _LEAST_WORDS or not (self._book.topics or self._book.forbidden):
            return None
        sense = self._meaning.senses([sentence], language)[0]
        features = sense.said
        for line, layer in self._topics:
            if line.margin(features) > 0:
                return Rule.TOPICS, layer
        for example, layer in self._examples:
            if float(example.vector @ sense.vector) >= _ALIKE:
                return Rule.TOPICS, layer
        said = _content(sentence)
        for claim, words, layer in self._claims:
            if words <= said or float(claim.vector @ sense.vector) >= _ALIKE:
                return Rule.FORBIDDEN_CLAIMS, layer
        return None

    @cached_property
    def _topics(self) -> list[tuple[Line, str]]:
        return [
            (
                self._meaning.topic(topic.name)
                if topic.name in TOPICS
                else self._meaning.learn(topic.examples),
                topic.layer,
            )
            for topic in self._book.topics
        ]

    @cached_property
    def _examples(self) -> list[tuple[Sense, str]]:
        """What layers add to the topics that the guard knows: too few to learn a rule from."""
        return [
            (self._sense(example), topic.layer)
            for topic in self._book.topics
            if topic.name in TOPICS
            for example in topic.examples
        ]

    @cached_property
    def _claims(self) -> list[tuple[Sense, frozenset[str], str]]:
        return [
            (self._sense(claim.text), _content(claim.text), claim.layer) for claim in self._book.forbidden
        ]

    def _sense(self, text: str) -> Sense:
        return self._meaning.senses([text], guess(text, _ENGLISH))[0]


def _plain(text: str) -> str:
    """A text as it is compared with approved ones."""
    return " ".join(re.findall(r"\w+", fold(text)))


def _content(text: str) -> frozenset[str]:
    """Stems of the words that carry what a text says."""
    words = [word for word in re.findall(r"\w+", fold(text)) if word not in _LITTLE]
    return frozenset(stem for word in words for stem in stems(word)[:1])
