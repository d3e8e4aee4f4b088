"""A fake Cartesia that makes voices of recordings: `/voices/clone`, `/voices`, `/voices/{id}`.

What it is asked goes by the SDK's own parameters and what it answers by its models, with extras forbidden.
`ASSUMED` says what neither a model nor a page of the vendor's confirms.
"""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from typing import Any, get_type_hints

from aiohttp import BodyPartReader, web
from cartesia.types.voice import Voice
from cartesia.types.voice_clone_params import VoiceCloneParams
from cartesia.types.voice_list_params import VoiceListParams
from cartesia.types.voice_metadata import VoiceMetadata

from tests.models.adapters.vendor_server import KEY, RETRY_AFTER_S, Fault, validated

ASSUMED = (
    "Cartesia answers 204 where a voice was deleted, and 404 where there is none",
    "Cartesia answers 400 to a clip that it makes no voice of",
    "Cartesia answers 429 with retry-after in seconds where it is asked too often",
    "Cartesia finds a voice of one's own by its whole name as soon as it is made",
)
_OURS = {"access": "private", "created_at": "2026-11-20T12:00:00Z", "tagline": "", "visibility": "owner"}


@dataclass
class CartesiaVoicesServer:
    """One vendor on a free port of the loopback interface.

    Attributes:
        faults: of the requests to come, in turn; None is served well.
        voices: that it has made, by id.
        clips: what they were made of.
        asked: methods and paths, in order.
    """

    faults: list[Fault | None] = field(default_factory=list[Fault | None])
    voices: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    clips: list[bytes] = field(default_factory=list[bytes])
    asked: list[str] = field(default_factory=list[str])
    made: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[None]:
        app = web.Application(client_max_size=10_000_000, middlewares=[self._meet])
        app.router.add_post("/voices/clone", self._clone)
        app.router.add_get("/voices", self._list)
        app.router.add_delete("/voices/{id}", self._delete)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        self.url = f"ws://{host}:{port}"
        try:
            yield
        finally:
            await runner.cleanup()

    @web.middleware
    async def _meet(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        assert request.headers["Cartesia-Version"], "the SDK says which version of the API it speaks"
        fault = self.faults.pop(0) if self.faults else None
        if fault is Fault.UNAUTHORISED or request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"message": "no"}, status=401)
        if fault is Fault.BUSY:
            return web.json_response({}, status=429, headers={"Retry-After": str(RETRY_AFTER_S)})
        if fault is Fault.DROP:
            await request.content.readany()
            return _torn(request)
        served: web.StreamResponse = await handler(request)
        if fault is Fault.MALFORMED:
            return web.Response(text='{"id": "hal', content_type="application/json")
        if fault is Fault.FULL:
            return web.json_response({}, status=503)
        if fault is Fault.GOING_AWAY:
            return _torn(request)
        if fault is Fault.HALF_OPEN:
            await asyncio.Event().wait()
        return served

    async def _clone(self, request: web.Request) -> web.StreamResponse:
        given: dict[str, Any] = {}
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            assert part.name
            given[part.name] = await part.read() if part.name == "clip" else await part.text()
        assert given.keys() <= get_type_hints(VoiceCloneParams).keys()
        assert given.keys() >= {"clip", "language", "name"}
        try:
            with wave.open(BytesIO(given["clip"])) as sound:
                assert sound.getnframes()
        except (wave.Error, EOFError):
            return web.json_response({"message": "no clip"}, status=400)
        id = f"a0e99841-438c-4a64-b679-{next(self._numbers):012}"
        said = {"id": id, "name": given["name"], "language": given["language"]}
        metadata = validated(VoiceMetadata, _OURS | said | {"description": "", "user_id": "user_1"})
        self.voices[id] = validated(
            Voice, _OURS | said | {"description": "", "is_owner": True, "locales": []}
        )
        self.clips.append(given["clip"])
        self.made.set()
        return web.json_response(metadata)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        assert request.query.keys() <= get_type_hints(VoiceListParams).keys()
        assert request.query["is_owner"] == "true"
        found = [voice for voice in self.voices.values() if request.query["q"] in voice["name"]]
        after = (
            [voice["id"] for voice in found].index(request.query["starting_after"]) + 1
            if ("starting_after" in request.query)
            else 0
        )
        return web.json_response({"data": found[after : after + int(request.query["limit"])]})

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        gone = self.voices.pop(request.match_info["id"], None)
        return web.Response(status=204) if gone else web.json_response({}, status=404)


def _torn(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()  # pyright: ignore[reportAttributeAccessIssue]
    return web.Response()
