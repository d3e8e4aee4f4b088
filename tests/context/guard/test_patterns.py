"""Patterns that are searched together find what each finds alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.patterns import Forbidden, Patterns
from gemelo.context.guard.rulebook import AvoidedPattern
from gemelo.context.guard.skeleton import Reading

SIMPLE = (r"foo bar", r"ba+r", r"^so", r"bye$", r"(?<=no )fear", r"a|b", r"foo(?! bar)", r"x*", r"(f)(o)\W")
ON_THEIR_OWN = (r"(o)\1", r"(?P<n>b)(?P=n)", r"(?x) f o o  # a comment", r"(?i:BAR)", r"(?>fo+)")
ALL = SIMPLE + ON_THEIR_OWN


def patterns(*written: str) -> Patterns:
    return Patterns(Forbidden(AvoidedPattern(one, one), Rule.PATTERNS, one) for one in written)


@given(
    chosen=st.lists(st.sampled_from(ALL), unique=True, max_size=6),
    text=st.lists(st.sampled_from("so foo bar baar bye no fear b x bb FOO".split()), max_size=7),
)
def test_patterns_together_find_what_they_find_alone(chosen: list[str], text: list[str]) -> None:
    """References, names, comments and flags keep their meaning, and what is unfinished begins as early."""
    reading = Reading(" ".join(text))
    alone = [patterns(one) for one in chosen]
    together = patterns(*chosen)
    found = {(one.layer, *span) for part in alone for one, *span in part.find(reading)}
    assert {(one.layer, *span) for one, *span in together.find(reading)} == found
    begun = [at for part in alone for at in part.unfinished(reading)]
    assert min(together.unfinished(reading), default=None) == min(begun, default=None)


def test_a_pattern_looks_back_over_what_has_left() -> None:
    """At the 32 characters that docs/layers.md tells of, and no more."""
    left = f"zum {'o' * 27} "
    assert len(left) == 32
    assert list(patterns("(?<=zum o{27} )fear").find(Reading(f"{left}fear", 32)))
    assert not list(patterns("(?<=¡zum o{27} )fear").find(Reading(f"¡{left}fear", 33)))


@pytest.mark.parametrize("written", ALL)
def test_no_pattern_finds_nothing_at_all(written: str) -> None:
    """An empty match has no place."""
    assert list(patterns(written).find(Reading(""))) == []
