"""`/v1/models` and `/v1/chat/completions`: OpenAI's protocol for text. One request is one typed turn.

    body ─▶ read ─▶ Reception ─▶ Chat ─▶ Cutter ─▶ chunks, or one answer
                        ▲                  │ ╰─▶ Holding, where the client runs functions; another request
                        │                  │     brings what they came to
                        └── a bookmark ◀───┘ kept under the words of the conversation

What was said before is known to the house, not believed of the client: a request whose messages are, word for
word, all that was said in a session under the same key goes on in it. Any other begins a new one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from typing import Any

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gemelo.admin.api.callers import Callers
from gemelo.admin.api.held import Held, Holding
from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.seating import Seating
from gemelo.admin.services.entrance import Caller
from gemelo.admin.services.reception import RESUME_S, Reception, Seat
from gemelo.admin.services.state import Shared
from gemelo.models.errors import (
    Busy,
    GemeloError,
    OriginRefused,
    StateError,
    TokenRefused,
    TooOften,
    UnknownDeployment,
    UsageError,
)
from gemelo.pipelines.chat import Chat
from gemelo.pipelines.line import SEND_S
from gemelo.pipelines.openai_chat import Asked, BadRequest, Completion, Cutter, event, model, read, refusal

log = logging.getLogger(__name__)

MAX_BODY = 2_000_000
"""Bytes of a request."""
_KINDS: tuple[tuple[type[GemeloError], int, str, str], ...] = (
    (UnknownDeployment, 404, "invalid_request_error", "model_not_found"),
    (TokenRefused, 401, "authentication_error", "invalid_api_key"),
    (OriginRefused, 401, "authentication_error", "invalid_api_key"),
    (TooOften, 429, "requests", "rate_limit_exceeded"),
    (UsageError, 400, "invalid_request_error", ""),
    (GemeloError, 503, "server_error", ""),
)
"""Status, `type` and `code` of an error's answer; where it has no code here its own."""
_STREAM = ((b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache"))


class Completions:
    """The routes, over one process's seating."""

    def __init__(
        self,
        reception: Reception,
        seating: Seating,
        meters: PrometheusMeters,
        shared: Shared,
        callers: Callers,
    ) -> None:
        self._reception = reception
        self._seating = seating
        self._meters = meters
        self._shared = shared
        self._callers = callers
        self._holding = Holding()

    def add(self, app: FastAPI) -> None:
        app.router.routes.extend(
            [
                Route("/v1/models", self.models, methods=["GET"]),
                Route("/v1/models/{key}", self.models, methods=["GET"]),
                Route("/v1/chat/completions", _Endpoint(self), methods=["POST"]),
                Route("/v1/chat/completions", self.preflight, methods=["OPTIONS"]),
                Route("/v1/models", self.preflight, methods=["OPTIONS"]),
            ]
        )

    async def close(self) -> None:
        """Ends and stores what waits for its client, before the house is closed."""
        await self._holding.close()

    async def preflight(self, request: Request) -> Response:
        """Lets any page ask; which page is answered is decided with its request."""
        asked = request.headers.get("access-control-request-headers", "authorization, content-type")
        allow = {"access-control-allow-methods": "GET, POST", "access-control-allow-headers": asked}
        return Response(status_code=204, headers={**_shared(request), **allow})

    async def models(self, request: Request) -> Response:
        """The deployments that this caller may talk to, or one of them."""
        try:
            places = await self._reception.places(await self._callers.of(request))
            listed = [model(place.deployment.key, place.seen // 1000) for place in places]
            key = request.path_params.get("key")
            if key is None:
                return JSONResponse({"object": "list", "data": listed}, headers=_shared(request))
            for one in listed:
                if one["id"] == key:
                    return JSONResponse(one, headers=_shared(request))
            raise UnknownDeployment(f"there is no model {key[:64]!r} here, or none that this key opens")
        except GemeloError as error:
            return self._refused(request, error)

    async def complete(self, request: Request, body: bytes | None, send: Send) -> None:
        """Answers one request, in a stream or at once; what goes wrong before the first word is told."""
        try:
            caller, holder = await self._callers.of(request), self._callers.holder(request)
            asked = _parsed(body)
            async with AsyncExitStack() as stack:
                if asked.results:
                    await self._reception.check_rate(caller)
                    held = self._holding.take(asked, asked.question(holder))
                    await stack.enter_async_context(held.stack)
                    held.stack = stack
                else:
                    held = await self._seated(asked, caller, holder, stack)
                held.chat.offer(asked.offered, one_call=asked.one_call)
                await self._answer(request, send, asked, held, holder)
        except TimeoutError:
            return
        except GemeloError as error:
            await self._refused(request, error)(request.scope, request.receive, send)

    async def _seated(self, asked: Asked, caller: Caller, holder: str, stack: AsyncExitStack) -> Held:
        """A place for a conversation, the one that it goes on with where that is known."""
        known = await self._shared.kept(_key(asked.conversation(holder))) if asked.before else ""
        given = self._reception.admit(asked.model, caller, None, known or None)

        def begin(seat: Seat) -> Chat:
            fan = replace(seat.fan, contact=asked.contact) if known else seat.fan
            return Chat(fan, seat.stage, self._meters)

        chat, seat = await stack.enter_async_context(self._seating.seated(given, begin))
        moved = asyncio.create_task(_move(seat.slot.moved, chat))
        stack.callback(moved.cancel)
        stack.push_async_callback(chat.close)
        return Held(chat, seat, stack)

    async def _answer(self, request: Request, send: Send, asked: Asked, held: Held, holder: str) -> None:
        chat, cutter = held.chat, Cutter(asked.stop, asked.most)
        completion = Completion(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), asked, chat.policy)
        reply = chat.go_on(asked.results) if asked.results else chat.reply(asked.text)
        async with aclosing(_cut(reply, cutter)) as pieces:
            first = await anext(pieces, "")
            if asked.is_stream:
                headers = [*_STREAM, *((k.encode(), v.encode()) for k, v in _shared(request).items())]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await _write(send, completion.piece({"role": "assistant", "content": ""}))
                await _write(send, completion.piece({"content": first}))
                async for piece in pieces:
                    await _write(send, completion.piece({"content": piece}))
            else:
                async for _ in pieces:
                    pass
        held.tell(cutter.text)
        calls, reason = chat.calls, "tool_calls" if chat.calls else cutter.reason

        async def remember() -> None:
            bookmark = self._reception.bookmark(held.seat, held.seat.fan.turns + 1)
            await self._remember(asked.conversation(holder, answered=held.told), bookmark)

        if calls:
            self._holding.keep(held, asked.question(holder), remember)
        else:
            await remember()
        if not asked.is_stream:
            whole = completion.whole(cutter.text, reason, calls)
            return await JSONResponse(whole, headers=_shared(request))(request.scope, request.receive, send)
        if calls:
            await _write(send, completion.calling(calls))
        await _write(send, completion.piece({}, reason))
        if asked.tells_usage:
            await _write(send, completion.used(cutter.text, calls))
        await send({"type": "http.response.body", "body": event(None), "more_body": False})

    async def _remember(self, conversation: str, bookmark: str) -> None:
        try:
            await self._shared.keep(_key(conversation), bookmark, RESUME_S)
        except StateError as error:
            log.warning("a conversation cannot be gone on with: %s", error)

    def _refused(self, request: Request, error: GemeloError) -> Response:
        status, kind, code = next((s, k, c) for of, s, k, c in _KINDS if isinstance(error, of))
        self._meters.refused.labels(error.code).inc()
        message, headers = str(error), _shared(request)
        if isinstance(error, OriginRefused):
            message = "send an API key that opens this model, or add this page's origin to its deployment"
        if isinstance(error, Busy):
            headers["retry-after"] = str(math.ceil(error.retry_s))
        param = error.param if isinstance(error, BadRequest) else None
        return JSONResponse(refusal(message, code or error.code, kind, param), status, headers)


class _Endpoint:
    """The ASGI endpoint of completions: it goes on until the answer is out or its client is gone."""

    def __init__(self, completions: Completions) -> None:
        self._completions = completions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return
        answering = asyncio.create_task(self._completions.complete(request, body, send))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait([answering, leaving], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (answering, leaving):
                task.cancel()
            await asyncio.wait([answering, leaving])
        if not answering.cancelled():
            answering.result()


async def _cut(reply: AsyncGenerator[str], cutter: Cutter) -> AsyncGenerator[str]:
    """A reply up to where its client wants it to end."""
    async with aclosing(reply) as pieces:
        async for piece in pieces:
            if out := cutter.feed(piece):
                yield out
            if cutter.is_over:
                return
    if rest := cutter.finish():
        yield rest


async def _body(request: Request) -> bytes | None:
    """All of it; None where it is too large."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _parsed(body: bytes | None) -> Asked:
    if body is None:
        raise BadRequest(f"a request holds at most {MAX_BODY // 1000} kB here: leave old messages out", "")
    try:
        document: object = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("the body must be a JSON object", "") from None
    return read(document)


async def _gone(receive: Receive) -> None:
    """Waits until the client has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _move(moved: asyncio.Event, chat: Chat) -> None:
    """Ends a reply where its conversation goes on in another request."""
    await moved.wait()
    await chat.hang_up(0)


def _key(conversation: str) -> str:
    return f"chat:{conversation}"


def _shared(request: Request) -> dict[str, str]:
    origin = request.headers.get("origin")
    return {"access-control-allow-origin": origin, "vary": "origin"} if origin else {}


async def _write(send: Send, document: Mapping[str, Any]) -> None:
    """Raises `TimeoutError`: the client takes nothing."""
    async with asyncio.timeout(SEND_S):
        await send({"type": "http.response.body", "body": event(document), "more_body": True})
