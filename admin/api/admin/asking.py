"""What an operation gets of a request beside its own fields: who asks, which page, on what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Query, Request

from gemelo.admin.api.admin.cursors import MAX_CURSOR, Cursors
from gemelo.admin.api.admin.locking import seen
from gemelo.admin.services.desk import Page
from gemelo.admin.services.office import Office
from gemelo.admin.shapes.base import Listed
from gemelo.context.tenancy.people import Principal

T = TypeVar("T")
S = TypeVar("S")
MAX_PAGE = 200


def _who(request: Request) -> Principal:
    return request.state.who


def _office(request: Request) -> Office:
    return request.app.state.office


def _revision(
    if_match: Annotated[
        str | None,
        Header(description='The ETag of what you read, e.g. `"3"`.', examples=['"3"']),
    ] = None,
) -> int:
    return seen(if_match)


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is asked for: at most `limit` items from `after` on."""

    after: str
    limit: int
    of: str
    cursors: Cursors

    def listed(self, page: Page[T], shape: Callable[[T], S]) -> Listed[S]:
        """The page as it is answered."""
        return Listed(items=tuple(map(shape, page.items)), next=self.cursors.make(self.of, page.after))


def _window(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Items of one page.")] = 50,
    cursor: Annotated[
        str, Query(max_length=MAX_CURSOR, description="`next` of the page before; nothing else is one.")
    ] = "",
) -> Window:
    filters = sorted(
        (name, value) for name, value in request.query_params.items() if name not in ("cursor", "limit")
    )
    of = f"{request.scope['path']} {filters}"
    cursors: Cursors = request.app.state.cursors
    return Window(cursors.read(of, cursor), limit, of, cursors)


Who = Annotated[Principal, Depends(_who)]
Rooms = Annotated[Office, Depends(_office)]
Seen = Annotated[int, Depends(_revision)]
Paging = Annotated[Window, Depends(_window)]
