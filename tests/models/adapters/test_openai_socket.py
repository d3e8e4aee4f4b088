"""A mind over OpenAI's WebSocket mode, by the vendor's SDK, against a fake on a real socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from gemelo.models.adapters.openai_mind import MindSettings, Usage, counted
from gemelo.models.adapters.openai_socket import OpenAISocket
from gemelo.models.errors import MindError
from gemelo.models.vocabulary import Findings, Label, Prompt, Round, ToolCall, ToolSpec, ToolStep, Written
from tests.models.adapters.responses_server import ResponsesServer, Said
from tests.models.adapters.test_openai_compatible import SOURCE, a_prompt
from tests.models.adapters.vendor_server import KEY, Fault

GOOD = Said(("Press ", "high."))
TOOL = ToolSpec("fixtures", "When the club plays", {"type": "object", "properties": {}})


@pytest.fixture
async def server() -> AsyncIterator[ResponsesServer]:
    listening = ResponsesServer(answers=[GOOD])
    async with listening.listening():
        yield listening


@asynccontextmanager
async def a_mind(
    server: ResponsesServer, used: list[Usage] | None = None, **settings: Any
) -> AsyncGenerator[OpenAISocket]:
    settings = {"key": KEY} | settings
    mind = OpenAISocket(MindSettings(server.url, "m", **settings), (used if used is not None else []).append)
    yield mind
    await mind.close()


async def said(mind: OpenAISocket, prompt: Prompt | None = None) -> list[Written | ToolCall]:
    return [piece async for piece in mind.reply(prompt or a_prompt())]


async def failure(mind: OpenAISocket) -> MindError:
    """The error that a reply ends in."""
    with pytest.raises(MindError) as caught:
        await said(mind)
    assert not caught.value.__context__ or caught.value.__suppress_context__
    return caught.value


async def test_a_reply_streams_with_the_source_of_the_best_passage(server: ResponsesServer) -> None:
    """Pieces come as the server sends them, and its tokens are told."""
    used: list[Usage] = []
    async with a_mind(server, used) as mind:
        assert await said(mind) == [
            Written("Press ", Label.PARAPHRASE, SOURCE),
            Written("high.", Label.PARAPHRASE, SOURCE),
        ]
    assert used == [Usage(prompt=40, cached=32, written=3)]
    assert server.paths[0] == "/responses"


async def test_the_request_holds_the_prompt_and_asks_that_nothing_be_kept(server: ResponsesServer) -> None:
    """The prefix stands first and by itself, what was said after it, the question last."""
    async with a_mind(server) as mind:
        await said(mind)
    [asked] = server.asked
    assert (asked["instructions"], asked["store"], asked["prompt_cache_key"]) == (
        "You are Leo.",
        False,
        "leo",
    )
    assert [item["role"] for item in asked["input"]] == ["user", "assistant", "user", "assistant", "user"]
    assert asked["input"][-1]["content"].endswith("The fan says: How do I press?")


async def test_replies_one_after_the_other_share_a_socket(server: ResponsesServer) -> None:
    """Only the first turn pays for a handshake, and one more socket waits for who comes meanwhile."""
    async with a_mind(server) as mind:
        for _ in range(3):
            await said(mind)
    assert len(server.sockets) == 3
    assert len(set(server.sockets)) == 1


async def test_replies_at_once_have_a_socket_each(server: ResponsesServer) -> None:
    """No answer's pieces come among another's."""
    async with a_mind(server) as mind:
        replies = await asyncio.gather(*(said(mind) for _ in range(4)))
    assert all(len(reply) == 2 for reply in replies)
    assert len(set(server.sockets)) == 4


async def test_a_warmed_mind_has_its_socket_and_its_prefix(server: ResponsesServer) -> None:
    """A session that opens has the vendor read what all prompts begin with, and write nothing."""
    async with a_mind(server) as mind:
        await mind.warm("You are Leo.", "leo", (TOOL,))
        await said(mind, replace(a_prompt(), tools=(TOOL,)))
    warming, asked = server.asked
    assert (warming["generate"], warming["input"]) == (False, [])
    assert {key: asked[key] for key in ("instructions", "tools")} == {
        key: warming[key] for key in ("instructions", "tools")
    }
    assert len(set(server.sockets)) == 1


async def test_an_idle_socket_that_the_vendor_closed_is_replaced(server: ResponsesServer) -> None:
    """The turn after an hour of silence is answered all the same."""
    async with a_mind(server) as mind:
        await said(mind)
        await server.opened(2)
        await server.close_idle()
        assert len(await said(mind)) == 2
    assert server.sockets[-1] > 2


async def test_leaving_a_reply_closes_its_socket(server: ResponsesServer) -> None:
    """A fan who interrupts stops the model; the next turn has another socket."""
    server.faults, server.answers = [Fault.HALF_OPEN], [Said(("Press ", "high."))]
    async with a_mind(server) as mind:
        async with aclosing(mind.reply(a_prompt())) as reply:
            assert await anext(reply) == Written("Press ", Label.PARAPHRASE, SOURCE)
        assert len(await said(mind)) == 2
    first, second = server.sockets
    assert first != second


async def test_tools_are_offered_called_and_answered(server: ResponsesServer) -> None:
    """A call comes in pieces; the round that follows holds it and what the tool answered."""
    server.answers = [Said(calls=[("fixtures", ('{"when": ', '"now"}'))]), GOOD]
    call = ToolCall("fixtures", '{"when": "now"}')
    async with a_mind(server) as mind:
        asked = replace(a_prompt(), tools=(TOOL,))
        assert await said(mind, asked) == [call]
        step = ToolStep(call.name, call.arguments, "On Sunday.", answered=True)
        assert len(await said(mind, replace(asked, rounds=(Round("", (step,)),), may_call=False))) == 2
    first, second = server.asked
    assert [tool["name"] for tool in first["tools"]] == ["fixtures"]
    assert "tool_choice" not in first
    assert second["tool_choice"] == "none"
    called, answered = second["input"][-2:]
    assert (called["type"], called["name"], called["arguments"]) == ("function_call", *call_of(call))
    assert (answered["type"], answered["output"]) == ("function_call_output", "On Sunday.")
    assert answered["call_id"] == called["call_id"]


def call_of(call: ToolCall) -> tuple[str, str]:
    return call.name, call.arguments


async def test_an_answer_that_was_too_long_counts_as_far_as_it_came(server: ResponsesServer) -> None:
    """The limit of tokens ends it; what was said stands."""
    server.answers = [replace(GOOD, ends="incomplete")]
    async with a_mind(server) as mind:
        assert len(await said(mind)) == 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Said(), "garbage: the language model answered nothing"),
        (Said(("Press ",), ends="failed"), "broken: the language model reported an error"),
        (Said(ends="rate_limit_exceeded"), "busy: the language model has too much to do"),
        (Said(ends="server_error"), "broken: the language model reported an error"),
        (Said(ends="refused"), "refused: the language model answered 400"),
        (Said(ends="invalid_prompt"), "refused: the language model takes no such question"),
        (Said(ends="refusal"), "refused: the language model would not answer"),
    ],
)
async def test_what_the_vendor_reports_is_a_mind_error(
    server: ResponsesServer, answer: Said, message: str
) -> None:
    """It begins with its code and quotes nobody; the next reply works."""
    server.answers = [answer, GOOD]
    async with a_mind(server) as mind:
        error = await failure(mind)
        assert (str(error), error.of_asked) == (message, message.startswith("refused"))
        assert len(await said(mind)) == 2


async def test_what_was_refused_costs_nothing(server: ResponsesServer) -> None:
    """Whether at once or after the vendor had begun; what is then answered is counted."""
    used: list[Usage] = []
    server.answers = [Said(ends="rate_limit_exceeded"), GOOD]
    async with a_mind(server, used) as mind:
        await failure(mind)
        assert used == []
        await said(mind)
    assert used == [Usage(prompt=40, cached=32, written=3)]


async def test_a_kept_socket_that_dies_at_a_question_is_replaced(server: ResponsesServer) -> None:
    """The vendor may have been about to close it: the question is asked again, once, on a fresh one."""
    async with a_mind(server) as mind:
        await said(mind)
        server.dies = True
        assert len(await said(mind)) == 2
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("prompt", "cached", "written"), [(None, 0, 3), ("40", 0, 3), (40, -1, 3), (40, 0, None)]
)
def test_what_is_no_count_is_none(prompt: object, cached: object, written: object) -> None:
    """A server that counts oddly takes nothing from a reply that was heard."""
    assert counted(prompt, cached, written) is None
    assert counted(40, None, 3) == Usage(40, 0, 3)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.DROP, "died"),
        (Fault.GOING_AWAY, "died"),
        (Fault.MALFORMED, "garbage"),
        (Fault.HALF_OPEN, "slow"),
        (Fault.UNAUTHORISED, "refused"),
        (Fault.BUSY, "busy"),
    ],
)
async def test_a_fault_of_the_socket_is_a_mind_error(
    server: ResponsesServer, fault: Fault, code: str
) -> None:
    """Each is told by its code, and the next reply works."""
    server.faults = [fault]
    between_tokens_s = 0.5 if fault is Fault.HALF_OPEN else 2.0
    if fault in (Fault.UNAUTHORISED, Fault.BUSY):
        server.faults.append(fault)  # one socket more is connected ahead, and may be the first
    async with a_mind(server, between_tokens_s=between_tokens_s) as mind:
        assert str(await failure(mind)).startswith(f"{code}:")
        await server.suffered()
        assert len(await said(mind)) == 2


async def test_a_slow_handshake_is_waited_for(server: ResponsesServer) -> None:
    """As long as a first token may take."""
    server.faults = [Fault.SLOW_START]
    async with a_mind(server) as mind:
        assert len(await said(mind)) == 2


async def test_a_server_that_is_down_is_said_to_be_down() -> None:
    """A port on which nobody listens ends in `down`, and warming there is logged only."""
    server = ResponsesServer()
    async with server.listening():
        pass
    async with a_mind(server) as mind:
        assert str(await failure(mind)).startswith("down:")
        await mind.warm("You are Leo.", "leo")


async def test_a_declined_search_is_answered_by_the_house_without_a_call(server: ResponsesServer) -> None:
    """What was not found is declined, not invented."""
    async with a_mind(server) as mind:
        assert await said(mind, a_prompt(Findings())) == [Written("No idea.", Label.HOUSE)]
    assert server.asked == []


async def test_no_log_holds_what_was_said(server: ResponsesServer, caplog: pytest.LogCaptureFixture) -> None:
    """Even with every logger of ours and the SDK's at its most talkative."""
    async with a_mind(server) as mind:
        for name in ("gemelo", "openai"):
            caplog.set_level(logging.DEBUG, name)
        await said(mind, a_prompt(question="Is this secret?"))
    assert not [word for word in ("secret", "Press high", "Leo") if word in caplog.text]
