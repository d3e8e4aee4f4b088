"""The HTTP face: sessions, the socket, health, metrics, the widget and the demo's pages."""

from __future__ import annotations

import contextlib
import logging
import math
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field
from starlette.middleware.base import RequestResponseEndpoint

from gemelo.admin.api.me import Me
from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.seating import Seating
from gemelo.admin.services.entrance import Caller, territory
from gemelo.admin.services.reception import Pass, Reception
from gemelo.admin.services.session_layer import requested_layer
from gemelo.engine.disclosure import badges
from gemelo.models.errors import (
    BadMessage,
    Busy,
    Draining,
    GemeloError,
    OriginRefused,
    ServiceError,
    TokenRefused,
    TooOften,
    UnknownDeployment,
    UsageError,
)
from gemelo.models.seams import Ears
from gemelo.pipelines.rtvi import error_frame
from gemelo.pipelines.talk import Talk

log = logging.getLogger(__name__)

_STATUS: dict[type[GemeloError], int] = {
    UnknownDeployment: 404,
    OriginRefused: 403,
    TokenRefused: 401,
    TooOften: 429,
    Busy: 503,
    Draining: 503,
    ServiceError: 503,
    UsageError: 400,
}
_CLOSE: dict[type[GemeloError], int] = {
    TokenRefused: 4401,
    OriginRefused: 4403,
    UnknownDeployment: 4404,
    Busy: 4503,
    Draining: 1001,
}
_PAGES = {
    "/": "index.html",
    "/portal": "portal.html",
    "/campaign-a": "campaign-a.html",
    "/campaign-b": "campaign-b.html",
}
_WIDGET = Path(str(files("gemelo.widget")))
_POLICY = (
    "default-src 'self'; connect-src 'self' ws: wss:; script-src 'self'; style-src 'self'; "
    "worker-src 'self'; media-src 'self' blob:; img-src 'self' data:; frame-ancestors 'self'"
)


class SessionRequest(BaseModel):
    """Body of `POST /v1/sessions`."""

    deployment: str = Field(max_length=128)
    language: str | None = Field(default=None, max_length=16)
    resume: str | None = Field(default=None, max_length=8192)
    layer: dict[str, Any] | None = None
    fan: str | None = Field(default=None, max_length=2048)


