"""Putting calls together from the pieces of a stream."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.tool_calls import MAX_ARGUMENTS, MAX_CALLS, Calls
from gemelo.models.vocabulary import ToolCall

NAMES = st.text("abcdef_", min_size=1, max_size=8)
CALLS = st.lists(st.tuples(NAMES, st.text(max_size=30)), max_size=MAX_CALLS)


def piece(index: int, name: str = "", arguments: str = "", id: str = "") -> dict[str, Any]:
    return {
        "index": index,
        **({"id": id, "type": "function"} if id else {}),
        "function": {**({"name": name} if name else {}), "arguments": arguments},
    }


@given(CALLS, st.data())
def test_calls_come_whole_however_they_are_cut(wanted: list[tuple[str, str]], data: st.DataObject) -> None:
    """Arguments cut anywhere, pieces of several calls in one delta or in many, interleaved."""
    rest: list[list[dict[str, Any]]] = []
    for index, (name, arguments) in enumerate(wanted):
        cuts = sorted(data.draw(st.lists(st.integers(0, len(arguments)), max_size=3)))
        parts = [arguments[a:b] for a, b in zip([0, *cuts], [*cuts, len(arguments)], strict=True)]
        rest.append(
            [piece(index, name, parts[0], f"c{index}"), *(piece(index, "", part) for part in parts[1:])]
        )
    deltas = [[pieces.pop(0)] for pieces in rest]
    while left := [pieces for pieces in rest if pieces]:
        deltas.append([data.draw(st.sampled_from(left)).pop(0)])
    calls = Calls()
    for delta in deltas:
        calls.take(delta)
    assert calls.whole() == tuple(ToolCall(name, arguments) for name, arguments in wanted)
    assert bool(calls) is bool(wanted)


def test_whole_calls_under_one_index_are_told_apart_by_their_ids() -> None:
    """Some servers count all calls as the first one."""
    calls = Calls()
    calls.take([piece(0, "courses", "{}", "a"), piece(0, "agenda", "{}", "b")])
    assert calls.whole() == (ToolCall("courses", "{}"), ToolCall("agenda", "{}"))


@pytest.mark.parametrize(
    "pieces",
    [
        ["x"],
        [{"index": "x"}],
        [{"index": [0]}],
        [{"index": 0, "function": "x"}],
        [{"index": 0, "function": {"arguments": {"no": "text"}}}],
        [piece(index, "a") for index in range(MAX_CALLS + 1)],
        [piece(0, "a", "a" * (MAX_ARGUMENTS + 1))],
    ],
)
def test_what_no_server_may_send_is_refused(pieces: Any) -> None:
    """With errors that an adapter takes for garbage."""
    with pytest.raises((ValueError, TypeError, AttributeError)):
        Calls().take(pieces)
