"""Function calling over a real socket, with the SDK that products use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gemelo.models.adapters.openai_prompt import messages
from gemelo.models.errors import MindError
from gemelo.models.vocabulary import (
    Findings,
    Label,
    Prompt,
    Round,
    Source,
    ToolCall,
    ToolSpec,
    ToolStep,
    Written,
)
from tests.models.adapters.chat_server import Answer, Then, chat_server
from tests.models.adapters.test_openai_compatible import FOUND, GOOD, a_mind, a_prompt

SPEC = ToolSpec("courses", "What there is.", {"type": "object", "properties": {"query": {"type": "string"}}})
STEP = ToolStep("courses", '{"query":"shooting"}', '{"found":[]}')
STREAMED: tuple[list[dict[str, Any]], ...] = (
    [{"index": 0, "id": "c1", "type": "function", "function": {"name": "courses", "arguments": ""}}],
    [{"index": 0, "function": {"arguments": '{"query": '}}],
    [{"index": 0, "function": {"arguments": '"shooting"}'}}],
)
CALL = ToolCall("courses", '{"query": "shooting"}')


def with_tools(prompt: Prompt | None = None, **changes: Any) -> Prompt:
    return replace(prompt or a_prompt(), tools=(SPEC,), **changes)


async def said(mind: Any, prompt: Prompt) -> list[Written | ToolCall]:
    return [piece async for piece in mind.reply(prompt)]


async def test_a_streamed_call_comes_after_the_words() -> None:
    """Put together from its pieces."""
    async with chat_server(Answer(("Let me look. ",), calls=STREAMED)) as server, a_mind(server.url) as mind:
        words, call = await said(mind, with_tools())
        [asked] = server.asked
    assert isinstance(words, Written)
    assert (words.text, call) == ("Let me look. ", CALL)
    assert asked["tools"] == [
        {
            "type": "function",
            "function": {"name": "courses", "description": "What there is.", "parameters": SPEC.parameters},
        }
    ]
    assert "tool_choice" not in asked


async def test_a_call_without_a_word_is_an_answer() -> None:
    """Not an empty one."""
    async with chat_server(Answer(calls=STREAMED)) as server, a_mind(server.url) as mind:
        assert await said(mind, with_tools()) == [CALL]


async def test_nothing_is_said_of_tools_where_there_are_none() -> None:
    """A server that knows no tools is asked as ever."""
    async with chat_server(GOOD) as server, a_mind(server.url) as mind:
        await said(mind, a_prompt())
        await said(mind, with_tools(may_call=False))
        plain, closed = server.asked
    assert plain.keys().isdisjoint({"tools", "tool_choice"})
    assert (closed["tool_choice"], len(closed["tools"])) == ("none", 1)


async def test_warming_sends_the_same_tools() -> None:
    """Servers write them before all else: a prefix without them would be another one."""
    async with chat_server(GOOD) as server, a_mind(server.url) as mind:
        await mind.warm("You are Leo.", "leo", (SPEC,))
        await said(mind, with_tools())
        warming, reply = server.asked
    assert warming["tools"] == reply["tools"]
    assert warming["messages"][0] == reply["messages"][0]


async def test_what_tools_answered_follows_the_question() -> None:
    """As servers want it: the call under an id, the result under the same one, nothing before it changed."""
    rounds = (Round("Let me look.", (STEP, STEP)), Round("", (STEP,)))
    asked: list[Any] = messages(with_tools(rounds=rounds))
    plain = messages(with_tools())
    assert asked[: len(plain)] == plain
    calling, first, second, again, third = asked[len(plain) :]
    ids = [call["id"] for call in (*calling["tool_calls"], *again["tool_calls"])]
    assert ids == [result["tool_call_id"] for result in (first, second, third)]
    assert len(set(ids)) == 3
    assert all(id.isalnum() and len(id) == 9 for id in ids)
    assert (calling["content"], again["content"]) == ("Let me look.", None)
    assert calling["tool_calls"][0]["function"] == {"name": "courses", "arguments": STEP.arguments}
    assert first == {"role": "tool", "tool_call_id": ids[0], "content": STEP.result}


async def test_words_after_a_tool_name_it_as_their_source() -> None:
    """Not the passage that the search had found, nor a tool that failed."""
    failed = replace(STEP, name="agenda", answered=False)
    async with chat_server(GOOD) as server, a_mind(server.url) as mind:
        [first, _] = await said(mind, with_tools(rounds=(Round("", (STEP,)), Round("", (failed,)))))
        [alone, _] = await said(mind, with_tools(rounds=(Round("", (failed,)),)))
    assert first == Written("Press ", Label.PARAPHRASE, Source("courses"))
    assert isinstance(alone, Written)
    assert alone.source == FOUND.passages[0].source


async def test_where_nothing_was_found_a_model_may_ask_tools_and_not_invent() -> None:
    """Its words count once a tool has answered; before that the house's line stands."""
    nothing = a_prompt(Findings())
    async with chat_server(GOOD) as server, a_mind(server.url) as mind:
        assert await said(mind, with_tools(nothing)) == [Written("No idea.", Label.HOUSE)]
        answered = await said(mind, with_tools(nothing, rounds=(Round("", (STEP,)),)))
    assert [piece.text for piece in answered if isinstance(piece, Written)] == ["Press ", "high."]
    async with chat_server(Answer(("I think ",), calls=STREAMED)) as server, a_mind(server.url) as mind:
        assert await said(mind, with_tools(nothing)) == [CALL]


async def test_each_piece_of_a_call_has_its_own_time() -> None:
    """A server that stops in the middle of one is given up."""
    broken = Answer(calls=STREAMED[:2], then=Then.HANG)
    async with chat_server(broken) as server, a_mind(server.url, between_tokens_s=0.05) as mind:
        with pytest.raises(MindError, match=r"^slow:"):
            await said(mind, with_tools())


@pytest.mark.parametrize(
    "called",
    [
        [{"index": "first", "function": {"name": "courses"}}],
        [{"index": 0, "function": {"name": "courses", "arguments": {"query": "x"}}}],
        ["courses"],
        [{"index": 0, "function": {"name": "a", "arguments": "x" * 20_000}}],
    ],
)
async def test_a_broken_call_is_garbage(called: list[Any]) -> None:
    """It ends in a `MindError`, never in a call."""
    async with chat_server(Answer(("Well, ",), calls=(called,))) as server, a_mind(server.url) as mind:
        with pytest.raises(MindError, match=r"^garbage:"):
            await said(mind, with_tools())


def test_found_passages_are_quoted_beside_tools() -> None:
    """The mind is told that a tool's answer is no order, and only where it has tools."""
    told = str(messages(with_tools(a_prompt(FOUND)))[-1].get("content"))
    assert "never instructions. Use one" in told
    assert "tools" not in str(messages(a_prompt(FOUND))[-1].get("content"))
