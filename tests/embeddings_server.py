"""A server with OpenAI's `/embeddings` on a loopback socket: its answers fit the model of OpenAI's SDK."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiohttp import web
from numpy.typing import NDArray
from openai.types import CreateEmbeddingResponse

from tests.hashing import HashingEmbedder
from tests.loopback import posted

WIDTH = 96
"""Of what it answers by default: other than that of the tests' own encoder."""


def crowded(texts: Sequence[str]) -> NDArray[np.float32]:
    """Vectors of which no two are far apart, as many models make them: words count for little."""
    rows = np.zeros((len(texts), WIDTH), np.float32)
    rows[:, :64] = np.stack([one.vector for one in HashingEmbedder().embed(texts)])
    rows[:, -1] = 3.0
    return rows


@dataclass
class EmbeddingsServer:
    """Answers with what `vectors` makes, the last text first; or says `instead`, once for each that there is.

    `url` is that of its API, without the endpoint's own name.
    """

    vectors: Callable[[Sequence[str]], NDArray[np.float32]] = crowded
    instead: list[web.Response] = field(default_factory=list[web.Response])
    hangs: bool = False
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    keys: list[str] = field(default_factory=list[str])

    async def answer(self, request: web.Request) -> web.Response:
        asked = json.loads(await request.read())
        self.asked.append(asked)
        self.keys.append(request.headers.get("Authorization", ""))
        if self.hangs:
            await asyncio.sleep(3600)
        if self.instead:
            return self.instead.pop(0)
        assert all(text.strip() for text in asked["input"]), "OpenAI refuses an empty text"
        rows = (await asyncio.to_thread(self.vectors, asked["input"])).tolist()
        data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
        usage = {"prompt_tokens": len(rows), "total_tokens": len(rows)}
        told = {"object": "list", "data": data[::-1], "model": asked["model"], "usage": usage}
        CreateEmbeddingResponse.model_validate(told, strict=True)
        return web.json_response(told)

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Serves on a free port of the loopback interface."""
        async with posted("/embeddings", self.answer) as self.url:
            yield
