"""`/v1/me`: a fan sees and erases what is kept of them at one deployment.

The token in `Authorization: Bearer` says whose: the one that `remember` gave this fan's browser, or the
`resume` of a session. A page gets an answer only where its deployment lets it in, or where it is ours.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from gemelo.admin.services.fans import FanFiles, account_json
from gemelo.admin.services.reception import Reception
from gemelo.context.memory.account import Whose
from gemelo.models.errors import OriginRefused, TokenRefused

_MAX_TOKEN = 10_000
_PREFLIGHT = {
    "access-control-allow-methods": "GET, DELETE",
    "access-control-allow-headers": "authorization",
    "access-control-max-age": "600",
}


class Me:
    """The routes of `/v1/me`."""

    def __init__(self, reception: Reception, files: FanFiles) -> None:
        self._reception = reception
        self._files = files

    def add(self, app: FastAPI) -> None:
        app.get("/v1/me")(self.see)
        app.delete("/v1/me")(self.erase)
        app.options("/v1/me", include_in_schema=False)(self.preflight)
        app.get("/v1/me/page", include_in_schema=False)(self.page)

    async def see(self, request: Request) -> Response:
        """Everything that is kept of this fan at one deployment."""
        whose, headers = await self._whose(request)
        return JSONResponse(account_json(await self._files.account(whose)), headers=headers)

    async def erase(self, request: Request) -> Response:
        """Erases it all; a conversation that goes on ends with close code 4410."""
        whose, headers = await self._whose(request)
        erased = await self._files.erase(whose)
        body = {
            "sessions": len(erased.sessions),
            "turns": erased.turns,
            "facts": erased.facts,
            "leads": erased.leads,
        }
        return JSONResponse(body, headers=headers)

    async def preflight(self, request: Request) -> Response:
        """Lets any page ask; which page is answered is decided when it does."""
        return Response(status_code=204, headers={**_shared(request.headers.get("origin")), **_PREFLIGHT})

    async def page(self) -> Response:
        """A plain page that does both; the token stands behind its `#`, which no server is sent."""
        return FileResponse(Path(str(files("gemelo.widget"))) / "pages" / "me.html")

    async def _whose(self, request: Request) -> tuple[Whose, dict[str, str]]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(token) <= _MAX_TOKEN:
            raise TokenRefused("send the token of this fan's browser as 'Authorization: Bearer TOKEN'")
        whose = self._reception.whose(token.strip())
        origin = request.headers.get("origin")
        ours = origin is None or origin.partition("://")[2] == request.headers.get("host")
        if not ours and not await self._reception.lets_in(whose.deployment, origin or ""):
            raise OriginRefused("this page may not see what is kept at this deployment")
        return whose, {**_shared(origin), "cache-control": "no-store"}


def _shared(origin: str | None) -> dict[str, str]:
    return {"access-control-allow-origin": origin, "vary": "origin"} if origin else {}
