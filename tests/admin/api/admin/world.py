"""The admin API over a real database: the cast of the services' tests, each with a key."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
from fastapi import FastAPI

from gemelo.admin.api.admin.app import PATH, admin_app, mount
from gemelo.admin.client import AdminClient
from gemelo.admin.pages.app import PATH as CONSOLE
from gemelo.admin.pages.app import Console
from gemelo.admin.services import people
from gemelo.admin.services.campaigning import Campaigning
from gemelo.admin.services.cloning import Cloning
from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Books
from gemelo.admin.services.fans import FanFiles
from gemelo.admin.services.office import Office
from gemelo.admin.services.personas import Personas
from gemelo.admin.services.placing import Placing
from gemelo.admin.services.publishing import Publishing
from gemelo.admin.services.rates import Pace
from gemelo.admin.services.reading import Reading
from gemelo.admin.services.replaying import Replaying
from gemelo.admin.services.reviewing import Reviewing
from gemelo.admin.services.shelving import Shelving
from gemelo.admin.services.trying import Trying
from gemelo.admin.services.validating import Validating
from gemelo.admin.wiring.build import platform_layer
from gemelo.context.policy.meant import FixedLines
from gemelo.context.state.memory import MemoryState
from gemelo.context.store.clones import SqlClones
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.documents import SqlDocuments
from gemelo.context.store.fans import SqlFans
from gemelo.context.store.leads import SqlLeads
from gemelo.context.store.requests import SqlRequests
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.sqlite import sqlite_url
from gemelo.context.store.talks import SqlTalks
from gemelo.context.tenancy.people import THE_HOUSE, Principal
from gemelo.models.adapters.verbatim import VerbatimMind
from gemelo.models.clock import LoopClock
from tests.admin.services.cast import BRUNO, EVERYBODY, MARTA, stock
from tests.cloner import memory_vendors
from tests.databases import migrated_file
from tests.meaning import quiet_meaning
from tests.stager import ScriptedStager

SECRET = "the secret of this test's house"


@dataclass
class Calendar:
    """A clock that stands until a test moves it (ms since 1970 UTC)."""

    at: int = 1_800_000_000_000

    def __call__(self) -> int:
        return self.at


@dataclass
class World:
    """An admin API that serves, and its people's keys by principal."""

    app: FastAPI
    office: Office
    now: Calendar
    keys: dict[str, str] = field(default_factory=dict[str, str])
    ids: dict[str, str] = field(default_factory=dict[str, str])
    """The same keys' ids."""
    indexed: list[str] = field(default_factory=list[str])
    """Twins whose index was built anew, in order."""
    learned: dict[str, str] = field(default_factory=dict[str, str])
    """Versions of what twins have learned, where that is anything."""

    def http(self, who: str = "") -> httpx.AsyncClient:
        """A plain client, with a principal's key where one is named."""
        headers = {"authorization": f"Bearer {self.keys[who]}"} if who else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://admin", headers=headers)

    async def let_in(self, *some: Principal) -> None:
        """Makes principals, each with a key."""

        async def work(books: Books) -> None:
            for who in some:
                await books.add(who)

        await self.office.desk.write(THE_HOUSE, "the second day", work)
        for who in some:
            await self.give_key(who)

    async def give_key(self, who: Principal) -> None:
        key, secret = await people.give_key(self.office.desk, THE_HOUSE, who.id, self.now(), "the third day")
        self.keys[who.id], self.ids[who.id] = secret, key.id

    def client(self, who: Principal) -> AdminClient:
        return AdminClient("http://admin", self.keys[who.id], self.http())


def open_world(database: Database, *, fenced: bool = True) -> World:
    """Opens the API and the console on a database in which nobody lives yet."""
    now = Calendar()
    desk, ids = SqlDesk(database, now=now, fenced=fenced), count(1)
    compiler, talks, loop = (
        Compiler(platform_layer(), FixedLines(quiet_meaning())),
        SqlTalks(database, fenced=fenced),
        LoopClock(),
    )
    indexed: list[str] = []
    documents = SqlDocuments(database)

    async def forget(twin: str, path: str) -> None:
        await documents.remove(twin, path)
        indexed.append(twin)

    def new_id() -> str:
        return f"new-{next(ids)}"

    trying = Trying(desk, compiler, ScriptedStager(), now)
    learned: dict[str, str] = {}

    def version(twin: str) -> str:
        return learned.get(twin, "")

    validating = Validating(desk, compiler, ScriptedStager(), documents, version, now)
    publishing = Publishing(desk, compiler, now, validating)
    office = Office(
        desk,
        now,
        new_id,
        publishing,
        Campaigning(desk, compiler, now),
        Reading(desk, talks, now),
        trying,
        Replaying(desk, talks, trying, loop),
        Shelving(desk, documents, forget),
        files=FanFiles(SqlFans(database), SqlSessions(database, now)),
        leads=SqlLeads(database, fenced=fenced),
        placing=Placing(desk, compiler, now),
        reviewing=Reviewing(desk, talks),
        personas=Personas(desk, publishing, documents, version, VerbatimMind(), now),
        validating=validating,
        cloning=Cloning(desk, SqlClones(database), memory_vendors(), now, new_id),
        pace=Pace(MemoryState(loop.now), 0),
    )
    outer = FastAPI()
    mount(outer, CONSOLE, Console(office, SECRET).app)
    mount(outer, PATH, admin_app(office, SqlRequests(database), SECRET))
    return World(outer, office, now, indexed=indexed, learned=learned)


async def make_world(database: Database, *, fenced: bool = True) -> World:
    """As `open_world`, with the whole cast in it."""
    world = open_world(database, fenced=fenced)
    await stock(world.office.desk)
    await world.let_in(*(who for who in EVERYBODY if who not in (MARTA, BRUNO)))
    for who in (MARTA, BRUNO):  # whom the stock brings
        await world.give_key(who)
    return world


async def open_database(folder: Path) -> Database:
    path = folder / "admin.sqlite"
    path.write_bytes(migrated_file())
    return await Database.open(sqlite_url(path))
