"""Tests for chats that wait for what functions of their client come to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any, cast

import pytest

from gemelo.admin.api.held import Held, Holding
from gemelo.admin.services.reception import Seat
from gemelo.pipelines.chat import Chat
from gemelo.pipelines.client_tools import Call
from gemelo.pipelines.openai_chat import Asked, BadRequest
from tests.virtual import virtually


class Waiting:
    """A `Chat` that waits for two results."""

    def __init__(self) -> None:
        self.calls = (Call("call_1", "show", "{}"), Call("call_2", "seat", "{}"))
        self.lost = asyncio.Event()


class Case:
    """One chat that is kept; `ended` tells what became of its place."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.chat = Waiting()
        stack = AsyncExitStack()
        stack.callback(self.ended.append, "place given back")
        self.holding = Holding()
        self.held = Held(cast(Chat, self.chat), cast(Seat, None), stack)
        self.holding.keep(self.held, "question", self._left)

    async def _left(self) -> None:
        self.ended.append("left")

    def take(self, *calls: str, question: str = "question") -> Held:
        return self.holding.take(Asked("m", "Hi", results=tuple((id, "7") for id in calls)), question)


def run(test: Callable[[Case], Coroutine[Any, Any, None]]) -> None:
    async def case() -> None:
        await test(Case())

    virtually(case())


def test_results_find_their_chat_once() -> None:
    """The place stays theirs; who brings them again finds nobody, and nothing ends it behind their back."""

    async def found(case: Case) -> None:
        assert case.take("call_1", "call_2") is case.held
        case.chat.lost.set()
        await asyncio.sleep(1)
        assert case.ended == []
        with pytest.raises(BadRequest, match="nobody waits"):
            case.take("call_1", "call_2")

    run(found)


@pytest.mark.parametrize(
    ("calls", "question", "told"),
    [
        (("call_1",), "question", "call_2"),
        (("call_1", "call_2", "call_3"), "question", "call_3"),
        (("call_9",), "question", "nobody waits"),
        (("call_1", "call_2"), "of another key, or with other words", "nobody waits"),
    ],
)
def test_what_is_not_the_whole_is_refused(calls: tuple[str, ...], question: str, told: str) -> None:
    """Named where that helps; whoever has the calls may still bring them all."""

    async def refused(case: Case) -> None:
        with pytest.raises(BadRequest, match=told):
            case.take(*calls, question=question)
        assert case.take("call_2", "call_1") is case.held

    run(refused)


def test_a_chat_that_waits_no_more_gives_its_place_back() -> None:
    """Its conversation may go on from what was said; a result that comes later finds nobody."""

    async def lost(case: Case) -> None:
        case.chat.lost.set()
        with pytest.raises(BadRequest, match="nobody waits"):
            case.take("call_1", "call_2")
        await asyncio.sleep(1)
        assert case.ended == ["place given back", "left"]

    run(lost)
