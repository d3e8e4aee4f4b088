"""The guard's account of a turn that has several parts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.records import Decision, Receipt, Verdict

VERDICTS = st.lists(st.builds(Verdict, st.sampled_from(Decision), st.text(max_size=5), st.text(max_size=5)))
RECEIPTS = st.builds(
    Receipt,
    policy=st.just("hash"),
    rules=st.lists(st.sampled_from("abc"), unique=True).map(tuple),
    verdicts=VERDICTS.map(tuple),
    micros=st.integers(0, 10_000),
    hold_ms=st.floats(0, 1e4),
    released_after_block=st.integers(0, 9),
)


@given(RECEIPTS, RECEIPTS)
def test_the_account_of_two_parts_leaves_nothing_out(one: Receipt, other: Receipt) -> None:
    """Verdicts in order, time and leaks added up, the longest hold."""
    both = one + other
    assert both.verdicts == one.verdicts + other.verdicts
    assert list(both.rules) == sorted({*one.rules, *other.rules}, key=(one.rules + other.rules).index)
    assert both.micros == one.micros + other.micros
    assert both.hold_ms == max(one.hold_ms, other.hold_ms)
    assert both.released_after_block == one.released_after_block + other.released_after_block


@given(RECEIPTS, RECEIPTS, RECEIPTS)
def test_parts_add_up_in_any_grouping(one: Receipt, two: Receipt, three: Receipt) -> None:
    """A turn of three parts has one account."""
    assert (one + two) + three == one + (two + three)


@given(RECEIPTS)
def test_a_part_without_anything_changes_nothing(receipt: Receipt) -> None:
    """Neither before nor after."""
    assert Receipt("hash") + receipt == receipt
    assert receipt + Receipt("hash") == receipt


def test_a_part_whose_guard_gave_no_receipt_keeps_the_policy() -> None:
    """The hash of the context stays on the account, whichever part named it."""
    known = Receipt("hash", micros=3)
    assert known + Receipt("") == Receipt("") + known == known
    assert replace(known, policy="new") + known == Receipt("hash", micros=6)
