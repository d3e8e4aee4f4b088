"""Words that stand for letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.words import spelled_runs


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("n i k e", ["nike"]),
        ("ene i ka e", ["nike"]),
        ("n as in nancy i for india k like kilo e", ["nike"]),
        ("ene de navarra luego i and then ka", ["nik"]),
        ("double u double l uve doble i griega", ["wlwy"]),
        ("november india kilo echo", ["nike"]),
        ("the goal of a match", []),
        ("the goal of a", ["a"]),
        ("n as in bob e", ["n", "e"]),
        ("be larga o", ["bo"]),
    ],
)
def test_runs_spell(text: str, spelled: list[str]) -> None:
    """Letters, their names in both languages, the radio alphabet, and examples that fit."""
    assert [run.letters for run in spelled_runs(text.split())] == spelled


@pytest.mark.parametrize(
    ("text", "letters", "places"),
    [
        ("n as in nancy double u ene", "nwn", ["n as in nancy", "double u", "ene"]),
        ("say uve doble then be larga and e", "wbe", ["uve doble", "be larga", "e"]),
        ("golf like goal double l", "gl", ["golf like goal", "l"]),
        ("w as in b", "wb", ["w", "b"]),
        ("uve doble como waterpolo i", "wi", ["uve doble como waterpolo", "i"]),
        ("ene de navarra luego i", "ni", ["ene de navarra", "i"]),
    ],
)
def test_each_letter_stands_where_its_words_do(text: str, letters: str, places: list[str]) -> None:
    """With its example, without what only leads on to the next."""
    words = text.split()
    runs = list(spelled_runs(words))
    assert "".join(run.letters for run in runs) == letters
    assert [" ".join(words[start:end]) for run in runs for start, end in run.places] == places


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [("so ene", True), ("so ene de", True), ("n as in", True), ("n and then", True), ("n i goes", False)],
)
def test_a_run_is_open_while_more_may_come(text: str, *, goes_on: bool) -> None:
    """An example or another letter may follow what the text ends with."""
    [run] = spelled_runs(text.split())
    assert run.open is goes_on


@given(st.lists(st.sampled_from("a e de en as in for double uve y then goal n nancy".split()), max_size=9))
def test_runs_lie_in_order(words: list[str]) -> None:
    """Runs do not overlap, and each letter has its place inside its run."""
    after = 0
    for run in spelled_runs(words):
        assert after <= run.first < run.after <= len(words)
        assert len(run.letters) == len(run.places)
        assert all(run.first <= start < end <= run.after for start, end in run.places)
        after = run.after
