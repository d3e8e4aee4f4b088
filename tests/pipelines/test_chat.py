"""Tests for a typed turn that pauses where the client is to run functions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Any

from gemelo.context.records import Drafting, Timeline, ToolVerdict
from gemelo.context.tools.errands import Answer, Errand
from gemelo.engine.session import Fan
from gemelo.engine.stage import Stage
from gemelo.models.vocabulary import Exchange, ToolCall, ToolSpec, Written
from gemelo.pipelines.chat import Chat
from tests.engine.test_tools import CallingMind
from tests.fakes import EN, World, with_limits
from tests.virtual import virtually

SHOW = ToolCall("show", '{"page": "tickets"}')
SEAT = ToolCall("seat", '{"row": "7"}')
OURS = ToolCall("courses", "{}")
FIRST = Written("Look at this page. Well, ")
FINE = Written("there you are.")


@dataclass
class Shed:
    """`Tools` of a place that has one of its own, which takes `seconds`, and two that clients run."""

    seconds: float = 0.0
    specs: tuple[ToolSpec, ...] = (ToolSpec("courses", "What there is.", {"type": "object"}),)
    by_client: tuple[ToolSpec, ...] = (
        ToolSpec("show", "Shows a page.", {"type": "object"}),
        ToolSpec("seat", "Keeps a seat.", {"type": "object"}),
    )
    takes_contact: bool = True

    def call_of(self, name: str, arguments: str) -> dict[str, Any]:
        return json.loads(arguments)

    async def run(self, name: str, arguments: str, errand: Errand) -> Answer:
        await asyncio.sleep(self.seconds)
        return Answer(ToolVerdict.DONE if name == "courses" else ToolVerdict.UNKNOWN, {"name": name})


class Counting:
    """`Meters` that nobody reads."""

    def turn(self, deployment: str, timeline: Timeline, drafting: Drafting) -> None: ...


class Talk:
    """A chat in a world, with a mind that says `lines` round by round."""

    def __init__(self, *lines: tuple[Written | ToolCall, ...], shed: Shed | None = None) -> None:
        self.world = World(mind=CallingMind(lines=list(lines)))
        stage: Stage = replace(with_limits(self.world.stage(), tool_s=5.0), tools=shed or Shed())
        fan = Fan("s1", EN, (Exchange("hi", "I am a virtual twin. Hello."),), 1)
        self.chat = Chat(fan, stage, Counting())
        self.chat.offer(frozenset({"show", "seat"}), one_call=False)

    @property
    def called(self) -> list[str]:
        return [call.name for call in self.chat.calls]

    def results(self, output: str = "{}") -> list[tuple[str, str]]:
        return [(call.id, output) for call in self.chat.calls]


async def text(pieces: AsyncGenerator[str]) -> str:
    return "".join([piece async for piece in pieces])


def test_a_reply_pauses_at_a_call_and_goes_on_with_its_result() -> None:
    """What was said before the call comes first; it is one turn, stored as one."""

    async def talked() -> None:
        talk = Talk((FIRST, SHOW), (FINE,))
        assert (await text(talk.chat.reply("Tickets?"))).strip() == "Look at this page."
        assert talk.called == ["show"]
        rest = await text(talk.chat.go_on(talk.results('{"shown": true}')))
        assert rest.split() == ["Well,", "there", "you", "are."]
        assert talk.called == []
        await talk.chat.close()
        [outcome] = talk.world.records.outcomes.values()
        assert " ".join(outcome.reply.split()) == "Look at this page. Well, there you are."
        assert [use.verdict for use in outcome.receipt.tools] == [ToolVerdict.DONE]

    virtually(talked())


def test_calls_of_one_answer_are_told_together() -> None:
    """Also where the house has a tool of its own among them: the client is told once that one is done."""

    async def talked() -> None:
        talk = Talk((SHOW, OURS, SEAT), (FINE,), shed=Shed(seconds=1))
        await text(talk.chat.reply("Tickets?"))
        assert talk.called == ["show", "seat"]
        assert (await text(talk.chat.go_on(talk.results()))).strip() == "there you are."
        await talk.chat.close()

    virtually(talked())


def test_a_client_that_runs_one_at_a_time_is_told_of_one() -> None:
    """The other call follows its result."""

    async def talked() -> None:
        talk = Talk((SHOW, SEAT), (FINE,))
        talk.chat.offer(frozenset({"show", "seat"}), one_call=True)
        await text(talk.chat.reply("Tickets?"))
        assert talk.called == ["show"]
        await text(talk.chat.go_on(talk.results()))
        assert talk.called == ["seat"]
        assert (await text(talk.chat.go_on(talk.results()))).strip() == "there you are."
        await talk.chat.close()

    virtually(talked())


def test_who_brings_no_result_loses_the_reply() -> None:
    """After the time of a tool; closed then, the turn has what was told of it and nothing more."""

    async def talked() -> None:
        talk = Talk((FIRST, SHOW), (FINE,))
        await text(talk.chat.reply("Tickets?"))
        assert not talk.chat.lost.is_set()
        await talk.chat.lost.wait()
        assert asyncio.get_running_loop().time() >= 5
        await talk.chat.close()
        [outcome] = talk.world.records.outcomes.values()
        assert outcome.heard.strip() == "Look at this page."

    virtually(talked())


def test_a_session_that_ends_waits_for_nothing() -> None:
    """The house's own end of it loses the reply too."""

    async def talked() -> None:
        talk = Talk((SHOW,), (FINE,))
        await text(talk.chat.reply("Tickets?"))
        await talk.chat.finish("erased", cut=True)
        assert talk.chat.lost.is_set()
        await talk.chat.close()

    virtually(talked())


def test_what_is_offered_no_more_is_not_called() -> None:
    """A client that forbids its functions with their results gets the rest of the reply."""

    async def talked() -> None:
        talk = Talk((SHOW,), (SEAT,), (FINE,))
        await text(talk.chat.reply("Tickets?"))
        talk.chat.offer(frozenset(), one_call=False)
        assert (await text(talk.chat.go_on(talk.results()))).strip() == "there you are."
        await talk.chat.close()

    virtually(talked())
