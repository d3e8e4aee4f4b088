"""Putting tool calls together from the pieces in which OpenAI-compatible servers stream them; pure.

https://platform.openai.com/docs/api-reference/chat-streaming: each delta has a list of pieces, each piece
the index of its call; the first of a call has its name, the others more of its arguments. Some servers send
whole calls, all under index 0 and each with an id of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gemelo.models.vocabulary import ToolCall

MAX_CALLS = 8
"""Calls of one answer."""
MAX_ARGUMENTS = 16_000
"""Characters of one call's arguments; more is no call but a model that has lost its way."""


class Calls:
    """The calls of one answer, as far as they have come."""

    def __init__(self) -> None:
        self._calls: list[list[str]] = []
        self._at: dict[int, tuple[str, int]] = {}

    def __bool__(self) -> bool:
        return bool(self._calls)

    def take(self, pieces: Sequence[Mapping[str, Any]]) -> None:
        """Takes the pieces of one delta.

        Raises:
            ValueError, TypeError, AttributeError: they are not what a server may send.
        """
        for piece in pieces:
            function: Mapping[str, Any] = piece.get("function") or {}
            index, id = int(piece.get("index") or 0), str(piece.get("id") or "")
            known = self._at.get(index)
            if known is None or (id and known[0] and id != known[0]):
                known = self._at[index] = (id, len(self._calls))
                self._calls.append(["", ""])
            if len(self._calls) > MAX_CALLS:
                raise ValueError("more calls than anybody needs")
            call = self._calls[known[1]]
            call[0] += function.get("name") or ""
            call[1] += function.get("arguments") or ""
            if len(call[1]) > MAX_ARGUMENTS:
                raise ValueError("arguments without end")

    def whole(self) -> tuple[ToolCall, ...]:
        """All of them, in the order in which they began."""
        return tuple(ToolCall(name, arguments) for name, arguments in self._calls)
