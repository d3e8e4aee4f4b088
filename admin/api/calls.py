"""`/v1/realtime`: opens a socket of OpenAI's Realtime protocol onto a deployment."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.websockets import WebSocket, WebSocketDisconnect

from gemelo.admin.api.callers import Callers
from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.seating import Seating
from gemelo.admin.services.reception import Reception
from gemelo.models.errors import GemeloError
from gemelo.pipelines.openai_realtime import Ledger
from gemelo.pipelines.realtime import Realtime

_PROTOCOL = "realtime"
_REFUSED = 4000
"""Close code of a socket that is let in nowhere; the error before it says why."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The route, over one process's seating. The deployment is named as the `model` of the address."""

    reception: Reception
    seating: Seating
    meters: PrometheusMeters
    callers: Callers

    def add(self, app: FastAPI) -> None:
        app.websocket("/v1/realtime")(self.call)

    async def call(self, socket: WebSocket) -> None:
        """Serves one session on one socket."""
        await socket.accept(_PROTOCOL if _PROTOCOL in socket.scope.get("subprotocols", ()) else None)
        try:
            caller = await self.callers.of(socket)
            given = self.reception.admit(socket.query_params.get("model", ""), caller, None, None)
            async with self.seating.seated(
                given, lambda seat: Realtime(socket, seat.fan, seat.stage, self.meters)
            ) as (call, seat):
                code = await call.serve(seat.slot.moved)
            if code:
                await call.hang_up(code)
        except GemeloError as error:
            self.meters.refused.labels(error.code).inc()
            with contextlib.suppress(WebSocketDisconnect):
                await socket.send_text(Ledger().refusal(error))
                await socket.close(_REFUSED)
