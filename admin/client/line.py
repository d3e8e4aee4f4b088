"""Sending requests to the admin API and reading its answers."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from gemelo.admin.shapes.base import Listed
from gemelo.admin.shapes.problem import Problem

S = TypeVar("S", bound=BaseModel)
_TIMEOUT_S = 30.0


class Refused(Exception):
    """The server did not do it. `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.code}: {problem.detail}")
        self.problem = problem


class Revised(Protocol):
    """Something that was read, at a revision."""

    @property
    def revision(self) -> int: ...


class Line:
    """One key's way to the API of one server. `http` is closed with it.

    Every method raises `Refused`, or `httpx.TransportError` where nobody answers.
    """

    def __init__(self, url: str, key: str, http: httpx.AsyncClient | None = None) -> None:
        self._http = http or httpx.AsyncClient(timeout=_TIMEOUT_S)
        self._url = url.rstrip("/") + "/admin/v1"
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}

    async def close(self) -> None:
        await self._http.aclose()

    async def see(self, shape: type[S], *path: str, **query: str | int) -> S:
        return shape.model_validate_json(await self._send("GET", path, query=query))

    async def page(self, shape: type[S], *path: str, **query: str | int) -> Listed[S]:
        """One page of a list."""
        return Listed[shape].model_validate_json(await self._send("GET", path, query=query))

    async def each(self, shape: type[S], *path: str, **query: str | int) -> AsyncIterator[S]:
        """All of a list, asked for page by page."""
        cursor: str | None = ""
        while cursor is not None:
            page = await self.page(shape, *path, **query, cursor=cursor)
            for item in page.items:
                yield item
            cursor = page.next

    async def do(
        self, shape: type[S], body: BaseModel, *path: str, seen: Revised | None = None, once: str = ""
    ) -> S:
        """A POST, done once under the key `once`; one is made up where none is given."""
        headers = {"idempotency-key": once or str(uuid.uuid4()), **_if_match(seen)}
        return shape.model_validate_json(await self._send("POST", path, body, headers))

    async def put(self, shape: type[S], body: BaseModel, *path: str, seen: Revised) -> S:
        """A change of what was seen."""
        return shape.model_validate_json(await self._send("PUT", path, body, _if_match(seen)))

    async def delete(self, *path: str, reason: str) -> None:
        await self._send("DELETE", path, query={"reason": reason})

    async def _send(
        self,
        method: str,
        path: tuple[str, ...],
        body: BaseModel | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
    ) -> bytes:
        answer = await self._http.request(
            method,
            "/".join((self._url, *(quote(part, safe="") for part in path))),
            params=query,
            content=body.model_dump_json(exclude_none=True) if body else None,
            headers={**self._headers, **(headers or {})},
        )
        if answer.is_success:
            return answer.content
        raise Refused(_problem(answer))


def _if_match(seen: Revised | None) -> dict[str, str]:
    return {"if-match": f'"{seen.revision}"'} if seen else {}


def _problem(answer: httpx.Response) -> Problem:
    try:
        return Problem.model_validate_json(answer.content)
    except ValidationError:  # something between us and the server has answered
        return Problem(
            type="about:blank",
            title=answer.reason_phrase,
            status=answer.status_code,
            code="unreadable",
            detail="what answered is no Gemelo",
        )
