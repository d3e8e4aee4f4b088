from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.admin.api.admin.cursors import Cursors
from gemelo.admin.api.admin.problems import BadCursor

CURSORS = Cursors("secret")


@given(st.text(), st.text(min_size=1))
def test_a_cursor_says_where_its_list_goes_on(of: str, after: str) -> None:
    """Whatever the id and the filters are."""
    cursor = CURSORS.make(of, after)
    assert cursor
    assert CURSORS.read(of, cursor) == after


@given(st.text(min_size=1))
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    """Nobody asks for what an id would be."""
    with pytest.raises(BadCursor):
        CURSORS.read("/talents", cursor)


def test_a_cursor_is_good_for_its_list_alone() -> None:
    """Not for another path or filter, nor for a server with another secret."""
    cursor = CURSORS.make("/twins talent=a", "x")
    assert cursor
    for other in ("/twins talent=b", "/talents"):
        with pytest.raises(BadCursor):
            CURSORS.read(other, cursor)
    with pytest.raises(BadCursor):
        Cursors("other").read("/twins talent=a", cursor)


def test_the_first_and_the_last_page_have_none() -> None:
    """An empty cursor begins; where nothing follows there is none."""
    assert CURSORS.read("/talents", "") == ""
    assert CURSORS.make("/talents", "") is None
