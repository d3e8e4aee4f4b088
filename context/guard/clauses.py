"""The clause rules of one context: what needs a whole clause to be seen.

Topics to avoid and forbidden claims are known by meaning. What is said of the sponsor, and what the
twin says to have done with its product, is known by words.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from gemelo.context.guard.asked import windows
from gemelo.context.guard.builtin import PLATFORM, TOPICS, Rule
from gemelo.context.guard.claims import ClaimRules
from gemelo.context.guard.classes import classes
from gemelo.context.guard.linear import Floats, Line
from gemelo.context.guard.meaning import Meaning, Sense
from gemelo.context.guard.rulebook import AvoidedTopic, ForbiddenClaim, Rulebook
from gemelo.context.knowledge.language import guess
from gemelo.context.knowledge.words import words
from gemelo.context.records import Decision, Verdict
from gemelo.models.clauses import first_clause_end, sentences, whole_sentences
from gemelo.models.vocabulary import Language

ALIKE = 0.7
"""Cosine from which a sentence says what a forbidden claim, or an example of a topic, says."""
HINTED = -0.4
"""Margin of a topic from which a question may be on it: rules learned from replies know questions less well.

Chosen on half of 144 questions; docs/guard.md says how many are known."""
_ENGLISH = Language("en")
_LEAST_WORDS = 3
"""Words that a sentence needs to have a topic."""


class Broken(NamedTuple):
    """A rule that a sentence breaks by its meaning; `by` is the topic's name or the claim."""

    rule: Rule
    layer: str
    by: str


class ClauseRules:
    """Judges clauses after what was said before them."""

    def __init__(self, rules: Rulebook, meaning: Meaning) -> None:
        self._book = rules
        self._meaning = meaning
        self._claims = ClaimRules(rules)

    @cached_property
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
        if not self.rules:
            return None
        sentence, earlier = _placed(said, clause)
        if self._claims.approves(sentence):
            return None
        rule, layer = self._claims.of_sponsor(sentence, clause, earlier, language), str(PLATFORM)
        if rule is None and (broken := self._by_meaning(sentence, language)):
            rule, layer = broken.rule, broken.layer
        return Verdict(Decision.BLOCK, rule, layer, (len(said), len(said) + len(clause))) if rule else None

    def asked_on(self, question: str, language: Language, *, answered: bool) -> AvoidedTopic | None:
        """The topic of a question that a layer turns away; None where it is on none of them.

        Args:
            answered: then it is on one for sure, and names something of one: most questions name nothing,
                and are not weighed.
        """
        topics = {topic.name: topic for topic in self._book.topics if topic.unasked}
        if not topics or (answered and not any(classes(word, "topics") for word in words(question))):
            return None
        enough = 0.0 if answered else HINTED
        found = dict.fromkeys(topics, 0.0)
        for sense in self._meaning.senses(windows(question), language):
            said = sense.said
            replied, asked = (of(said, tuple(topics)) for of in (self._meaning.enters, self._meaning.asks_on))
            for name, before in found.items():
                found[name] = max(before, replied[name] - enough, asked[name])
        name = max(found, key=found.__getitem__)
        return topics[name] if found[name] > 0.0 else None

    def meant(self, text: str, language: Language, alike: float = ALIKE) -> Iterator[tuple[str, Broken]]:
        """What a whole text breaks by its meaning, approved or not, and the sentences that do, so far.

        Args:
            alike: cosine from which a sentence says what another one says.
        """
        for said, clause in clauses(text):
            sentence, _ = _placed(said, clause)
            if broken := self._by_meaning(sentence, language, alike):
                yield sentence, broken

    def _by_meaning(self, sentence: str, language: Language, alike: float = ALIKE) -> Broken | None:
        if len(sentence.split()) < _LEAST_WORDS or not (self._book.topics or self._book.forbidden):
            return None
        sense = self._meaning.senses([sentence], language)[0]
        for topic, margin in self._margins(sense.said):
            if margin > 0:
                return Broken(Rule.TOPICS, topic.layer, topic.name)
        for example, topic in self._examples:
            if float(example.vector @ sense.vector) >= alike:
                return Broken(Rule.TOPICS, topic.layer, topic.name)
        if claim := self._claims.forbidden(sentence):
            return Broken(Rule.FORBIDDEN_CLAIMS, claim.layer, claim.text)
        for forbidden, claim in self._forbidden:
            if float(forbidden.vector @ sense.vector) >= alike:
                return Broken(Rule.FORBIDDEN_CLAIMS, claim.layer, claim.text)
        return None

    def _margins(self, said: Floats) -> Iterator[tuple[AvoidedTopic, float]]:
        """Each topic, and how far a reply is beyond its threshold."""
        for topic, line in self._learned:
            yield topic, line.margin(said)
        known = {topic.name: topic for topic in self._book.topics if topic.name in TOPICS}
        for name, margin in self._meaning.enters(said, tuple(known)).items() if known else ():
            yield known[name], margin

    @cached_property
    def _learned(self) -> list[tuple[AvoidedTopic, Line]]:
        """Topics that layers brought, and the rules learned from their examples."""
        brought = (topic for topic in self._book.topics if topic.name not in TOPICS)
        return [(topic, self._meaning.learn(topic.examples)) for topic in brought]

    @cached_property
    def _examples(self) -> list[tuple[Sense, AvoidedTopic]]:
        """What layers add to the topics that the guard knows: too few to learn a rule from."""
        return [
            (self._sense(example), topic)
            for topic in self._book.topics
            if topic.name in TOPICS
            for example in topic.examples
        ]

    @cached_property
    def _forbidden(self) -> list[tuple[Sense, ForbiddenClaim]]:
        return [(self._sense(claim.text), claim) for claim in self._book.forbidden]

    def _sense(self, text: str) -> Sense:
        return self._meaning.senses([text], guess(text, _ENGLISH))[0]


def clauses(text: str) -> Iterator[tuple[str, str]]:
    """What stands before each clause of a whole text, and the clause."""
    said = 0
    while (length := first_clause_end(text[said:], final=True)) is not None:
        yield text[:said], text[said : said + length]
        said += length


def _placed(said: str, clause: str) -> tuple[str, str]:
    """The sentence that a clause goes on with or begins, up to its end, and the sentence before that one."""
    before = sentences(said)
    if before and whole_sentences(said) != said:
        return f"{before[-1]} {clause.strip()}", "".join(before[-2:-1])
    return clause.strip(), "".join(before[-1:])
