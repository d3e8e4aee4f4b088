"""Folding passages that say a thing again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.duplicates import folded
from gemelo.context.knowledge.shelf import Entry

TOLD = (
    "We won the derby in the last minute.",
    "Nobody in the stand had believed in it any more.",
    "I have kept the ball from that evening.",
    "It lies on the shelf above my desk, beside a photograph of my father.",
)


def entry(id: str, *sentences: str, heading: str = "") -> Entry:
    return Entry(id, sentences, id.split("#")[0], heading, heading)


def test_a_passage_that_was_printed_twice_stands_once() -> None:
    """The first one stays; case, accents and punctuation make no other passage."""
    again = entry("b.md#1", *(sentence.upper().replace(".", "!") for sentence in TOLD))
    assert folded([entry("a.md#1", *TOLD), again]) == [entry("a.md#1", *TOLD)]


def test_a_passage_that_lost_a_few_words_stands_once() -> None:
    """Nearly the same is the same: a short sentence more or less."""
    longer = entry("b.md#1", *TOLD, "Thank you.")
    assert folded([entry("a.md#1", *TOLD), longer]) == [entry("a.md#1", *TOLD)]


def test_a_passage_that_overlaps_with_the_last_stays() -> None:
    """One sentence in common is no repetition."""
    following = entry("a.md#2", TOLD[-1], "My father never saw it.", "He had died in spring.")
    assert len(folded([entry("a.md#1", *TOLD), following])) == 2


def test_one_answer_to_two_questions_stays_twice() -> None:
    """A heading is what a passage is found by: below another one it is another passage."""
    same = "Yes, every Sunday."
    asked = [entry("a.md#1", same, heading="Do you train?"), entry("a.md#2", same, heading="Do you cook?")]
    assert folded(asked) == asked


def test_passages_without_words_stay() -> None:
    """Where there is nothing to compare nothing is folded."""
    signs = [entry("a.md#1", "…"), entry("a.md#2", "…")]
    assert folded(signs) == signs


@given(st.lists(st.lists(st.sampled_from(TOLD), min_size=1, max_size=4, unique=True), max_size=8))
def test_every_sentence_is_still_there(told: list[list[str]]) -> None:
    """Folding takes away nothing that nobody else says, and folding again takes away nothing more."""
    entries = [entry(f"a.md#{number}", *own) for number, own in enumerate(told)]
    kept = folded(entries)
    assert folded(kept) == kept
    assert {sentence for own in told for sentence in own} == {text for one in kept for text in one.sentences}
