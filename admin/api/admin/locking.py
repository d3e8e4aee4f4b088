"""Optimistic locking: an answer's ETag is the revision, a change says in If-Match which one it saw."""

from __future__ import annotations

import re

from fastapi import Response

from gemelo.admin.api.admin.problems import BadHeader, RevisionMissing

_REVISION = re.compile(r'"([0-9]{1,18})"')


def tag(response: Response, revision: int) -> None:
    """Says at which revision the answer is."""
    response.headers["etag"] = f'"{revision}"'


def seen(if_match: str | None) -> int:
    """The revision that a change was made on.

    Raises:
        RevisionMissing: the header is not there.
        BadHeader: it is no ETag of ours.
    """
    if if_match is None:
        raise RevisionMissing("say in If-Match which revision you saw: it is the ETag of what you read")
    found = _REVISION.fullmatch(if_match.strip())
    if found is None:
        raise BadHeader('If-Match holds one ETag as it was answered, with its quotes, like "3"')
    return int(found[1])
