"""The bodies that the OpenAPI document shows, sent to a house in which nobody lives yet."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx
import pytest

from gemelo.context.knowledge.seam import Cut, Document
from gemelo.context.records import TurnRecord
from gemelo.context.store.database import Database
from gemelo.context.store.documents import SqlDocuments
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.turns import SqlRecords
from gemelo.models.vocabulary import Language, TurnId
from tests.admin.api.admin.world import World, open_world
from tests.admin.services.cast import ADMIN, BRUNO
from tests.databases import ON_SQLITE, Address
from tests.samples import wav

ORDER = """
POST /talents
PUT  /talents/{talent}
POST /brands
PUT  /brands/{brand}
POST /principals
PUT  /principals/{principal}/grants
POST /principals/{principal}/keys
POST /keys/{key}/revoke
POST /twins
PUT  /twins/{twin}/layer
POST /twins/{twin}/layer/rollbacks
PUT  /twins/{twin}
POST /deployments
POST /twins/{twin}/layer/proposals
PUT  /deployments/{deployment}
POST /deployments/{deployment}/layer/proposals
PUT  /deployments/{deployment}/layer
POST /deployments/{deployment}/layer/rollbacks
POST /twins/{twin}/documents
POST /twins/{twin}/persona/drafts
PUT  /twins/{twin}/persona
POST /twins/{twin}/persona/validations
POST /twins/{twin}/persona/approvals
POST /twins/{twin}/documents/removals
POST /licences
POST /consents
POST /consents/{consent}/clones
POST /consents/{consent}/revoke
POST /campaigns
PUT  /campaigns/{campaign}
POST /campaigns/{campaign}/submit
POST /campaigns/{campaign}/reviews
POST /campaigns/{campaign}/approvals
POST /campaigns/{campaign}/suspend
POST /campaigns/{campaign}/resume
POST /campaigns/{campaign}/withdraw
POST /campaigns/{campaign}/end
POST /licences/{licence}/revoke
POST /twins/{twin}/suspend
POST /twins/{twin}/resume
POST /talents/{talent}/stop
POST /talents/{talent}/start
POST /webhooks
PUT  /webhooks/{webhook}
POST /deployments/{deployment}/versions/{hash}/tries
POST /deployments/{deployment}/versions/{hash}/replays
POST /turns/{turn}/reviews
POST /sessions/{session}/fan/erase
"""
"""Every operation that takes a body, after those that it needs."""
SAMPLE = wav()
PLACE = "trina--portal"
OF_THE_BRAND = ("{campaign}/approvals", "{campaign}/withdraw")
"""What the platform may not do: it holds no key of a campaign."""
NOVEMBER = datetime(2026, 11, 20, tzinfo=UTC)
"""Before the window of the document's campaign."""


@dataclass
class Reader:
    """Does what the document shows, with the ids that it shows or that were answered."""

    world: World
    document: dict[str, Any]
    ids: dict[str, str] = field(default_factory=dict[str, str])

    def operations(self) -> list[tuple[str, str]]:
        """All that take a body."""
        return [
            (method.upper(), path)
            for path, operations in self.document["paths"].items()
            for method, operation in operations.items()
            if "requestBody" in operation
        ]

    async def follow(self, method: str, path: str) -> None:
        """Sends all examples of an operation. Fails where one is refused."""
        for body in self._bodies(method, path):
            # nobody can foresee the hash of what is approved, and a whole recording is too long to show
            hash = self.ids.get("persona" if "/persona/" in path else "terms", "")
            known = {"hash": hash, "sha256": sha256(SAMPLE).hexdigest(), "sample": b64encode(SAMPLE).decode()}
            await self._send(method, path, body | {name: known[name] for name in known if name in body})

    async def _send(self, method: str, path: str, body: Any) -> None:
        where = path.format(**self._named(method, path))
        who = BRUNO if path.endswith(OF_THE_BRAND) else ADMIN
        async with self.world.http(who.id) as http:
            seen = {"if-match": await _etag(http, where)} if method == "PUT" else {}
            answer = await http.request(method, f"/admin/v1{where}", json=body, headers=seen)
        assert answer.is_success, f"{method} {path} {body}: {answer.text}"
        self._note(path, answer.json())

    def _bodies(self, method: str, path: str) -> list[Any]:
        """All examples of an operation's body: its own, or its shape's."""
        content = self.document["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]
        if "examples" in content:
            return [shown["value"] for shown in content["examples"].values()]
        shapes = self.document["components"]["schemas"]
        return shapes[content["schema"]["$ref"].rsplit("/", 1)[1]]["examples"]

    def _named(self, method: str, path: str) -> dict[str, str]:
        """What stands for each parameter of an address."""
        parameters = self.document["paths"][path][method.lower()]["parameters"]
        shown = {one["name"]: one["schema"]["examples"][0] for one in parameters if one["in"] == "path"}
        return shown | {name: self.ids[name] for name in shown if name in self.ids}

    def _note(self, path: str, answer: dict[str, Any]) -> None:
        """Remembers what only the house can name."""
        match path.rsplit("/", 1)[1]:
            case "licences" | "consents" | "keys" as many:
                self.ids[many[:-1]] = answer["id"]
            case "campaigns":
                self.ids |= {"campaign": answer["id"], "terms": answer["hash"]}
            case "persona":
                self.ids["persona"] = answer["hash"]
            case "proposals":
                [self.ids["hash"]] = {
                    one["policy"] for one in answer["touched"] if one["deployment"] == PLACE
                }
            case _:
                pass


async def _etag(http: httpx.AsyncClient, path: str) -> str:
    """Of what is there to be changed, or of what that is a part of."""
    for address in (path, path.rsplit("/", 1)[0]):
        if (answer := await http.get(f"/admin/v1{address}")).is_success:
            return answer.headers["etag"]
    return '"1"'


async def _by_other_doors(database: Database, world: World) -> None:
    """A document, a session and a turn, which do not come in over the admin API."""
    spanish = Language("es")
    learned = Document("es/rules.md", "0" * 64, (Cut("x", ((0, 1),), (), spanish),))
    await SqlDocuments(database).put("trina--coach", learned)
    await SqlSessions(database, world.now).open("b8e9a523c1f0", PLACE, "policy", spanish)
    records = SqlRecords(database, world.now)
    await records.commit(TurnRecord(TurnId("0c9a526a0b4b"), "b8e9a523c1f0", 1, "x", spanish, "policy", True))
    await records.close()


@pytest.fixture
async def database(address: Address) -> AsyncIterator[Database]:
    database = await address.open()
    yield database
    await database.close()


@ON_SQLITE
async def test_every_example_is_accepted(database: Database) -> None:
    """As it stands, in an order in which a talent, a brand and their campaign come to be."""
    world = open_world(database)
    world.now.at = int(NOVEMBER.timestamp() * 1000)
    await world.let_in(ADMIN)
    async with world.http() as http:
        reader = Reader(world, (await http.get("/admin/v1/openapi.json")).json())
    order = [tuple(line.split()) for line in ORDER.strip().splitlines()]
    assert set(order) == set(reader.operations())
    for method, path in order:
        await reader.follow(method, path)
        if path == "/brands":
            await world.let_in(BRUNO)
        if path == "/deployments":
            await _by_other_doors(database, world)
