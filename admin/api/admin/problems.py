"""Every refusal of the admin API as problem+json (RFC 9457).

A problem carries a stable code and a sentence that says what to do; it never sends back what was sent.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route

from gemelo.admin.shapes.problem import PROBLEM_TYPE, Invalid, Problem
from gemelo.models.errors import (
    Busy,
    Clashes,
    Draining,
    GemeloError,
    NotAllowed,
    NotReady,
    ServiceError,
    Stale,
    Taken,
    TokenRefused,
    TooOften,
    Unknown,
    UnknownDeployment,
    UnknownTwin,
    UsageError,
)

log = logging.getLogger(__name__)


class BadCursor(UsageError):
    code = "bad_cursor"


class BadHeader(UsageError):
    code = "bad_header"


class RevisionMissing(UsageError):
    code = "revision_missing"


class TooLarge(UsageError):
    code = "too_large"


class KeyReused(UsageError):
    code = "idempotency_key_reused"


class Unfinished(UsageError):
    code = "request_unfinished"


_STATUS: dict[type[GemeloError], int] = {
    Unknown: 404,
    UnknownDeployment: 404,
    UnknownTwin: 404,
    TokenRefused: 401,
    NotAllowed: 403,
    Taken: 409,
    Clashes: 409,
    NotReady: 409,
    Stale: 409,
    BadCursor: 400,
    BadHeader: 400,
    RevisionMissing: 428,
    TooLarge: 413,
    KeyReused: 422,
    Unfinished: 409,
    TooOften: 429,
    Busy: 503,
    Draining: 503,
    ServiceError: 503,
    UsageError: 422,
    GemeloError: 500,
}
_OF_HTTP = {404: "no_such_path", 405: "method_not_allowed"}
_SENTENCES = {
    404: "there is nothing at this address: the OpenAPI document lists what there is",
    405: "this address does not take that method: the OpenAPI document lists what it takes",
}


def refusal(request: Request, error: GemeloError) -> Response:
    """An error of Gemelo as a problem."""
    status = next(code for kind, code in _STATUS.items() if isinstance(error, kind))
    if isinstance(error, Stale) and "if-match" in request.headers:
        status = 412
    headers: dict[str, str] = {}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    if isinstance(error, Busy):
        headers["retry-after"] = str(math.ceil(error.retry_s))
    if status >= 500:
        log.error("%s %s: %s: %s", request.method, request.scope["path"], error.code, error)
    return problem(status, error.code, str(error), headers=headers)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    invalid: tuple[Invalid, ...] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer itself."""
    body = Problem(
        type=PROBLEM_TYPE + code,
        title=code.replace("_", " ").capitalize(),
        status=status,
        code=code,
        detail=detail,
        invalid=invalid,
    )
    return JSONResponse(body.model_dump(mode="json"), status, headers, "application/problem+json")


def add_handlers(app: FastAPI, operations: Iterable[BaseRoute] = ()) -> None:
    """Makes every error of an application a problem.

    Args:
        operations: all that it has, for it to say which methods an address takes.
    """
    app.state.operations = tuple(operations)
    app.add_exception_handler(GemeloError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_body)
    app.add_exception_handler(HTTPException, _refuse_path)
    app.add_exception_handler(Exception, _fail)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, GemeloError)
    return refusal(request, error)


async def _refuse_body(request: Request, error: Exception) -> Response:
    """Says which fields are wrong and how, not what stood in them."""
    assert isinstance(error, RequestValidationError)
    faults = tuple(_fault(found["type"], found["loc"]) for found in error.errors())
    fields = ", ".join(dict.fromkeys(fault.field for fault in faults))
    return problem(422, "invalid", f"this request is not as its operation wants it: {fields}", invalid=faults)


def _fault(kind: str, where: tuple[str | int, ...]) -> Invalid:
    """One wrong field. The name of a field too many is something that was sent: it is left out."""
    known = where[:-1] if kind == "extra_forbidden" else where
    return Invalid(field=".".join(map(str, known))[:200], problem=kind)


async def _refuse_path(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    code = _OF_HTTP.get(status, "bad_request")
    detail = _SENTENCES.get(status, "this request cannot be read")
    headers = dict(error.headers or {})
    if status == 405:
        headers["allow"] = ", ".join(sorted(_methods(request)))
    return problem(status, code, detail, headers=headers)


def _methods(request: Request) -> set[str]:
    """All that an address takes; each of its operations knows only its own."""
    operations: tuple[BaseRoute, ...] = request.app.state.operations
    return {
        method
        for one in operations
        if isinstance(one, Route) and one.matches(request.scope)[0] is not Match.NONE
        for method in one.methods or ()
    }


async def _fail(request: Request, error: Exception) -> Response:
    """A fault of our own; the server's log has it, the answer says nothing of it."""
    return problem(500, "internal", "the server has failed at this: its log says at what")
