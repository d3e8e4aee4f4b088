"""A fake Tavus that trains faces of films: `/v2/replicas`.

There is no SDK with models of these messages: what it is asked and what it answers is as the vendor's pages
have it (docs.tavus.io/api-reference/phoenix-replica-model), no field more. `ASSUMED` is on none of them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, HttpUrl

from tests.models.adapters.vendor_server import KEY, RETRY_AFTER_S, Fault

ASSUMED = (
    "Tavus answers 400 to a film that it trains no face of, where it can tell at once",
    "Tavus answers 429 with retry-after in seconds where it is asked too often",
    "Tavus answers 404 where there is no such replica, and 204 where one was deleted",
    "Tavus ends a conversation at POST /v2/conversations/ID/end, and answers 404 where there is none",
    "Tavus lists a replica under its name as soon as it is begun, a page of as many as were asked for",
)


class CreateReplica(BaseModel):
    """What a request may say, of all that the page of it names."""

    model_config = ConfigDict(extra="forbid")

    train_video_url: HttpUrl
    consent_video_url: HttpUrl
    replica_name: str = ""
    callback_url: str = ""
    model_name: str = ""


class Properties(BaseModel):
    """Where a conversation is to take place, as LiveKit's plugin for Tavus (1.8.9) says it."""

    model_config = ConfigDict(extra="forbid")

    livekit_ws_url: str
    livekit_room_token: str


class CreateConversation(BaseModel):
    """A request as that plugin sends it."""

    model_config = ConfigDict(extra="forbid")

    pal_id: str
    face_id: str
    properties: Properties
    conversation_name: str = ""


class Replica(BaseModel):
    """What is answered of one, by the page of `GET /v2/replicas/{replica_id}`."""

    model_config = ConfigDict(extra="forbid")

    replica_id: str
    replica_name: str
    thumbnail_video_url: str = ""
    training_progress: str
    status: str
    created_at: str = "2026-11-20T12:00:00.000Z"
    updated_at: str = "2026-11-20T12:00:00.000Z"
    error_message: str | None = None


@dataclass
class TavusServer:
    """One vendor on a free port of the loopback interface.

    Attributes:
        faults: of the requests to come, in turn; None is served well.
        replicas: that it has begun, by id.
        asked: methods and paths, in order.
        deleted: what was said with each deletion.
        conversations: that it has begun: `active`, or `ended`.
        joins: has an avatar join a room, by its address and a token.
    """

    faults: list[Fault | None] = field(default_factory=list[Fault | None])
    replicas: dict[str, Replica] = field(default_factory=dict[str, Replica])
    asked: list[str] = field(default_factory=list[str])
    deleted: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    conversations: dict[str, str] = field(default_factory=dict[str, str])
    joins: Callable[[str, str], object] = lambda _url, _token: None
    url: str = ""
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        app = web.Application(middlewares=[self._meet])
        app.router.add_post("/v2/replicas", self._create)
        app.router.add_get("/v2/replicas", self._list)
        app.router.add_get("/v2/replicas/{id}", self._see)
        app.router.add_delete("/v2/replicas/{id}", self._delete)
        app.router.add_post("/v2/conversations", self._converse)
        app.router.add_post("/v2/conversations/{id}/end", self._end)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/v2"
        try:
            yield
        finally:
            await runner.cleanup()

    def become(self, status: str, progress: str = "100/100") -> None:
        """What all trainings have come to."""
        for id, replica in self.replicas.items():
            self.replicas[id] = replica.model_copy(update={"status": status, "training_progress": progress})

    @web.middleware
    async def _meet(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.UNAUTHORISED or request.headers.get("x-api-key") != KEY:
            return web.json_response({"message": "Invalid access token"}, status=401)
        if fault is Fault.BUSY:
            return web.json_response({}, status=429, headers={"Retry-After": str(RETRY_AFTER_S)})
        if fault is Fault.DROP:
            return _torn(request)
        served: web.StreamResponse = await handler(request)
        if fault is Fault.MALFORMED:
            return web.Response(text='{"replica_id": "r78', content_type="application/json")
        if fault is Fault.FULL:
            return web.json_response({}, status=503)
        if fault is Fault.GOING_AWAY:
            return _torn(request)
        if fault is Fault.HALF_OPEN:
            await asyncio.Event().wait()
        return served

    async def _create(self, request: web.Request) -> web.StreamResponse:
        asked = CreateReplica.model_validate(json.loads(await request.text()))
        if not (asked.train_video_url.path or "").endswith(".mp4"):
            return web.json_response({"error": "no film"}, status=400)
        id = f"r{next(self._numbers):010x}"
        self.replicas[id] = Replica(
            replica_id=id, replica_name=asked.replica_name, status="started", training_progress="0/100"
        )
        return web.json_response({"replica_id": id, "status": "started"})

    async def _converse(self, request: web.Request) -> web.StreamResponse:
        asked = CreateConversation.model_validate(json.loads(await request.text()))
        id = f"c{len(self.conversations) + 1}"
        self.conversations[id] = "active"
        self.joins(asked.properties.livekit_ws_url, asked.properties.livekit_room_token)
        return web.json_response({"conversation_id": id, "status": "active"})

    async def _end(self, request: web.Request) -> web.StreamResponse:
        there = request.match_info["id"] in self.conversations
        if there:
            self.conversations[request.match_info["id"]] = "ended"
        return web.Response(status=200 if there else 404)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        limit, page = int(request.query["limit"]), int(request.query["page"])
        found = list(self.replicas.values())[limit * (page - 1) : limit * page]
        listed = {"data": [one.model_dump() for one in found], "total_count": len(self.replicas)}
        return web.json_response(listed)

    async def _see(self, request: web.Request) -> web.StreamResponse:
        replica = self.replicas.get(request.match_info["id"])
        return web.json_response(replica.model_dump() if replica else {}, status=200 if replica else 404)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        gone = self.replicas.pop(request.match_info["id"], None)
        self.deleted.append(dict(request.query))
        return web.Response(status=204 if gone else 404)


def _torn(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()  # pyright: ignore[reportAttributeAccessIssue]
    return web.Response()
