"""A fake of OpenAI's Responses API in WebSocket mode (`/responses`).

Each message, of either side, goes through the model of it in the vendor's SDK, with extras forbidden.
`ASSUMED` says what neither a model nor a page of the vendor's confirms.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openai.types.responses import (
    ResponseCompletedEvent,
    ResponseCreatedEvent,
    ResponseErrorEvent,
    ResponseFailedEvent,
    ResponseFunctionCallArgumentsDeltaEvent,
    ResponseFunctionCallArgumentsDoneEvent,
    ResponseIncompleteEvent,
    ResponseOutputItemAddedEvent,
    ResponseRefusalDeltaEvent,
    ResponseTextDeltaEvent,
)
from openai.types.responses.responses_client_event import ResponseCreate
from websockets.asyncio.server import ServerConnection

from tests.models.adapters.vendor_server import Fault, VendorServer, validated

ASSUMED = (
    "the Responses API answers what is to generate nothing with response.created and response.completed",
    "the Responses API stops a model whose socket is closed",
)

_USAGE = {
    "input_tokens": 40,
    "input_tokens_details": {"cached_tokens": 32, "cache_write_tokens": 0},
    "output_tokens": 3,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 43,
}


@dataclass(frozen=True)
class Said:
    """One answer: `pieces` of text, then `calls` (name, arguments in pieces).

    Attributes:
        ends: `completed`, `incomplete`, `failed`, `refusal`, `refused` (an error with a status), or the code
            of an error without one.
    """

    pieces: Sequence[str] = ()
    calls: Sequence[tuple[str, Sequence[str]]] = ()
    ends: str = "completed"


@dataclass
class ResponsesServer(VendorServer):
    """Answers requests with `answers` in turn, the last one for ever.

    Attributes:
        fails_at: pieces before a fault of mid-stream.
        dies: the socket of the next question is torn down before a word.
        asked: what came, in order; `sockets` says on which socket each did.
    """

    answers: list[Said] = field(default_factory=list[Said])
    fails_at: int = 1
    dies: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    sockets: list[int] = field(default_factory=list[int])
    _due: list[Fault] = field(default_factory=list[Fault])
    _connections: list[ServerConnection] = field(default_factory=list[ServerConnection])

    def key_of(self, headers: Mapping[str, str]) -> str:
        return headers.get("Authorization", "").removeprefix("Bearer ")

    async def close_idle(self) -> None:
        """As the vendor does after an hour."""
        for connection in self._connections:
            await connection.close()

    async def suffered(self) -> None:
        """Waits until no socket to come has a fault."""
        async with asyncio.timeout(10):
            while self.faults:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)

    async def talk(self, connection: ServerConnection, fault: Fault | None) -> None:
        self._connections.append(connection)
        self._due += [fault] if fault else []  # of the next question, on whichever socket it comes
        socket = len(self._connections)
        async for message in connection:
            asked = validated(ResponseCreate, json.loads(message))
            self.asked.append(asked)
            self.sockets.append(socket)
            if self.dies:
                self.dies = False
                connection.transport.abort()
                return
            await _Response(self, connection, asked, self._due.pop() if self._due else None).run()


class _Response:
    def __init__(
        self,
        server: ResponsesServer,
        connection: ServerConnection,
        asked: dict[str, Any],
        fault: Fault | None,
    ) -> None:
        self._server = server
        self._connection = connection
        self._asked = asked
        self._fault = fault
        self._sent = 0

    async def run(self) -> None:
        await self._tell(ResponseCreatedEvent, "response.created", response=self._response("in_progress"))
        if self._asked.get("generate") is False:
            await self._end("completed")
            return
        answers = self._server.answers
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        for number, piece in enumerate(said.pieces):
            if self._fault and number == self._server.fails_at:
                await self._server.suffer(self._connection, self._fault)
            of: dict[str, Any] = {"item_id": "msg_1", "output_index": 0, "content_index": 0, "logprobs": []}
            await self._tell(ResponseTextDeltaEvent, "response.output_text.delta", **of, delta=piece)
        for index, (name, pieces) in enumerate(said.calls):
            await self._call(index + 1, name, pieces)
        await self._end(said.ends)

    async def _call(self, index: int, name: str, pieces: Sequence[str]) -> None:
        id, of = f"fc_{index}", {"output_index": index}
        item = {"type": "function_call", "id": id, "call_id": f"call_{index}", "name": name, "arguments": ""}
        await self._tell(ResponseOutputItemAddedEvent, "response.output_item.added", **of, item=item)
        delta = "response.function_call_arguments.delta"
        for piece in pieces:
            await self._tell(ResponseFunctionCallArgumentsDeltaEvent, delta, **of, item_id=id, delta=piece)
        done = {"item_id": id, "arguments": "".join(pieces)}
        kind = ResponseFunctionCallArgumentsDoneEvent
        await self._tell(kind, "response.function_call_arguments.done", **of, **done)

    async def _end(self, how: str) -> None:
        match how:
            case "completed":
                response = self._response("completed") | {"usage": _USAGE}
                await self._tell(ResponseCompletedEvent, "response.completed", response=response)
            case "incomplete":
                response = self._response("incomplete") | {"usage": _USAGE}
                await self._tell(ResponseIncompleteEvent, "response.incomplete", response=response)
            case "failed":
                error = {"code": "server_error", "message": "How do I press?"}
                response = self._response("failed") | {"error": error}
                await self._tell(ResponseFailedEvent, "response.failed", response=response)
            case "refusal":
                of: dict[str, Any] = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
                await self._tell(
                    ResponseRefusalDeltaEvent, "response.refusal.delta", **of, delta="I will not"
                )
            case (
                "refused"
            ):  # as the guide to WebSocket mode shows it; the SDK's model knows the plain shape alone
                error = {"code": "invalid_request_error", "message": "How do I press?"}
                await self._connection.send(json.dumps({"type": "error", "status": 400, "error": error}))
            case code:
                told = {"code": code, "message": "How do I press?", "param": None}
                await self._tell(ResponseErrorEvent, "error", **told)

    def _response(self, status: str) -> dict[str, Any]:
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 0,
            "model": self._asked["model"],
            "status": status,
            "output": [],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
        }

    async def _tell(self, kind: Any, type: str, **message: Any) -> None:
        told = {"type": type, "sequence_number": self._sent, **message}
        self._sent += 1
        await self._connection.send(json.dumps(validated(kind, told)))
