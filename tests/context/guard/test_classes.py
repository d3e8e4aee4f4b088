"""Words fall into classes by themselves or by their stem."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.classes import PAIRS, classes, stems


@pytest.mark.parametrize(
    ("word", "name"),
    [("kill", "harm"), ("killing", "harm"), ("matar", "harm"), ("someone", "person"), ("nino", "minor")],
)
def test_a_word_and_its_forms_share_their_class(word: str, name: str) -> None:
    """English and Spanish words are one table."""
    assert name in classes(word)


def test_a_word_may_belong_to_several_classes() -> None:
    """A child is a person and a minor."""
    assert {"person", "minor"} <= classes("child")


def test_an_ordinary_word_has_no_class() -> None:
    """Most words decide nothing."""
    assert classes("offside") == frozenset()


def test_every_class_of_a_pair_exists() -> None:
    """A pair with a class that no word has would never be seen."""
    text = (files("gemelo.context.guard") / "cues" / "classes.txt").read_text("utf-8")
    named = {line.partition(": ")[0] for line in text.splitlines() if not line.startswith("#")}
    assert set(PAIRS) <= named


@pytest.mark.parametrize(
    ("word", "kind"), [("beers", "drink"), ("cervezas", "drink"), ("vaping", "smoke"), ("apuestas", "bet")]
)
def test_what_a_reply_is_about_is_another_table(word: str, kind: str) -> None:
    """Topics have their own classes, which what a fan asks is not judged by."""
    assert kind in classes(word, "topics")
    assert kind not in classes(word)


@given(st.text(max_size=30))
def test_any_word_has_two_stems(word: str) -> None:
    """Nothing makes a stemmer fall over."""
    assert len(stems(word)) == 2
    assert isinstance(classes(word), frozenset)
