"""A server with a `/rerank` endpoint on a loopback socket: it speaks Cohere's form as vLLM does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.loopback import posted


@dataclass
class RerankServer:
    """Scores documents by the words that they share with the query, best first; or says `instead`.

    `url` is that of its API, without the endpoint's own name; `likes` is a word worth more than all others.
    """

    instead: web.Response | None = None
    hangs: bool = False
    likes: str = ""
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    keys: list[str] = field(default_factory=list[str])

    async def answer(self, request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        self.asked.append(asked)
        self.keys.append(request.headers.get("Authorization", ""))
        if self.hangs:
            await asyncio.sleep(3600)
        if self.instead is not None:
            return self.instead
        scores = [self._score(asked["query"], text) for text in asked["documents"]]
        order = sorted(range(len(scores)), key=lambda at: -scores[at])[: asked["top_n"]]
        results = [
            {"index": at, "document": {"text": asked["documents"][at]}, "relevance_score": scores[at]}
            for at in order
        ]
        return web.json_response({"id": "rerank-1", "model": "m", "usage": {}, "results": results})

    def _score(self, query: str, text: str) -> float:
        shared = set(query.lower().split()) & set(text.lower().split())
        return len(shared) / 10 + (bool(self.likes) and self.likes in text)

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Serves on a free port of the loopback interface."""
        async with posted("/rerank", self.answer) as self.url:
            yield
