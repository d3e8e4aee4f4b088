"""What an operation gets of a request beside its own fields: who asks for what, which page, what was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Query, Request, Response

from gemelo.admin.api.admin.cursors import MAX_CURSOR, Cursors
from gemelo.admin.api.admin.locking import seen, tag
from gemelo.admin.services import catalogue
from gemelo.admin.services.checking import MAX_PAGE
from gemelo.admin.services.desk import Desk, Kept, Page
from gemelo.admin.services.office import Office
from gemelo.admin.shapes.base import Listed
from gemelo.context.tenancy.people import Principal

T = TypeVar("T")
S = TypeVar("S")


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


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody at the office's counter, and the answer that they get. Shapes are given as their `of`."""

    office: Office
    who: Principal
    response: Response

    @property
    def desk(self) -> Desk:
        return self.office.desk

    async def page(
        self, kind: type[T], shape: Callable[[Kept[T]], S], window: Window, **where: str | None
    ) -> Listed[S]:
        """Those of a kind that one may see and whose fields equal what is asked for, by id."""
        given = {name: value for name, value in where.items() if value}
        found = await catalogue.page(self.desk, self.who, kind, window.after, window.limit, **given)
        return window.listed(found, shape)

    async def see(self, kind: type[T], id: str, shape: Callable[[Kept[T]], S]) -> S:
        """One of a kind, at the revision that it is at."""
        return self.kept(await catalogue.see(self.desk, self.who, kind, id), shape)

    def made(self, noun: T, shape: Callable[[Kept[T]], S]) -> S:
        """What was just made."""
        return self.kept(Kept(noun, 1), shape)

    def kept(self, kept: Kept[T], shape: Callable[[Kept[T]], S]) -> S:
        """What is kept, with its revision for an ETag."""
        self.tag(kept.revision)
        return shape(kept)

    def tag(self, revision: int) -> None:
        """Says at which revision the answer is."""
        tag(self.response, revision)

    def keep_nowhere(self) -> None:
        """Has nobody keep the answer, this server included: it holds a secret, or what fans said."""
        self.response.headers["cache-control"] = "no-store"


def _asking(request: Request, response: Response) -> Asking:
    return Asking(request.app.state.office, request.state.who, response)


Ask = Annotated[Asking, Depends(_asking)]
Seen = Annotated[int, Depends(_revision)]
Paging = Annotated[Window, Depends(_window)]
