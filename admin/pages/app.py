"""The console: the admin services as pages. Rendered here, without a script; one form an act."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from gemelo.admin.pages.agreement import Agreement, Outcome
from gemelo.admin.pages.drawing import Drawing
from gemelo.admin.pages.editor import Editor, Shown, place_of, place_of_twin
from gemelo.admin.pages.home import home
from gemelo.admin.pages.rules import Trouble, history, sentence
from gemelo.admin.pages.visit import IDLE_S, SignedOut, StrangeForm, Visit, Visits, check_origin
from gemelo.admin.services.office import Office
from gemelo.models.errors import (
    Busy,
    GemeloError,
    NotAllowed,
    ServiceError,
    TokenRefused,
    TooOften,
    Unknown,
    UsageError,
)

PATH = "/console"
MAX_FORM = 1_000_000
"""Bytes of a form."""
_STATUS: dict[type[GemeloError], int] = {
    Unknown: 404,
    NotAllowed: 403,
    StrangeForm: 403,
    TooOften: 429,
    ServiceError: 503,
    UsageError: 422,
    GemeloError: 500,
}
_SIGN_IN = f"{PATH}/sign-in"
_STYLE = Path(str(files("gemelo.admin.pages"))) / "console.css"

Page = Callable[[Request, Visit], Awaitable[Response]]


class Console:
    """The pages of one process.

    Attributes:
        app: the ASGI application, to be mounted at `PATH`.
    """

    def __init__(self, office: Office, secret: str) -> None:
        self._office = office
        self._visits = Visits(office.desk, secret)
        self._drawing = Drawing()
        self.app = Starlette(
            routes=[
                Route("/console.css", self.style),
                Route("/sign-in", self.sign_in, methods=["GET", "POST"]),
                Route("/sign-out", self._visited(self.sign_out), methods=["POST"]),
                Route("/", self._visited(self.home)),
                Route("/deployments/{key}", self._visited(self.deployment), methods=["GET", "POST"]),
                Route("/campaigns/{campaign}", self._visited(self.campaign), methods=["GET", "POST"]),
                Route("/twins/{twin}", self._visited(self.twin), methods=["GET", "POST"]),
            ],
            exception_handlers={GemeloError: self._refuse, HTTPException: self._refuse_path},
        )

    async def style(self, request: Request) -> Response:
        return FileResponse(_STYLE, headers={"cache-control": "no-cache"})

    async def sign_in(self, request: Request) -> Response:
        """Asks for a key, and takes it."""
        if request.method != "POST":
            return self._draw("sign_in.html", minutes=IDLE_S // 60)
        check_origin(request)
        response = RedirectResponse(f"{PATH}/", 303)
        try:
            await self._visits.open(request, response, (await _form(request)).get("key", "").strip())
        except TokenRefused as error:
            said = Trouble(sentence(str(error)))
            return self._draw("sign_in.html", 401, minutes=IDLE_S // 60, trouble=said)
        return response

    async def sign_out(self, request: Request, visit: Visit) -> Response:
        self._visits.check(visit, (await _form(request)).get("form", ""))
        response = RedirectResponse(_SIGN_IN, 303)
        await self._visits.close(visit, response)
        return response

    async def home(self, request: Request, visit: Visit) -> Response:
        """The places of one's twins, and campaigns."""
        query = request.query_params
        shown = await home(self._office, visit.who, query.get("places", ""), query.get("campaigns", ""))
        return self._draw("home.html", visit=visit, **shown)

    async def deployment(self, request: Request, visit: Visit) -> Response:
        """The rules of one place."""
        place = await place_of(self._office, visit.who, request.path_params["key"])
        return await self._rules(request, visit, Editor(self._office, visit.who, place))

    async def twin(self, request: Request, visit: Visit) -> Response:
        """The rules of a twin, wherever it lives."""
        place = await place_of_twin(self._office, visit.who, request.path_params["twin"])
        return await self._rules(request, visit, Editor(self._office, visit.who, place))

    async def campaign(self, request: Request, visit: Visit) -> Response:
        """A campaign and its two keys."""
        agreement = Agreement(self._office, visit.who, request.path_params["campaign"])
        outcome = Outcome()
        if request.method == "POST":
            form = await _form(request)
            self._visits.check(visit, form.get("form", ""))
            outcome = await agreement.act(form)
            if outcome.done:
                return self._open_anew(request, outcome.done)
        return self._page(
            "campaign.html",
            request,
            visit,
            422 if outcome.trouble else 200,
            signed=await agreement.look(),
            outcome=outcome,
            trouble=outcome.trouble,
        )

    async def _rules(self, request: Request, visit: Visit, editor: Editor) -> Response:
        if request.method == "POST":
            form = await _form(request)
            self._visits.check(visit, form.get("form", ""))
            shown = await editor.act(form)
            if shown.done:
                return self._open_anew(request, shown.done)
        else:
            shown = Shown(await editor.sheet())
        past = await editor.past()
        return self._page(
            "rules.html",
            request,
            visit,
            409 if shown.meanwhile else 422 if shown.trouble else 200,
            place=editor.place,
            shown=shown.sheet,
            trouble=shown.trouble,
            tried=shown.tried,
            meanwhile=shown.meanwhile,
            history=history(past),
            names=await editor.authors(past),
        )

    def _open_anew(self, request: Request, done: str) -> Response:
        """The page after an act, with a word of what was done."""
        response = RedirectResponse(request.url.path, 303)
        self._visits.tell(response, done)
        return response

    def _page(self, template: str, request: Request, visit: Visit, status: int, **shown: Any) -> Response:
        """A page that acts, with the word that the last act has left."""
        note = self._visits.told(request) if request.method == "GET" else ""
        response = self._draw(template, status, visit=visit, address=request.url.path, note=note, **shown)
        self._visits.forget_word(response)
        return response

    def _visited(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """A page for who is signed in; the others are asked to."""

        async def visited(request: Request) -> Response:
            if request.method == "POST":
                check_origin(request)
            visit = await self._visits.of(request)
            await self._office.pace.check(visit.who)
            response = await page(request, visit)
            if page != self.sign_out:
                self._visits.go_on(request, response, visit)
            return response

        return visited

    async def _refuse(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, GemeloError)
        if isinstance(error, SignedOut):
            return RedirectResponse(_SIGN_IN, 303)
        status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
        trouble = Trouble(sentence(str(error)))
        response = self._draw("refused.html", status, missing=status == 404, trouble=trouble)
        if isinstance(error, Busy):
            response.headers["retry-after"] = str(math.ceil(error.retry_s))
        return response

    async def _refuse_path(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        trouble, missing = Trouble("There is no such page."), error.status_code == 404
        return self._draw("refused.html", error.status_code, missing=missing, trouble=trouble)

    def _draw(self, template: str, status: int = 200, **shown: Any) -> Response:
        return self._drawing.draw(template, status, shown)


async def _form(request: Request) -> Mapping[str, str]:
    """What a form sent.

    Raises:
        UsageError: it is too large, or is none.
    """
    sent = bytearray()
    async for chunk in request.stream():
        sent += chunk
        if len(sent) > MAX_FORM:
            raise UsageError(f"a form holds at most {MAX_FORM // 1000} kB")
    try:
        return dict(parse_qsl(sent.decode(), keep_blank_values=True, max_num_fields=50))
    except ValueError:
        raise UsageError("this form cannot be read: open the page again") from None
