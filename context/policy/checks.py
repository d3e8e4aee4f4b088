"""Refusing what the twin would be made to say, but another rule forbids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from gemelo.context.guard.builtin import BUILT_IN, PLATFORM, Rule
from gemelo.context.guard.claims import ClaimRules
from gemelo.context.guard.names import NameMatcher
from gemelo.context.guard.rulebook import AvoidedPattern, Rulebook
from gemelo.context.guard.rules import SpanRules
from gemelo.context.guard.skeleton import Reading
from gemelo.context.policy.context import Row
from gemelo.context.policy.layers import Kind, Layer
from gemelo.context.policy.stack import Stack
from gemelo.models.clauses import sentences
from gemelo.models.errors import BadLayer
from gemelo.models.vocabulary import Language

TOLD = 20
"""So many texts are told of at once: to find the line that one breaks takes another look at every rule."""
BUILT_IN_ROWS = {rule: Row(rule, what, PLATFORM, "built in", 0) for rule, what in BUILT_IN.items()}

FIXED = ("deflections.", "persona.likes_to_say.", "persona.openers.", "persona.manner.")
"""Lines of the twin's own: in them the sponsor is spoken of as in any reply."""
DISCLAIMERS = ("disclosures.", "required_claims.")
"""Lines that may deny what a claim states."""
STATED = (*FIXED, *DISCLAIMERS, "attested.", "sponsor.tagline.", "sponsor.approved_claims.")
"""Every line that is said as it stands, or that makes a fact of what it states."""
DENIED = re.compile(r"\b(?:no|not|never|cannot|nor|nunca|jam[aá]s|ni|sin|without)\b|n[’']t\b", re.IGNORECASE)


def refuse_broken(stack: Stack, rules: Rulebook) -> None:
    """Judges every fixed text by the span rules, and what it claims by the words of the claim rules.

    The crisis script outranks all but the platform's own rules, and has numbers to call.

    Raises:
        BadLayer: a text breaks a rule; names both, and every other such pair, twenty at most.
    """
    refuse(tuple(islice((clash(*one) for one in _breaking(stack, rules)), TOLD)))


def refuse(found: tuple[BadLayer, ...]) -> None:
    """Raises all that was found as one error, if anything was."""
    if len(found) > 1:
        raise BadLayer("; ".join(map(str, found)), found[0].layer, each=found)
    if found:
        raise found[0]


def _breaking(stack: Stack, rules: Rulebook) -> Iterator[tuple[Row, str, Row]]:
    """Every text that breaks a rule, its words that do, and the row that forbids them; a line once with the
    same words."""
    forbidding, told = _Forbidding(stack), set[object]()
    names = NameMatcher(
        (spelling, avoided.layer) for avoided in rules.names for spelling in (avoided.name, *avoided.aliases)
    )
    patterns = [(avoided.compiled(), avoided.layer) for avoided in rules.patterns]
    scripts = {id(row) for row in stack.rows if row.rule.startswith("crisis.")}
    for row in (*stack.said, *(row for row in stack.rows if id(row) in scripts)):
        text = row.value
        broken = [(rule, str(PLATFORM), "") for rule in _broken(text, rules.talent, rules.approved)]
        named = names.find(_reading(text))
        broken += [(Rule.NAMES, name.owner, text[name.start : name.end]) for name in named]
        broken += [
            (Rule.PATTERNS, layer, hit[0]) for pattern, layer in patterns if (hit := pattern.search(text))
        ]
        for rule, layer, words in broken:
            if id(row) in scripts and (layer != PLATFORM or rule is Rule.PERSONAL_DATA):
                continue
            where = (row.place, row.rule, rule, layer, words)
            if where not in told:
                told.add(where)
                yield row, words, forbidding.row(rule, layer, text, words)
    claims = ClaimRules(rules)
    for row in stack.said:
        if row.rule.startswith(STATED):
            for sentence, above in _claimed(row, claims, stack):
                yield row, sentence, above


