"""The thin admin API: who asks, what they ask of `admin.services`, and the answer. No logic lives here."""

from __future__ import annotations

from fastapi import FastAPI

from gemelo.admin.api.admin import catalogue, people
from gemelo.admin.api.admin.cursors import Cursors
from gemelo.admin.api.admin.document import document
from gemelo.admin.api.admin.gate import Gate
from gemelo.admin.api.admin.problems import add_handlers
from gemelo.admin.services.office import Office
from gemelo.admin.services.people import known
from gemelo.context.requests import Requests
from gemelo.context.tenancy.people import Principal

PATH = "/admin/v1"
_ROUTERS = (catalogue.router, people.router)


def admin_app(office: Office, requests: Requests, secret: str) -> FastAPI:
    """The ASGI application, to be mounted at `PATH`.

    Args:
        requests: remembers what was asked under an Idempotency-Key.
        secret: signs cursors.
    """
    app = FastAPI(docs_url=None, redoc_url=None, root_path_in_servers=False, redirect_slashes=False)
    app.state.office = office
    app.state.cursors = Cursors(secret)
    for router in _ROUTERS:
        app.include_router(router)
    add_handlers(app)

    async def holder(key: str) -> Principal:
        return await known(office.desk, key)

    app.add_middleware(Gate, known=holder, requests=requests)
    app.openapi = lambda: document(app)
    return app
