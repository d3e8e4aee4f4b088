"""Tests for functions that a client runs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from gemelo.context.records import ToolVerdict
from gemelo.context.tools.errands import Answer, Errand, failed
from gemelo.models.errors import BadArguments
from gemelo.models.vocabulary import ToolSpec
from gemelo.pipelines.client_tools import Call, ClientTools
from tests.fakes import EN, World
from tests.virtual import virtually

OURS = ToolSpec("courses", "What there is.", {"type": "object"})
THEIRS = ToolSpec("show", "Shows a page.", {"type": "object"})
ERRAND = Errand("s1/t1/0", "s1", EN)


class Place:
    """`Tools` of which one is the house's and one a client's."""

    specs = (OURS,)
    by_client = (THEIRS,)
    takes_contact = True

    async def run(self, name: str, arguments: str, errand: Errand) -> Answer:
        return failed(ToolVerdict.UNKNOWN, name)

    def call_of(self, name: str, arguments: str) -> dict[str, Any]:
        if "bad" in arguments:
            raise BadArguments("page: write another one")
        return json.loads(arguments)


class Client:
    """Offers functions; `calls` are those that it was asked to run."""

    def __init__(self, *offered: str) -> None:
        self.calls: asyncio.Queue[Call] = asyncio.Queue()
        self.tools = ClientTools(replace(World().stage(), tools=Place()), self.calls.put_nowait)
        self.tools.offered = frozenset(offered)


def test_a_mind_is_told_of_what_both_have() -> None:
    """Neither what only the client offers nor what only the layer has; the words are the layer's."""

    async def told() -> None:
        assert Client().tools.specs == (OURS,)
        assert Client("show", "transfer_money").tools.specs == (OURS, THEIRS)

    virtually(told())


@pytest.mark.parametrize(
    ("output", "result"), [('{"shown": true}', {"shown": True}), ("shown", {"output": "shown"})]
)
def test_what_the_client_answers_is_the_result(output: str, result: dict[str, Any]) -> None:
    """A JSON object as it is, anything else as its text; a second answer to one call is nobody's."""

    async def asked() -> Answer:
        client = Client("show")
        running = asyncio.create_task(client.tools.run("show", '{"page": "news"}', ERRAND))
        call = await client.calls.get()
        assert (call.name, call.arguments) == ("show", '{"page": "news"}')
        client.tools.answer("call_other", "no")
        client.tools.answer(call.id, output)
        client.tools.answer(call.id, "again")
        return await running

    assert virtually(asked()) == Answer(ToolVerdict.DONE, result)


def test_who_waits_no_longer_is_answered_no_more() -> None:
    """A client that answers after the turn went on changes nothing."""

    async def late() -> None:
        client = Client("show")
        running = asyncio.create_task(client.tools.run("show", "{}", ERRAND))
        call = await client.calls.get()
        running.cancel()
        await asyncio.wait([running])
        client.tools.answer(call.id, "{}")

    virtually(late())


@pytest.mark.parametrize(
    ("offered", "arguments", "verdict"),
    [((), "{}", ToolVerdict.UNKNOWN), (("show",), "bad", ToolVerdict.BAD_ARGUMENTS)],
)
def test_the_client_is_not_asked_for_nothing(
    offered: tuple[str, ...], arguments: str, verdict: ToolVerdict
) -> None:
    """For what it has not offered, or with what the layer does not allow: the mind may mend that."""

    async def asked() -> None:
        client = Client(*offered)
        assert (await client.tools.run("show", arguments, ERRAND)).verdict is verdict
        assert client.calls.empty()

    virtually(asked())
