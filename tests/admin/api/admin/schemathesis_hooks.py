"""What schemathesis does not know of this API."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.check
def the_schema_says_what_is_valid(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Services refuse much that a schema cannot say; but the fields of a valid request are never wrong."""
    if case.meta and case.meta.generation.mode.is_positive and response.status_code == 422:
        assert response.json()["code"] != "invalid", response.json()["invalid"]
