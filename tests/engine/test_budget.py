"""What drafts may waste."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.records import Drafting
from gemelo.engine.budget import DraftBudget

SILENT = Drafting(promoted=1, calls=1, tokens=40, wasted=2)
BUSY = Drafting(promoted=1, dropped=5, calls=6, tokens=80, wasted=38)


def test_a_tenant_that_wasted_nothing_may_begin() -> None:
    """The first turn of a process is drafted as the policy says."""
    assert DraftBudget(0.12).affords()


@pytest.mark.parametrize(("share", "least", "most"), [(0.12, 0.05, 0.4), (0.5, 1, 1)])
def test_turns_are_drafted_at_interims_as_often_as_was_bought(
    share: float, least: float, most: float
) -> None:
    """Over many turns the wasted share stays near what was bought."""
    budget, interim = DraftBudget(share), 0
    for _ in range(500):
        affords = budget.affords()
        interim += affords
        budget.spend(BUSY if affords else SILENT)
    assert budget.wasted_share < share + 0.02
    assert least <= interim / 500 <= most


@given(st.lists(st.tuples(st.integers(0, 200), st.floats(0, 1)), max_size=300))
def test_only_the_last_turns_count(turns: list[tuple[int, float]]) -> None:
    """What was wasted a hundred turns ago is forgotten."""
    budget = DraftBudget(0.2)
    spent = [Drafting(tokens=tokens, wasted=int(tokens * share)) for tokens, share in turns]
    for turn in spent:
        budget.spend(turn)
    lately = sum(spent[-100:], Drafting())
    assert budget.wasted_share == (lately.wasted / lately.tokens if lately.tokens else 0)
