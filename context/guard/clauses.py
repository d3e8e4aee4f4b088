"""The clause rules of one context: what needs a whole clause to be seen.

Topics to avoid and forbidden claims are known by meaning. What is said of the sponsor, and what the
twin says to have done with its product, is known by words.
"""

from __future__ import annotations

from functools import cached_property

from gemelo.context.guard.builtin import PLATFORM, TOPICS, Rule
from gemelo.context.guard.claims import ClaimRules
from gemelo.context.guard.linear import Line
from gemelo.context.guard.meaning import Meaning, Sense
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


class ClauseRules:
    """Judges clauses after what was said before them."""

    def __init__(self, rules: Rulebook, meaning: Meaning) -> None:
        self._book = rules
        self._meaning = meaning
        self._claims = ClaimRules(rules)

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
        if self._claims.approves(sentence):
            return None
        rule, layer = self._claims.of_sponsor(sentence, clause, "".join(earlier), language), str(PLATFORM)
        if rule is None:
            rule, layer = self._by_meaning(sentence, language) or ("", "")
        return Verdict(Decision.BLOCK, rule, layer, (len(said), len(said) + len(clause))) if rule else None

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
        if claim := self._claims.forbidden(sentence):
            return Rule.FORBIDDEN_CLAIMS, claim.layer
        for forbidden, layer in self._forbidden:
            if float(forbidden.vector @ sense.vector) >= _ALIKE:
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
    def _forbidden(self) -> list[tuple[Sense, str]]:
        return [(self._sense(claim.text), claim.layer) for claim in self._book.forbidden]

    def _sense(self, text: str) -> Sense:
        return self._meaning.senses([text], guess(text, _ENGLISH))[0]
