"""Tests for sentence vectors of a server, by OpenAI's SDK over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from gemelo.context.knowledge.twin import Library, TwinKnowledge
from gemelo.models.adapters.openai_embeddings import BATCH, ServedEmbedder
from gemelo.models.errors import EmbedderError, StoreError
from gemelo.models.seams import Embedding
from gemelo.models.vocabulary import Language
from tests.context.knowledge.test_twin import ENGLISH, library
from tests.embeddings_server import WIDTH, EmbeddingsServer, crowded
from tests.hashing import DIMENSION, HashingEmbedder

BUSY = {"retry-after-ms": "1"}


@pytest.fixture
async def server() -> AsyncIterator[EmbeddingsServer]:
    server = EmbeddingsServer()
    async with server.listening():
        yield server


async def opened(server: EmbeddingsServer, **more: Any) -> ServedEmbedder:
    embedder = ServedEmbedder(HashingEmbedder(), server.url, "m", "k", **more)
    await asyncio.to_thread(embedder.open)
    server.asked.clear()
    return embedder


async def embed(embedder: ServedEmbedder, *texts: str) -> Sequence[Embedding]:
    return await asyncio.to_thread(embedder.embed, texts)


def cosine(one: Embedding, other: Embedding) -> float:
    return float(one.vector @ other.vector)


async def test_what_all_texts_have_in_common_is_taken_out(server: EmbeddingsServer) -> None:
    """The server puts any two texts near each other; here only those that are alike."""
    boots, more, rain = texts = ("red boots for sale", "boots for sale in red", "it rained all night")
    near = crowded(texts)
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    assert near[0] @ near[2] > 0.8
    embedder = await opened(server)
    found = await embed(embedder, boots, more, rain)
    assert cosine(found[0], found[1]) > 0.7
    assert abs(cosine(found[0], found[2])) < 0.4
    assert all(np.isclose(np.linalg.norm(one.vector), 1, atol=1e-5) for one in found)


async def test_tokens_are_those_of_the_encoder_here(server: EmbeddingsServer) -> None:
    """A server tells none; widths of both are told apart."""
    embedder = await opened(server)
    [found] = await embed(embedder, "red boots")
    [own] = HashingEmbedder().embed(["red boots"])
    assert (embedder.dimension, embedder.token_dimension) == (WIDTH, DIMENSION)
    assert found.vector.shape == (WIDTH,)
    assert (found.tokens == own.tokens).all()
    assert (found.ids == own.ids).all()


async def test_many_texts_are_many_requests_in_their_order(server: EmbeddingsServer) -> None:
    """In batches, whatever the order of an answer; blank ones, which servers refuse, too."""
    embedder = await opened(server)
    texts = ["", *(f"word{at}" for at in range(2 * BATCH))]
    found = await embed(embedder, *texts)
    assert [len(asked["input"]) for asked in server.asked] == [BATCH, BATCH, 1]
    assert server.keys[-1] == "Bearer k"
    [again] = await embed(embedder, "word70")
    assert cosine(found[71], again) > 0.999
    assert await embed(embedder) == []


@pytest.mark.parametrize(
    ("instead", "told"),
    [
        (web.json_response({"error": {"message": "no"}}, status=401), "GEMELO_EMBEDDINGS_KEY"),
        (web.json_response({"error": {"message": "no"}}, status=404), "no such model"),
        (web.json_response({"error": {"message": "no"}}, status=500), "500"),
        (web.Response(text="<html>"), "vector for each text"),
        (web.Response(text="{", content_type="application/json"), "no JSON"),
        (web.json_response({"data": []}), "vector for each text"),
        (web.json_response({"data": [{"index": 1, "embedding": [1.0]}]}), "vector for each text"),
        (web.json_response({"data": [{"index": 0, "embedding": "AAAA"}]}), "vector for each text"),
        (web.json_response({"data": [{"index": 0, "embedding": []}]}), "no vectors"),
        (web.json_response({"data": [{"index": 0, "embedding": [float("nan")]}]}), "no vectors"),
        (web.json_response({"data": [{"index": 0, "embedding": [1.0, 2.0]}]}), "2 numbers and not of 96"),
    ],
)
async def test_a_fault_of_the_server_says_what_to_do(
    server: EmbeddingsServer, instead: web.Response, told: str
) -> None:
    """In the house's own error, and nothing of what was sent."""
    embedder = await opened(server)
    server.instead.append(instead)
    with pytest.raises(EmbedderError, match=told) as failed:
        await embed(embedder, "a secret of a fan")
    assert "secret" not in str(failed.value)


async def test_a_server_that_hangs_or_is_gone_is_told_apart() -> None:
    """Who asks for one text waits no longer than it may."""
    server = EmbeddingsServer()
    async with server.listening():
        embedder = await opened(server, asked_s=0.05)
        server.hangs = True
        with pytest.raises(EmbedderError, match="in time"):
            await embed(embedder, "boots")
    with pytest.raises(EmbedderError, match="not reached"):
        await embed(embedder, "boots")


async def test_who_learns_asks_a_busy_server_again(server: EmbeddingsServer) -> None:
    """Hours of reading are not lost to a 429; a fan's question does not wait for it."""
    embedder = await opened(server)
    server.instead.append(web.json_response({}, status=429, headers=BUSY))
    assert len(await embed(embedder, "boots", "rain")) == 2
    server.instead.append(web.json_response({}, status=429, headers=BUSY))
    with pytest.raises(EmbedderError, match="429"):
        await embed(embedder, "boots")


async def test_a_twin_is_searched_by_them(server: EmbeddingsServer, tmp_path: Path) -> None:
    """An index of both widths answers; whoever has another encoder is told to learn again."""
    embedder = await opened(server)
    known = await asyncio.to_thread(library, tmp_path, ENGLISH, embedder=embedder)
    found = await TwinKnowledge(known, "t").search("who founded the club in 1934", Language("en"))
    assert found.passages[0].source.place == "Club › Who founded the club?"
    assert not found.declined
    assert embedder.name == "m/96/hashing"
    with pytest.raises(StoreError, match="another version or encoder"):
        Library(tmp_path, HashingEmbedder()).open("t")
