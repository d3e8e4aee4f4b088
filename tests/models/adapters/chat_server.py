"""A chat-completions server on a loopback socket that does exactly what a test tells it to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Then(Enum):
    """What the server does after the last piece."""

    DONE = "finish_reason, usage, [DONE] and the end of the body"
    HANG = "nothing, until the client hangs up"
    RESET = "the connection is torn down"
    END = "the body ends, with no finish_reason"
    TAIL_HANGS = "finish_reason, and then nothing"


@dataclass(frozen=True)
class Answer:
    """One answer: `pieces` are streamed as deltas, then `calls`, each a delta's `tool_calls`.

    `raw`, if given, is sent instead as it is.
    """

    pieces: tuple[str, ...] = ()
    then: Then = Then.DONE
    status: int = 200
    headers: tuple[str, ...] = ()
    raw: bytes | None = None
    calls: tuple[list[dict[str, Any]], ...] = ()


@dataclass
class ChatServer:
    """Answers requests with `answers` in turn, the last one for ever."""

    answers: list[Answer]
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the first request has come."""
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client closed its connection while an answer was hanging."""

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        """Serves on a free port of the loopback interface."""
        async with await asyncio.start_server(self.serve, "127.0.0.1", 0) as listening:
            host, port = listening.sockets[0].getsockname()
            self.url = f"http://{host}:{port}/v1"
            yield

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Reads one request and answers it; False where the connection is over."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        self.asked.append(json.loads(await reader.readexactly(length)))
        self.reached.set()
        answer = self.answer()
        if answer.status != 200 or answer.raw is not None:
            body = answer.raw if answer.raw is not None else b'{"error": {"message": "no"}}'
            content = "application/json" if answer.status != 200 else "text/event-stream"
            lines = (f"content-type: {content}", f"content-length: {len(body)}", *answer.headers)
            writer.write(_head(answer.status, lines) + body)
            await writer.drain()
            return True
        return await self._stream(answer, reader, writer)

    def answer(self) -> Answer:
        """What is answered to the request that has just come, the last of `asked`."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    async def _stream(
        self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        writer.write(_head(200, ("content-type: text/event-stream", "transfer-encoding: chunked")))
        writer.write(_event(_delta({"role": "assistant", "content": None})))
        for piece in answer.pieces:
            writer.write(_event(_delta({"content": piece})))
        for called in answer.calls:
            writer.write(_event(_delta({"tool_calls": called})))
        if answer.then in (Then.DONE, Then.TAIL_HANGS):
            writer.write(_event(_delta({}, "tool_calls" if answer.calls else "stop")))
        if answer.then is Then.DONE:
            writer.write(_event(_chunk([], usage=USAGE)) + _event("[DONE]"))
        await writer.drain()
        match answer.then:
            case Then.DONE | Then.END:
                writer.write(b"0\r\n\r\n")
            case Then.RESET:
                writer.transport.abort()
            case Then.HANG | Then.TAIL_HANGS:
                await reader.read()
                self.hung_up.set()
        return answer.then is Then.DONE


USAGE = {
    "prompt_tokens": 40,
    "completion_tokens": 3,
    "total_tokens": 43,
    "prompt_tokens_details": {"cached_tokens": 32},
}


@asynccontextmanager
async def chat_server(*answers: Answer) -> AsyncGenerator[ChatServer]:
    """Runs a server on a free port of the loopback interface."""
    server = ChatServer(list(answers))
    async with server.listening():
        yield server


def _head(status: int, lines: tuple[str, ...]) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status} Status", *lines, "", "")).encode()


def _event(data: str | dict[str, Any]) -> bytes:
    text = data if isinstance(data, str) else json.dumps(data)
    body = f"data: {text}\n\n".encode()
    return f"{len(body):x}\r\n".encode() + body + b"\r\n"


def _delta(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return _chunk([{"index": 0, "delta": delta, "finish_reason": finish}])


def _chunk(choices: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices}
    return chunk | more
