"""Reranking over HTTP, against a server that speaks Cohere's form as vLLM does."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from gemelo.models.adapters.rerank import Reranking
from gemelo.models.errors import RerankerError
from tests.rerank_server import RerankServer

TEXTS = ("A pass is short.", "The keeper throws the ball.", "Rain is wet.")


@asynccontextmanager
async def reranking(server: RerankServer) -> AsyncGenerator[Reranking]:
    async with server.listening():
        client = Reranking(server.url, "m", "secret")
        try:
            yield client
        finally:
            await client.close()


async def test_scores_come_in_the_order_of_the_texts() -> None:
    """Whatever order the server answers in; model and key are sent along."""
    server = RerankServer()
    async with reranking(server) as client:
        scores = await client.rerank("who throws the ball", TEXTS)
    assert scores == [0.0, 0.2, 0.0]
    assert server.asked == [
        {"model": "m", "query": "who throws the ball", "documents": list(TEXTS), "top_n": 3}
    ]
    assert server.keys == ["Bearer secret"]


async def test_the_whole_address_may_be_given() -> None:
    """With its last part, or without."""
    server = RerankServer()
    async with reranking(server):
        whole = Reranking(f"{server.url}/rerank")
        assert await whole.rerank("rain", TEXTS) == [0.0, 0.0, 0.1]
        await whole.close()
    assert "model" not in server.asked[0]


def scored(index: str, score: str) -> str:
    """Every text scored, and one row more."""
    rows = [f'{{"index": {n}, "relevance_score": 1}}' for n in range(3)]
    rows.append(f'{{"index": {index}, "relevance_score": {score}}}')
    return f'{{"results": [{",".join(rows)}]}}'


BROKEN = {
    "busy": web.Response(status=503),
    "moved": web.Response(status=302, headers={"location": "http://127.0.0.1:9/"}),
    "no JSON": web.Response(text="<html>"),
    "a list": web.json_response([1, 2]),
    "no results": web.json_response({"error": "x"}),
    "one missing": web.json_response({"results": [{"index": 0, "relevance_score": 1.0}]}),
    "no number": web.json_response({"results": [{"index": n, "relevance_score": "high"} for n in range(3)]}),
    "not finite": web.Response(
        text=json.dumps({"results": [{"index": n, "relevance_score": float("nan")} for n in range(3)]})
    ),
    "an index without end": web.Response(text=scored("1e999", "1")),
    "a score out of range": web.Response(text=scored("3", "9" * 400)),
    "more digits than are read": web.Response(text=scored("3", "9" * 5_000)),
    "a strange charset": web.Response(body=b"{}", headers={"content-type": "application/json; charset=hex"}),
    "brackets without end": web.Response(text="[" * 200_000),
    "too much": web.Response(text=" " * 2_000_000 + scored("3", "1")),
    "compressed": web.Response(
        body=gzip.compress(scored("3", "1").encode()), headers={"content-encoding": "gzip"}
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_what_is_no_answer_is_an_error(kind: str) -> None:
    """Which quotes nothing that was asked."""
    async with reranking(RerankServer(BROKEN[kind])) as client:
        with pytest.raises(RerankerError) as refused:
            await client.rerank("my secret question", TEXTS)
    assert "secret" not in str(refused.value)


async def test_a_server_that_is_down_is_an_error() -> None:
    """And nobody waits for it."""
    server = RerankServer()
    async with reranking(server):
        pass
    gone = Reranking(server.url)
    with pytest.raises(RerankerError, match="not reached"):
        await gone.rerank("rain", TEXTS)
    await gone.close()


async def test_who_gives_up_waiting_leaves_no_request_behind() -> None:
    """A search that is cancelled cancels its request; the next one is answered."""
    server = RerankServer(hangs=True)
    async with reranking(server) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.rerank("rain", TEXTS)
        server.hangs = False
        assert await client.rerank("rain", TEXTS) == [0.0, 0.0, 0.1]
