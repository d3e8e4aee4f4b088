"""An OpenAI-compatible server on loopback that writes at once: what an upstream mind costs beside it.

It speaks chat completions (SSE) and the Responses API's WebSocket mode.

It notes when each question came and when it had written the reply's first clause, so that a suite can
take the upstream's own time out of a turn's.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from gemelo.benchmarks.transcripts import reply, tokens
from gemelo.models.clauses import first_clause_end


@dataclass(slots=True)
class Answered:
    """A question: when it came, when the first token and clause of its answer were written (s, loop time)."""

    came: float
    first: float = 0.0
    clause: float = 0.0

    @property
    def took_s(self) -> float:
        return self.clause - self.came


class Upstream:
    """Answers chat completions with one of the script's replies, every token in an event of its own.

    Attributes:
        port: on which it listens.
        answered: the questions so far; `warm` asks nothing here.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered: list[Answered] = []
        chat = Route("/v1/chat/completions", self._complete, methods=["POST"])
        self.app = Starlette(routes=[chat, WebSocketRoute("/v1/responses", self._respond)])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def _complete(self, request: Request) -> StreamingResponse:
        came = asyncio.get_running_loop().time()
        asked = await request.json()
        if asked.get("max_tokens") != 1:
            self.answered.append(Answered(came))
        return StreamingResponse(self._events(reply(len(self.answered))), media_type="text/event-stream")

    async def _respond(self, socket: WebSocket) -> None:
        await socket.accept()
        async for message in socket.iter_text():
            came = asyncio.get_running_loop().time()
            if json.loads(message).get("generate", True):
                self.answered.append(Answered(came))
                for token in self._written(reply(len(self.answered))):
                    await socket.send_text(_delta(token))
            await socket.send_text('{"type": "response.completed", "response": {}}')

    async def _events(self, text: str) -> AsyncGenerator[str]:
        for token in self._written(text):
            yield _event({"content": token})
        yield _event({}, "stop") + "data: [DONE]\n\n"

    def _written(self, text: str) -> Iterator[str]:
        """A reply's tokens; the end of the first clause is noted as it goes."""
        written = ""
        for token in tokens(text):
            before, written = written, written + token
            if not before and self.answered:
                self.answered[-1].first = asyncio.get_running_loop().time()
            if first_clause_end(before) is None and first_clause_end(written) is not None and self.answered:
                self.answered[-1].clause = asyncio.get_running_loop().time()
            yield token


@asynccontextmanager
async def upstream() -> AsyncGenerator[Upstream]:
    """Serves an upstream in this process for as long as it is needed."""
    listener = socket.create_server(("127.0.0.1", 0))
    mind = Upstream(listener.getsockname()[1])
    server = uvicorn.Server(uvicorn.Config(mind.app, lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield mind
    finally:
        server.should_exit = True
        await serving


def _delta(token: str) -> str:
    of = {"item_id": "msg_1", "output_index": 0, "content_index": 0, "sequence_number": 0}
    return json.dumps({"type": "response.output_text.delta", **of, "delta": token})


def _event(delta: dict[str, str], finish: str | None = None) -> str:
    chunk = {
        "id": "scripted",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return f"data: {json.dumps(chunk)}\n\n"
