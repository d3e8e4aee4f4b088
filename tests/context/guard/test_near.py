"""Names that a token is almost, and how they may begin."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.candidate import Name
from gemelo.context.guard.near import Neighbours, settled_sound, sound
from gemelo.context.guard.skeleton import key
from tests.context.guard.disguises import DISGUISES, made_up_names


def neighbours(*names: str) -> Neighbours:
    known = Neighbours()
    for name in names:
        known.add(Name((name,), name, key(name), False, "talent"))
    return known


@given(name=made_up_names(), seed=st.integers(0, 1000), data=st.data())
def test_whatever_is_almost_a_name_may_begin_as_it_does(name: str, seed: int, data: st.DataObject) -> None:
    """Mistyped, spelled by ear or backwards, wherever the text breaks off."""
    known = neighbours(name.lower())
    written = DISGUISES["typo"](name.lower(), random.Random(seed))
    by_ear = name.lower().replace("v", "b").replace("k", "qu" if seed % 2 else "c")
    for token in (written, written[::-1], by_ear, f"{written}s"):
        if known.near(token):
            assert known.may_begin(token[: data.draw(st.integers(1, len(token) - 1))])


@pytest.mark.parametrize(
    ("letters", "may"),
    [
        ("k", True),
        ("kortsa", True),
        ("match", False),
        ("sir", False),
        ("kortazakortaza", False),
        ("quortahz", True),
    ],
)
def test_most_words_begin_no_name(letters: str, may: bool) -> None:
    """Those that do not need not wait for the next one."""
    assert neighbours("kortaza").may_begin(letters) is may


@pytest.mark.parametrize(
    ("name", "token", "near"),
    [
        ("koxor", "koor", True),
        ("mississippi", "missisipa", True),
        ("mississippi", "misisipa", False),
    ],
)
def test_letters_that_fall_together_are_missed_too(name: str, token: str, *, near: bool) -> None:
    """Where the one between them is left out, and with a typing error where two at most are."""
    assert bool(neighbours(name).near(token)) is near


def test_without_names_nothing_begins_one() -> None:
    """Short names are no neighbours either."""
    assert not neighbours("nike").may_begin("goal")


@given(st.text("aeioucghkqstwyzxpvd", max_size=12), st.text("aeioucghkqstwyzxpvd", max_size=4))
def test_more_letters_change_only_the_end_of_a_sound(letters: str, more: str) -> None:
    """What was heard before it stays."""
    assert sound(letters + more).startswith(settled_sound(letters))


@given(st.text("ab耐", min_size=65, max_size=90))
def test_a_token_too_long_to_keep_is_judged_all_the_same(token: str) -> None:
    """Stretched names may have any length."""
    known = neighbours("kortaza")
    assert known.near(token) == ()
    assert known.near("k" * 70 + "ortza")[0].letters == "kortaza"
