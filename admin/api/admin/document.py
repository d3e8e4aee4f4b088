"""The OpenAPI document of the admin API: keys, headers and problems that every operation shares."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from gemelo.admin.shapes.problem import Problem

_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
_REFUSALS = {
    "400": "A cursor, a header or the request itself cannot be read",
    "401": "No API key, or one that opens nothing",
    "403": "This key sees it, but may not do that to it",
    "404": "There is no such thing, or this key may not see it",
    "409": "Something is in the way: an id that is taken, a clash, terms that have changed",
    "412": "It was changed meanwhile: read it again",
    "413": "The request is too large",
    "422": "A field is wrong",
    "428": "If-Match is missing",
    "429": "More requests than this key's holder may send in a minute: Retry-After says when to go on",
    "503": "Something behind the API does not answer: try again later",
}
_OF_READING = ("400", "401", "404", "422", "429", "503")
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A request is done once under a key; sent again, it is answered as the first time.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[\\x21-\\x7e]{1,128}$"},
    "example": "5f0c9a52-6a0b-4b8e-9a52-3c1f0a6de5c9",
}
_DESCRIPTION = (
    "How talent managers and brands get their hands on the rules. Send a key as `Authorization: Bearer KEY`. "
    "What a key may not see does not exist for it. Every refusal is `application/problem+json`."
)


def document(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1, made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title="Gemelo admin API",
            version=app.version,
            description=_DESCRIPTION,
            routes=app.routes,
            servers=[{"url": "/admin/v1"}],
        )
        schemas = made["components"]["schemas"]
        schemas.pop("HTTPValidationError", None)
        schemas.pop("ValidationError", None)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"), Problem=problem)
        for path in made["paths"].values():
            for method, operation in path.items():
                _complete(method, operation)
        app.openapi_schema = made
    return app.openapi_schema


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Adds what every operation of a method has: its refusals, and a POST's key."""
    parameters: list[dict[str, Any]] = operation.setdefault("parameters", [])
    for parameter in parameters:
        if parameter["name"] == "if-match":
            parameter["name"], parameter["required"] = "If-Match", True
            parameter["schema"] = {"type": "string", "pattern": '^"[0-9]{1,18}"$', "examples": ['"3"']}
    if method == "post":
        parameters.append(_IDEMPOTENCY_KEY)
    responses: dict[str, Any] = operation["responses"]
    wanted = _OF_READING if method == "get" else tuple(_REFUSALS)
    for status in wanted:
        responses[status] = {
            "description": _REFUSALS[status],
            "content": {"application/problem+json": _PROBLEM},
        }
    responses["default"] = {
        "description": "Any other refusal",
        "content": {"application/problem+json": _PROBLEM},
    }
