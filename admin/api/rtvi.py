"""`/start` and `/rtvi`: a session for pipecat's own clients, begun as they begin one."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from gemelo.admin.api.app import SessionRequest, close_code, refusal, shared
from gemelo.admin.api.callers import Callers
from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.seating import Seating
from gemelo.admin.services.reception import Reception
from gemelo.admin.services.session_layer import requested_layer
from gemelo.models.errors import GemeloError
from gemelo.pipelines.rtvi_client import PipecatClient
from gemelo.pipelines.talk import Talk


@dataclass(frozen=True, slots=True)
class Rtvi:
    """The routes, over one process's seating."""

    reception: Reception
    seating: Seating
    meters: PrometheusMeters
    callers: Callers

    def add(self, app: FastAPI) -> None:
        app.post("/start")(self.start)
        app.options("/start")(self.preflight)
        app.websocket("/rtvi")(self.talk)

    async def start(self, request: Request, body: SessionRequest) -> Response:
        """Where to connect, and the pass for it: these two and nothing else, or the client refuses them."""
        origin = request.headers.get("origin")
        try:
            layer = requested_layer(body.layer) if body.layer else None
            caller = await self.callers.of(request)
            given = await self.reception.admit(
                body.deployment, caller, body.language, body.resume, layer, body.fan
            )
        except GemeloError as error:
            self.meters.refused.labels(error.code).inc()
            return refusal(error, origin, info=str(error))
        scheme = "wss" if request.url.scheme == "https" else "ws"
        where = {"wsUrl": f"{scheme}://{request.url.netloc}/rtvi", "token": given.token}
        return JSONResponse(where, headers=shared(origin))

    async def preflight(self, request: Request) -> Response:
        """Lets any page ask; which page is answered is decided by `start`."""
        asked = request.headers.get("access-control-request-headers", "authorization, content-type")
        allow = {"access-control-allow-methods": "POST", "access-control-allow-headers": asked}
        return Response(status_code=204, headers={**shared(request.headers.get("origin")), **allow})

    async def talk(self, socket: WebSocket) -> None:
        """Serves one session on one socket."""
        await socket.accept()
        client = PipecatClient(time.time)
        try:
            async with self.seating.seated(
                socket.query_params.get("token", ""),
                lambda seat: Talk(socket, seat.fan, seat.stage, self.meters, seat.resume, client),
            ) as (talk, seat):
                code = await talk.serve(seat.slot.moved)
            if code:
                await talk.hang_up(code)
        except GemeloError as error:
            self.meters.refused.labels(error.code).inc()
            with contextlib.suppress(WebSocketDisconnect):
                await socket.send_bytes(client.refused(error, fatal=True))
                await socket.close(close_code(error))
