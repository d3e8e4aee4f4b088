"""Which patterns may be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.policy.patterns import SIZE, hurtful, refused
from gemelo.context.policy.sample import sample


@pytest.mark.parametrize(
    "pattern",
    [r"\bfree\s+shipping\b", r"\d{4}-\d{4}", "Kortaza|Brisalta", r"código\s+[A-Z]{3}\d", r"(?:ja){3,}"],
)
def test_a_sober_pattern_passes(pattern: str) -> None:
    """What finds something definite in little time may be used."""
    assert refused(pattern) == ""


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"(a+)+$", r"(x+x+)+y", r"(?:a|aa)+$", r"([a-z]+)*\d", r"(\w+\s?)+$", r"(\d+)+-", r"(.*a){12}x"),
        *("k.*o.*r.*t.*a.*z.*a", "(?s)(k.*o.*r.*t.*a)q", "o.*o.*o.*z", "(.+)kort(.+)aza(.+)"),
    ],
)
def test_a_pattern_that_explodes_is_refused(pattern: str) -> None:
    """What goes back and tries again without end is found out on text made of its own letters."""
    assert refused(pattern) == "takes more than 10 ms on 1000 characters"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "is no regular expression: missing )"),
        (r"\L<names>", "is no regular expression"),
        ("a**", "is no regular expression"),
        ("a*", "matches where there is nothing"),
        (r"\b", "matches where there is nothing"),
        ("^", "matches where there is nothing"),
        ("(?<=a)", "matches where there is nothing"),
        ("(?R)", "calls itself"),
        ("(a(?1)?)", "calls itself"),
        (r"(?:(?:(?:(?:a?){100}){100}){100}){100}b", "repeats something more than 1000 times"),
        (r"((a{1,99}){99}", "repeats something more than 1000 times"),
        (".", "matches 100 of 100 ordinary sentences"),
        (r"\w+", "matches 100 of 100 ordinary sentences"),
        ("the|el", "of 100 ordinary sentences"),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused(pattern: str, why: str) -> None:
    """What does not compile, finds nothing at all, or finds everything has no use."""
    assert why in refused(pattern)


@pytest.mark.parametrize(
    ("pattern", "why"),
    [("a{1000}", ""), ("a{1001}", "repeats"), ("(?:ab{20}){50}", ""), ("(?:ab{20}){51}", "repeats")],
)
def test_a_thousand_repeats_are_not_too_many(pattern: str, why: str) -> None:
    """Counts inside each other are multiplied."""
    assert refused(pattern).startswith(why)
    assert bool(refused(pattern)) is bool(why)


def test_a_pattern_is_tried_on_a_thousand_characters_of_what_it_looks_for() -> None:
    """Its words, alone and together, and their first letters, with and without its own text; and on ordinary
    sentences.
    """
    *made, spoken, glued = hurtful(r"golazo|kivo\d")
    assert {len(text) for text in (*made, spoken)} == {SIZE}
    for run in ("golazo", "kivo", "golazokivo", "g", "k", "a", "0", " ", f"golazo{'~' * 100}kivo{'~' * 100}"):
        assert (run * SIZE)[:SIZE] in made, run
        assert (run * SIZE)[: SIZE - 14] + "\0golazo|kivo\\d" in made, run
    assert spoken == " ".join(sample())[:SIZE]
    assert glued == " ".join(sample())[-SIZE:].replace(" ", "")


def test_counts_in_a_row_are_no_counts_inside_each_other() -> None:
    """A long number in groups, and brackets in a class, repeat nothing a thousand times."""
    assert refused(r"\d{30}-\d{30}-\d{30}-[(){99}]{9}") == ""


@given(st.lists(st.sampled_from([*r"ab.()*+?|[]^$\-{}1,", r"\w", r"\d", "(?:", "{2,9}", "foo"]), max_size=9))
def test_no_pattern_makes_the_check_fall_over(pieces: list[str]) -> None:
    """Whatever is written, the answer is a reason or none."""
    assert isinstance(refused("".join(pieces)), str)
