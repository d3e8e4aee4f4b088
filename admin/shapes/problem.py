"""What the admin API answers where it does not do what was asked (RFC 9457)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

PROBLEM_TYPE = "urn:gemelo:problem:"
"""The beginning of every problem's type; its code follows."""


class Invalid(BaseModel):
    """One field that is wrong: where it is, and the code of what is wrong with it."""

    field: str
    problem: str


class Problem(BaseModel):
    """Why a request was refused. `code` is stable; `detail` is one sentence for a person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:gemelo:problem:unknown",
                    "title": "Unknown",
                    "status": 404,
                    "code": "unknown",
                    "detail": "there is no such twin",
                    "invalid": [],
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
    invalid: tuple[Invalid, ...] = ()
