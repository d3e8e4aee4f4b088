"""A reranker by configuration, over a real socket."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.admin.cli.asking import ask
from tests.rerank_server import RerankServer

ADVICE = """# Warming up

Before a match I warm up for ten minutes with a ball.

# Before the match

Before a match I warm up my voice with a song, for ten minutes.
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "advice.md").write_text(ADVICE)
    ask(tmp_path / "data", "learn", "--twin", "ana", "--create", str(tmp_path / "advice.md"))
    return tmp_path / "data"


async def first(data: Path, url: str, longest_s: float = 0.15) -> str:
    def search() -> dict[str, Any]:
        asked = ("search", "--twin", "ana", "How do you warm up before a match?")
        return ask(data, *asked, GEMELO_RERANK_URL=url, GEMELO_RERANK_S=str(longest_s))

    found = await asyncio.to_thread(search)
    assert not found["declined"]
    return found["passages"][0]["text"]


@pytest.mark.parametrize("likes", ["ball", "song"])
async def test_passages_come_in_the_order_of_the_reranker(data: Path, likes: str) -> None:
    """`GEMELO_RERANK_URL` is all it takes."""
    server = RerankServer(likes=likes)
    async with server.listening():
        assert likes in await first(data, server.url, 5)
    assert server.asked


async def test_a_reranker_that_hangs_costs_its_time_only(data: Path) -> None:
    """The first order stands."""
    server = RerankServer()
    async with server.listening():
        without = await first(data, "")
        server.hangs = True
        assert await first(data, server.url) == without
    assert server.asked


async def test_a_fan_s_question_reaches_the_reranker_only_once_it_was_judged(data: Path) -> None:
    """One that is answered does; a cry for help reaches no vendor."""
    server = RerankServer(likes="song")

    def said(question: str) -> None:
        ask(data, "say", "--deployment", "ana", question, GEMELO_RERANK_URL=server.url, GEMELO_RERANK_S="5")

    async with server.listening():
        await asyncio.to_thread(said, "I want to kill myself. How do you warm up before a match?")
        assert server.asked == []
        await asyncio.to_thread(said, "How do you warm up before a match?")
    assert [asked["query"] for asked in server.asked] == ["How do you warm up before a match?"]