def _claimed(row: Row, claims: ClaimRules, stack: Stack) -> Iterator[tuple[str, Row]]:
    """Sentences of fixed lines that claim what they may not, and the row that forbids it."""
    language = spoken(row, stack.languages)
    for sentence in _sentences(row.value):
        if row.rule.startswith(DISCLAIMERS) and DENIED.search(sentence):
            continue
        if claim := claims.forbidden(sentence):
            yield sentence, stating(stack.rows, claim.text)
            continue
        fixed = row.rule.startswith(FIXED) and not claims.approves(sentence)
        if fixed and (rule := claims.of_sponsor(sentence, sentence, "", language)):
            yield sentence, BUILT_IN_ROWS[rule]


def spoken(row: Row, languages: Iterable[Language]) -> Language:
    """The language of a line, none where a row is in none."""
    return next((language for language in languages if language in row.rule.split(".")), Language(""))


@lru_cache(maxsize=1024)
def _sentences(lines: str) -> tuple[str, ...]:
    return tuple(sentence for line in lines.split("; ") for sentence in sentences(line))


def stating(rows: Iterable[Row], claim: str) -> Row:
    """The row of a forbidden claim; the strongest layer's."""
    rule = f"{Rule.FORBIDDEN_CLAIMS}."
    return next(row for row in rows if row.rule.startswith(rule) and row.value == claim)


def clash(said: Row, words: str, above: Row) -> BadLayer:
    """The error for a text of one layer that a rule, perhaps of another one, forbids.

    Whoever writes the weaker of the two may not see the other: what they are told quotes their own words, or
    their own rule, and nothing of what stands there.
    """
    text = f"{said.layer} layer, {said.place}: {said.rule} says"
    rule = f"{above.layer} layer, {above.place}"
    mend = f"take out {words!r}" if words else above.value
    outside = ""
    if PLATFORM not in (said.layer, above.layer) and said.layer != above.layer:
        ranks = {str(kind): rank for rank, kind in enumerate(Kind)}
        if ranks[said.layer] > ranks[above.layer]:
            outside = f"{text} {words!r}, which {above.rule} of the {above.layer} forbids: take it out"
        else:
            outside = f"{rule}: {above.rule} {above.value!r} forbids what the {said.layer} says: take it out"
    whole = f"{text} what {above.rule} of the {rule}, forbids: {mend}"
    return BadLayer(whole, said.layer, outside)


# most fixed lines are the platform's and the talent's: every place, and every session, compiles them again


@lru_cache(maxsize=4096)
def _broken(text: str, talent: str, approved: tuple[str, ...]) -> tuple[Rule, ...]:
    """The platform's own rules that a text breaks."""
    return tuple(Rule(verdict.rule) for verdict in _own_rules(talent, approved).judge(_reading(text)))


@lru_cache(maxsize=64)
def _own_rules(talent: str, approved: tuple[str, ...]) -> SpanRules:
    return SpanRules((), talent, approved)


@lru_cache(maxsize=1024)
def _reading(text: str) -> Reading:
    return Reading(text)


class _Forbidding:
    """Finds the rows that texts break."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._names: dict[Kind, NameMatcher] = {}

    def row(self, rule: Rule, kind: str, text: str, words: str) -> Row:
        """The row that `words` of a text break; that of a `kind` first, for several may give one name its
        spellings."""
        for layer in sorted(self._stack.layers, key=lambda layer: layer.kind != kind):
            for index, pattern in enumerate(layer.document.patterns_to_avoid):
                if rule is Rule.PATTERNS and AvoidedPattern(pattern.pattern, kind).compiled().search(text):
                    return _row(rule, pattern.pattern, layer, index)
            if rule is Rule.NAMES:
                for name in self._matcher(layer).find(_reading(text)):
                    if text[name.start : name.end] == words:
                        index = int(name.owner)
                        return _row(rule, layer.document.names_to_avoid[index].name, layer, index)
        return BUILT_IN_ROWS[rule]

    def _matcher(self, layer: Layer) -> NameMatcher:
        """A layer's names, each owned by its index."""
        if layer.kind not in self._names:
            named = enumerate(layer.document.names_to_avoid)
            self._names[layer.kind] = NameMatcher(
                (spelling, str(index)) for index, name in named for spelling in (name.name, *name.aliases)
            )
        return self._names[layer.kind]


def _row(rule: Rule, value: str, layer: Layer, index: int) -> Row:
    return Row(rule, value, layer.kind, layer.source.file, layer.line(rule, index))
