"""The same mind on a real server and a real model; what happened is read from the server's numbers."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from gemelo.models.adapters.openai_compatible import OpenAICompatible
from gemelo.models.adapters.openai_mind import MindSettings, Usage
from gemelo.models.vocabulary import (
    Findings,
    Language,
    Passage,
    Prompt,
    Round,
    Source,
    ToolCall,
    ToolSpec,
    ToolStep,
    Written,
)
from tests.models.adapters.llm_server import SLOTS, model_file

pytestmark = pytest.mark.llm

PREFIX = " ".join(f"Rule {n}: you are Leo, a virtual football host, and you say so." for n in range(25))
PRESSING = Passage("p", "Press high, win the ball back within five seconds.", Source("tactics.md"))
LONGEST = 120
"""Tokens of a reply, at most."""


def a_prompt(question: str) -> Prompt:
    return Prompt(PREFIX, (), Findings((PRESSING,), declined=False), question, Language("en"))


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """A server that runs for all tests of the session."""
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("the extra llm-server is not installed")
    model_file()
    program = Path(__file__).with_name("llm_server.py")
    with subprocess.Popen(
        [sys.executable, str(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        yield next(line.strip() for line in server.stdout if line.startswith("http"))
        server.kill()


@pytest.fixture
def used() -> list[Usage]:
    return []


@pytest.fixture
async def mind(url: str, used: list[Usage]) -> AsyncIterator[OpenAICompatible]:
    # Time limits are those of a busy two-core machine, not of a fan.
    settings = MindSettings(
        f"{url}/v1",
        "smollm2",
        max_tokens=LONGEST,
        temperature=0,
        first_token_s=60,
        between_tokens_s=60,
        total_s=110,
    )
    mind = OpenAICompatible(settings, used.append)
    yield mind
    await mind.close()


async def numbers(url: str) -> dict[str, float]:
    """The server's counters: https://github.com/ggml-org/llama.cpp/tree/master/tools/server"""
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"{url}/metrics")).text
    lines = [line.split() for line in text.splitlines() if line.startswith("llamacpp:")]
    return {name.removeprefix("llamacpp:"): float(value) for name, value in lines}


async def idle(url: str) -> dict[str, float]:
    """The server's counters once no request is in work."""
    while (now := await numbers(url))["requests_processing"] > 0:
        pass
    return now


async def test_a_real_reply_streams(mind: OpenAICompatible, url: str) -> None:
    """The first pieces are read while the server is still generating."""
    before = await idle(url)
    async with aclosing(mind.reply(a_prompt("How do I press?"))) as reply:
        pieces = [await anext(reply) for _ in range(3)]
        assert (await numbers(url))["requests_processing"] == 1
    assert all(isinstance(piece, Written) and piece.text for piece in pieces)
    assert (await idle(url))["tokens_predicted_total"] > before["tokens_predicted_total"]


async def test_cancelling_stops_the_generation(mind: OpenAICompatible, used: list[Usage], url: str) -> None:
    """The server writes a fraction of a reply whose listener is cancelled at its first word."""
    prompt = a_prompt("Write a long story about a football match, with many players, and do not stop.")
    assert [piece async for piece in mind.reply(prompt)]
    assert used[0].written > LONGEST / 2
    before = await idle(url)
    heard = asyncio.Event()

    async def listen() -> None:
        async for _ in mind.reply(prompt):
            heard.set()

    listening = asyncio.create_task(listen())
    await heard.wait()
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    written = (await idle(url))["tokens_predicted_total"] - before["tokens_predicted_total"]
    assert 0 < written < used[0].written / 2


async def test_a_repeated_prefix_is_not_computed_again(
    mind: OpenAICompatible, used: list[Usage], url: str
) -> None:
    """After a warm-up of every slot a reply computes little more than its own last message."""
    for _ in range(SLOTS):
        await asyncio.gather(*(mind.warm(PREFIX, "") for _ in range(SLOTS)))
    warm = await idle(url)
    assert [piece async for piece in mind.reply(a_prompt("Who are you?"))]
    now = await idle(url)
    computed = now["prompt_tokens_total"] - warm["prompt_tokens_total"]
    cached = now["prompt_tokens_cached_total"] - warm["prompt_tokens_cached_total"]
    assert cached > 4 * computed > 0
    assert (used[-1].prompt, used[-1].cached) == (computed + cached, cached)


COURSES = ToolSpec(
    "courses",
    "What courses there are. Always use it.",
    {"type": "object", "properties": {"query": {"type": "string"}}, "additionalProperties": False},
)


async def test_a_real_server_takes_tools_and_what_they_answered(mind: OpenAICompatible, url: str) -> None:
    """It reads the definitions, a call and its result as part of the prompt, in each round of a turn.

    Whether so small a model calls one is up to chance: what it answers is words, or a call that can be read.
    """
    plain = a_prompt("Which courses are there?")
    offered = replace(plain, tools=(COURSES,))
    answered = replace(
        offered, rounds=(Round("", (ToolStep("courses", '{"query":"all"}', '{"found":["Shooting"]}'),)),)
    )
    read: list[float] = []
    for prompt in (plain, offered, answered, replace(answered, may_call=False)):
        before = await idle(url)
        pieces = [piece async for piece in mind.reply(prompt)]
        assert pieces
        assert all(json.loads(piece.arguments) is not None for piece in pieces if isinstance(piece, ToolCall))
        now = await idle(url)
        names = ("prompt_tokens_total", "prompt_tokens_cached_total")
        read.append(sum(now[name] - before[name] for name in names))
    assert read[0] < read[1] < read[2]
