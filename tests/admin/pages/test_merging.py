from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.admin.pages.merging import merged

BASE = "a\nb\nc\nd\ne\n"
texts = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "e\n"]), max_size=8).map("".join)


def test_changes_in_other_lines_go_together() -> None:
    """Both are in what comes out, wherever they lie."""
    assert merged(BASE, BASE.replace("a", "A"), BASE.replace("d", "D\nD2")) == "A\nb\nc\nD\nD2\ne\n"
    assert merged(BASE, BASE + "f\n", BASE.replace("a\n", "")) == "b\nc\nd\ne\nf\n"


def test_changes_in_the_same_lines_do_not() -> None:
    """Nor in lines that touch, where nobody can tell what belongs together."""
    assert merged(BASE, BASE.replace("b", "B"), BASE.replace("b", "x")) is None
    assert merged(BASE, BASE.replace("b", "B"), BASE.replace("c", "C")) is None
    assert merged(BASE, BASE + "mine\n", BASE + "theirs\n") is None


def test_the_same_change_is_made_once() -> None:
    """Both have done the same: nobody is in the other's way."""
    assert merged(BASE, BASE.replace("b", "B"), BASE.replace("b", "B")) == BASE.replace("b", "B")


@given(texts, texts)
def test_who_changed_nothing_takes_the_other_s_text(base: str, other: str) -> None:
    """Whichever of both it is."""
    assert merged(base, base, other) == other
    assert merged(base, other, base) == other


@given(texts, texts, texts)
def test_nobody_s_lines_are_lost(base: str, mine: str, theirs: str) -> None:
    """What comes out is the same whoever was first, and holds every line that either has put in."""
    found = merged(base, mine, theirs)
    assert found == merged(base, theirs, mine)
    if found is not None:
        assert set(found) >= (set(mine) | set(theirs)) - set(base)
