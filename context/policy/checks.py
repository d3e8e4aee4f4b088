"""Refusing what the twin would be made to say, but another rule forbids."""

from __future__ import annotations

from functools import lru_cache

from gemelo.context.guard.builtin import BUILT_IN, PLATFORM, Rule
from gemelo.context.guard.names import NameMatcher
from gemelo.context.guard.rulebook import AvoidedPattern, Rulebook
from gemelo.context.guard.rules import SpanRules
from gemelo.context.guard.skeleton import Reading
from gemelo.context.policy.context import Row
from gemelo.context.policy.stack import Stack
from gemelo.models.errors import BadLayer

BUILT_IN_ROWS = {rule: Row(rule, what, PLATFORM, "built in", 0) for rule, what in BUILT_IN.items()}
_NUMBERS = Rule.PERSONAL_DATA
"""What a help line's number would be anywhere else."""


def refuse_broken(stack: Stack, rules: Rulebook) -> None:
    """Judges every fixed text by the span rules.

    The crisis script outranks all but the platform's own rules, and has numbers to call.

    Raises:
        BadLayer: a text breaks a rule; names both.
    """
    spellings = [
        (spelling, avoided.layer) for avoided in rules.names for spelling in (avoided.name, *avoided.aliases)
    ]
    guard = SpanRules(spellings, rules.talent, rules.approved, patterns=rules.patterns)
    scripts = [row for row in stack.rows if row.rule.startswith("crisis.")]
    for row in (*stack.said, *scripts):
        broken = [(Rule(verdict.rule), verdict.layer) for verdict in guard.judge(_reading(row.value))]
        if row in scripts:
            broken = [(rule, layer) for rule, layer in broken if layer == PLATFORM and rule != _NUMBERS]
        for rule, layer in broken:
            above = _forbidding(stack, rule, layer, row.value)
            raise BadLayer(
                f"{row.layer} layer, {row.place}: {row.rule} says what {above.rule} of the "
                f"{above.layer} layer, {above.place}, forbids"
            )


@lru_cache(maxsize=1024)
def _reading(text: str) -> Reading:
    """Most fixed lines are the platform's and the talent's: every place reads them again."""
    return Reading(text)


def _forbidding(stack: Stack, rule: Rule, kind: str, text: str) -> Row:
    """The row that a text breaks."""
    for layer in stack.layers:
        if layer.kind == kind:
            for index, pattern in enumerate(layer.document.patterns_to_avoid):
                if rule is Rule.PATTERNS and AvoidedPattern(pattern.pattern, kind).compiled().search(text):
                    return Row(rule, pattern.pattern, kind, layer.source.file, layer.line(rule, index))
            for index, name in enumerate(layer.document.names_to_avoid):
                if rule is Rule.NAMES and _names((name.name, *name.aliases), text):
                    return Row(rule, name.name, kind, layer.source.file, layer.line(rule, index))
    return BUILT_IN_ROWS[rule]


def _names(spellings: tuple[str, ...], text: str) -> bool:
    return bool(NameMatcher((spelling, "") for spelling in spellings).find(Reading(text)))
