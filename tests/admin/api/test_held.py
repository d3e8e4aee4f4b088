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

    async def store(self) -> None:
        await asyncio.sleep(1)
        self.ended.append("stored")

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


def test_an_answer_is_known_by_all_that_was_let_out_of_it() -> None:
    """Part by part, as the messages of the client that was told them are read."""
    held = Held(cast(Chat, Waiting()), cast(Seat, None), AsyncExitStack())
    for part in ("Wait. ", "", " Now."):
        held.tell(part)
    assert held.told == "Wait.\nNow."


def test_a_house_that_closes_waits_until_turns_are_stored() -> None:
    """Nobody's chat waits on, and none is cut while it is put away; where none waits nothing happens."""

    async def closed(case: Case) -> None:
        case.held.stack.push_async_callback(case.store)
        await case.holding.close()
        assert case.ended == ["stored", "place given back", "left"]
        await case.holding.close()

    run(closed)


def test_a_chat_that_cannot_be_ended_is_told_by_kind(caplog: pytest.LogCaptureFixture) -> None:
    """Not with what stood in the error; what may not be stored is not gone on with."""

    def fail() -> None:
        raise ValueError("words of a fan")

    async def failed(case: Case) -> None:
        case.held.stack.callback(fail)
        await case.holding.close()
        assert case.ended == ["place given back"]

    run(failed)
    assert "ValueError" in caplog.text
    assert "words of a fan" not in caplog.text
