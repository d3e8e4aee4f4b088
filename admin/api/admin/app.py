"""The thin admin API: who asks, what they ask of `admin.services`, and the answer. No logic lives here."""

from __future__ import annotations

import re

from fastapi import FastAPI
from starlette.routing import Mount
from starlette.types import ASGIApp

from gemelo.admin.api.admin import (
    campaigns,
    catalogue,
    documents,
    fans,
    layers,
    likeness,
    people,
    persona,
    talk,
)
from gemelo.admin.api.admin.cursors import Cursors
from gemelo.admin.api.admin.document import document
from gemelo.admin.api.admin.gate import Gate
from gemelo.admin.api.admin.problems import add_handlers
from gemelo.admin.services.office import Office
from gemelo.admin.services.people import known
from gemelo.context.requests import Requests
from gemelo.context.tenancy.people import Principal

PATH = "/admin/v1"
_PARTS = (catalogue, documents, persona, layers, campaigns, likeness, people, talk, fans)


def mount(outer: FastAPI, path: str, inner: ASGIApp) -> None:
    """Puts an application under a path of another one, whatever is asked for there.

    Starlette's own way does not know an address with a line break in it as one of `inner`'s.
    """
    mounted = Mount(path, inner)
    mounted.path_regex = re.compile(mounted.path_regex.pattern, re.DOTALL)
    outer.router.routes.append(mounted)


def admin_app(office: Office, requests: Requests, secret: str) -> FastAPI:
    """The ASGI application, to be mounted at `PATH`.

    Args:
        requests: remembers what was asked under an Idempotency-Key.
        secret: signs cursors.
    """
    app = FastAPI(docs_url=None, redoc_url=None, root_path_in_servers=False, redirect_slashes=False)
    app.state.office = office
    app.state.cursors = Cursors(secret)
    for part in _PARTS:
        app.include_router(part.router)
    add_handlers(app, (route for part in _PARTS for route in part.router.routes))

    async def holder(key: str) -> Principal:
        return await known(office.desk, key)

    app.add_middleware(Gate, known=holder, paced=office.pace.check, requests=requests)
    app.openapi = lambda: document(app)
    return app
