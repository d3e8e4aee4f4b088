"""Every operation of the OpenAPI document, asked by every principal for what is another tenant's.

What is somebody else's answers exactly like what is not there, and no list holds it.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import pytest

from gemelo.context.store.database import Database
from tests.admin.api.admin.tenants import NOTHING, Things, furnish, things
from tests.admin.api.admin.world import World, make_world
from tests.admin.services.cast import BRUNO, MANU, MARTA, NINA, NOBODY, OTTO, ROSA, VERA
from tests.databases import ON_POSTGRES, ON_SQLITE, Address

Ask = tuple[str, str, dict[str, str], Any]
"""Method, address, query and body."""

PUBLIC = {("/campaigns", "brand")}
"""Who manages a talent may draft a campaign with any brand there is: that a brand is there is no secret."""
STRANGERS = {
    **{who.id: ("trina", "kortaza", "oto", "velmont", NINA.id) for who in (MARTA, MANU, ROSA, OTTO, BRUNO)},
    **{who.id: ("oto", "velmont", "trina", "kortaza", MARTA.id) for who in (NINA, VERA)},
    NOBODY.id: ("oto", "velmont", "trina", "kortaza", MARTA.id),
}
"""Each principal's own talent and brand, then those of somebody else and who manages them."""


@dataclass
class Operation:
    """One operation of the document, and the names that stand for somebody's things in it."""

    method: str
    path: str
    body: Any = None
    query: tuple[str, ...] = ()
    in_path: tuple[str, ...] = ()
    in_body: tuple[str, ...] = field(default_factory=tuple[str, ...])

    def asks(self, own: Mapping[str, str], other: Mapping[str, str]) -> Iterator[Ask]:
        """Requests with one name after the other set to somebody else's thing, the rest one's own; at last
        all of them."""
        named = (*self.in_path, *self.in_body, *self.query)
        names = [name for name in named if name in other and (self.path, name) not in PUBLIC]
        for chosen in [*([name] for name in names), names]:
            ids = {**own, **{name: other[name] for name in chosen}}
            query = {name: ids[name] for name in self.query if name in chosen}
            yield self.method, self.path.format_map(ids), query, _filled(self.body, ids)


def _filled(body: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(body, dict):
        items = cast("dict[str, Any]", body).items()
        return {name: ids[name] if _refers(name, value) else _filled(value, ids) for name, value in items}
    return [_filled(item, ids) for item in cast("list[Any]", body)] if isinstance(body, list) else body


def _refers(name: str, value: Any) -> bool:
    """Whether a field of a body names something that is there; `key` is what a new deployment will have."""
    return name in NOTHING and name != "key" and isinstance(value, str)


def _names(body: Any) -> Iterator[str]:
    if isinstance(body, dict):
        for name, value in cast("dict[str, Any]", body).items():
            yield from [name] if _refers(name, value) else _names(value)
    elif isinstance(body, list):
        for item in cast("list[Any]", body):
            yield from _names(item)


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    """All of a document, each with the example of its body."""
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            body = None
            if "requestBody" in one:
                shape = one["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
                body = copy.deepcopy(document["components"]["schemas"][shape]["examples"][0])
            parameters = one["parameters"]
            yield Operation(
                method,
                path,
                body,
                tuple(p["name"] for p in parameters if p["in"] == "query" and p["name"] in NOTHING),
                tuple(p["name"] for p in parameters if p["in"] == "path"),
                tuple(dict.fromkeys(_names(body))),
            )


@dataclass
class Neighbours:
    world: World
    document: dict[str, Any]

    async def leaks(self, who: str) -> list[str]:
        """What a principal learns of somebody else's things."""
        talent, brand, their_talent, their_brand, their_manager = STRANGERS[who]
        own = things(self.world, talent, brand, who)
        theirs = things(self.world, their_talent, their_brand, their_manager)
        found: list[str] = []
        async with self.world.http(who) as http:
            for one in operations(self.document):
                found += await self._compare(http, one, own, theirs)
        return found

    async def _compare(
        self, http: httpx.AsyncClient, one: Operation, own: Things, theirs: Things
    ) -> list[str]:
        found: list[str] = []
        asks = zip(one.asks(own.ids, theirs.ids), one.asks(own.ids, NOTHING), strict=True)
        for ask, nowhere in asks:
            answers = [await _send(http, request) for request in (ask, nowhere)]
            told = [
                _told(answer, things) for answer, things in zip(answers, (theirs.ids, NOTHING), strict=True)
            ]
            if told[0] != told[1]:
                found.append(f"{one.method} {one.path} {ask[1:]}: {told[0]} where nothing is: {told[1]}")
            if any(mark in answers[0].text for mark in theirs.marks) and answers[0].is_success:
                found.append(f"{one.method} {one.path} shows {answers[0].text[:300]}")
        return found


async def _send(http: httpx.AsyncClient, ask: Ask) -> httpx.Response:
    method, path, query, body = ask
    headers = {"if-match": '"1"'} if method == "put" else {}
    why = {"reason": "as agreed"} if method == "delete" else {}
    return await http.request(method, f"/admin/v1{path}", params=query | why, json=body, headers=headers)


def _told(answer: httpx.Response, ids: Mapping[str, str]) -> tuple[int, str, str]:
    """An answer, with what was asked for taken out of it."""
    text = answer.text
    for id in sorted(ids.values(), key=len, reverse=True):
        text = text.replace(id, "*")
    return answer.status_code, text, answer.headers.get("etag", "")


@pytest.fixture
async def database(address: Address) -> AsyncIterator[Database]:
    database = await address.open()
    yield database
    await database.close()


async def neighbours(database: Database, *, fenced: bool = True) -> Neighbours:
    world = await make_world(database, fenced=fenced)
    await furnish(world, database)
    async with world.http() as http:
        return Neighbours(world, (await http.get("/admin/v1/openapi.json")).json())


@ON_SQLITE
@pytest.mark.parametrize("who", STRANGERS)
async def test_nobody_learns_of_another_tenant(database: Database, who: str) -> None:
    """Of no operation, whichever of its ids is somebody else's."""
    assert await (await neighbours(database)).leaks(who) == []


@ON_POSTGRES
@pytest.mark.parametrize("fenced", [True, False])
@pytest.mark.parametrize("who", [MARTA.id, VERA.id])
async def test_row_level_security_alone_is_enough(database: Database, who: str, fenced: bool) -> None:
    """With the store's own fence and without it."""
    assert await (await neighbours(database, fenced=fenced)).leaks(who) == []


@ON_SQLITE
async def test_the_test_finds_leaks(database: Database) -> None:
    """Without the store's fence there are many."""
    assert len(await (await neighbours(database, fenced=False)).leaks(MARTA.id)) > 20
