"""What people and tenants are called, for who has met their ids in what they may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from gemelo.admin.services.desk import Books, Desk
from gemelo.context.tenancy.people import THE_HOUSE, Principal
from gemelo.context.twins import Brand, Talent
from gemelo.models.errors import Unknown

N = TypeVar("N", Principal, Talent, Brand)


async def names(desk: Desk, kind: type[N], ids: Iterable[str]) -> Mapping[str, str]:
    """The name behind each id; an id that is nobody's any more stands for itself.

    A brand sees no talent and nobody but themselves sees a principal, but whose campaign it is and who has
    signed it is in the campaign that they see.

    Raises:
        StoreError.
    """

    async def work(books: Books) -> dict[str, str]:
        found: dict[str, str] = {}
        for id in dict.fromkeys(ids):
            try:
                found[id] = (await books.get(kind, id)).noun.name if id else THE_HOUSE.name
            except Unknown:
                found[id] = id
        return found

    return await desk.read(THE_HOUSE, work)