class Api:
    """The routes of one process, over its reception. `open_to_fans` lets fans in.

    Args:
        territory_header: in which a trusted proxy says where a fan is; empty: nobody says.

    Attributes:
        app: the ASGI application.
    """

    def __init__(
        self,
        reception: Reception,
        seating: Seating,
        ears: Ears,
        meters: PrometheusMeters,
        territory_header: str = "",
    ) -> None:
        self._reception = reception
        self._seating = seating
        self._territory_header = territory_header
        self._ears = ears
        self._meters = meters
        self.app = FastAPI(title="Gemelo", docs_url=None, redoc_url=None)
        self.app.add_exception_handler(GemeloError, _refuse)
        self.app.add_exception_handler(RequestValidationError, _refuse_body)
        self.app.get("/healthz")(self.healthz)
        self.app.get("/readyz")(self.readyz)
        self.app.get("/metrics")(self.metrics)
        self.app.mount("/widget", StaticFiles(directory=_WIDGET), name="widget")
        self.app.middleware("http")(_secure)

    def open_to_fans(self) -> None:
        """Adds all that fans need; a server for managers alone does without."""
        self.app.post("/v1/sessions")(self.sessions)
        self.app.options("/v1/sessions")(self.preflight)
        self.app.websocket("/v1/talk")(self.talk)
        Me(self._reception, self._reception.files(self._seating.leave)).add(self.app)
        for path, page in _PAGES.items():
            self.app.get(path, include_in_schema=False)(_page(_WIDGET / "pages" / page))

    async def healthz(self) -> dict[str, str]:
        """The process is alive."""
        return {"status": "ok"}

    async def readyz(self) -> Response:
        """Whether new sessions are welcome here; `gone` names what cannot be reached."""
        gone = await self._reception.gone()
        room = not self._reception.draining and self._reception.held < self._reception.slots
        body = {"ready": room and not gone, "held": self._reception.held, "slots": self._reception.slots}
        return JSONResponse(body | {"gone": gone}, 200 if body["ready"] else 503)

    async def metrics(self) -> Response:
        return Response(self._meters.render(), media_type="text/plain; version=0.0.4")

    async def sessions(self, request: Request, body: SessionRequest) -> Response:
        """Gives a page the pass for one session."""
        origin = request.headers.get("origin")
        client = request.client.host if request.client else ""
        caller = Caller(origin, client, territory(request.headers.get(self._territory_header or "-", "")))
        try:
            layer = requested_layer(body.layer) if body.layer else None
            given = await self._reception.admit(
                body.deployment, caller, body.language, body.resume, layer, body.fan
            )
        except GemeloError as error:
            self._note(error)
            raise
        return JSONResponse(self._welcome(given), headers=shared(origin))

    async def preflight(self, request: Request) -> Response:
        """Lets any page ask; which page is answered is decided by `sessions`."""
        allow = {"access-control-allow-methods": "POST", "access-control-allow-headers": "content-type"}
        return Response(status_code=204, headers={**shared(request.headers.get("origin")), **allow})

    async def talk(self, socket: WebSocket) -> None:
        """Serves one session on one socket."""
        await socket.accept()
        try:
            async with self._seating.seated(
                socket.query_params.get("token", ""),
                lambda seat: Talk(socket, seat.fan, seat.stage, self._meters, seat.resume),
            ) as (talk, seat):
                code = await talk.serve(seat.slot.moved)
            if code:
                await talk.hang_up(code)
        except GemeloError as error:
            self._note(error)
            with contextlib.suppress(WebSocketDisconnect):
                await socket.send_text(error_frame(error, fatal=True))
                await socket.close(close_code(error))

    def _note(self, error: GemeloError) -> None:
        self._meters.refused.labels(error.code).inc()
        if not isinstance(error, UsageError | Busy | Draining):
            log.error("a session was refused: %s: %s", error.code, error)

    def _welcome(self, given: Pass) -> dict[str, object]:
        place = given.place
        context = place.stage.context
        sponsor = context.sponsor
        return {
            "token": given.token,
            "url": "/v1/talk",
            "expires_in": given.expires_in,
            "deployment": {
                "key": place.deployment.key,
                "twin": place.twin.name,
                "talent": place.talent.name,
                "language": given.language,
                "languages": context.languages,
                "badge": badges(context),
                "sponsor": {
                    "brand": sponsor.brand,
                    "line": {language: sponsor.line(language) for language in context.languages},
                }
                if sponsor
                else None,
                "ears": {language: self._ears.hears(language) for language in context.languages},
                "theme": dict(place.deployment.theme),
                "memory": context.memory.keep,
            },
            "fan": given.badge or None,
        }


def close_code(error: GemeloError) -> int:
    """With which a socket is closed that is not let in."""
    return _CLOSE.get(type(error), 1011)


def refusal(error: GemeloError, origin: str | None, **more: str) -> Response:
    """The answer to who is not let in; `more` stands beside the error."""
    status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
    headers = shared(origin)
    if isinstance(error, Busy):
        headers["retry-after"] = str(math.ceil(error.retry_s))
    return JSONResponse({"error": {"code": error.code, "message": str(error)}, **more}, status, headers)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, GemeloError)
    return refusal(error, request.headers.get("origin"))


async def _refuse_body(request: Request, error: Exception) -> Response:
    """Says which fields are wrong without sending back what stood in them."""
    assert isinstance(error, RequestValidationError)
    wrong = sorted({".".join(map(str, found["loc"])) for found in error.errors()})
    return await _refuse(request, BadMessage(f"this is no request for a session: look at {', '.join(wrong)}"))


async def _secure(request: Request, call_next: RequestResponseEndpoint) -> Response:
    response = await call_next(request)
    response.headers.setdefault("content-security-policy", _POLICY)
    response.headers.setdefault("x-content-type-options", "nosniff")
    response.headers.setdefault("referrer-policy", "strict-origin-when-cross-origin")
    if request.url.path.startswith("/widget"):
        response.headers["access-control-allow-origin"] = "*"  # other sites embed it
        response.headers.setdefault("cache-control", "no-cache")
    return response


def shared(origin: str | None) -> dict[str, str]:
    """Lets the page that asked read the answer."""
    if not origin:
        return {}
    expose = {"access-control-expose-headers": "retry-after"}
    return {"access-control-allow-origin": origin, "vary": "origin", **expose}


def _page(path: Path) -> Callable[[], Awaitable[FileResponse]]:
    async def page() -> FileResponse:
        return FileResponse(path)

    return page
