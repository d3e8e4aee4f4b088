"""A database of its own, once of each kind, with one talent's twin, its portal and a session in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from typing import Protocol

import pytest

from gemelo.context.records import TurnRecord
from gemelo.context.store.database import Database
from gemelo.context.store.sessions import SqlSessions
from gemelo.context.store.turns import SqlRecords
from gemelo.context.tenancy.people import Principal
from gemelo.context.twins import Deployment, DeploymentType, Talent, Twin
from gemelo.models.vocabulary import Language, TurnId
from tests.context.store.tenants import EVERYBODY, OURS, THEIRS, settle
from tests.databases import Address
from tests.rows import Rows


class MakeTurn(Protocol):
    def __call__(
        self, id: str = "t1", number: int = 1, *, client_id: str | None = None, fan: str = "¿Quién eres?"
    ) -> TurnRecord: ...


@dataclass
class Clock:
    """Milliseconds that stand still until a test sets them."""

    at: int = 1_000

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def turn() -> MakeTurn:
    def make(
        id: str = "t1", number: int = 1, *, client_id: str | None = None, fan: str = "¿Quién eres?"
    ) -> TurnRecord:
        return TurnRecord(TurnId(id), "s1", number, fan, Language("es"), "policy-1", True, client_id)

    return make


@pytest.fixture
async def database(address: Address) -> AsyncIterator[Database]:
    database = await address.open()
    yield database
    await database.close()


@pytest.fixture
async def twins(database: Database) -> Rows:
    twins = Rows(database)
    await twins.put_talent(Talent("leo", "Leo Arenas"))
    await twins.put_twin(Twin("host", "leo", "Leo"))
    await twins.put_deployment(Deployment("portal", "host", DeploymentType.PORTAL))
    return twins


@pytest.fixture
async def sessions(database: Database, twins: Rows) -> SqlSessions:
    sessions = SqlSessions(database, now=lambda: 1_000)
    await sessions.open("s1", "portal", "policy-1", Language("es"))
    return sessions


@pytest.fixture
async def records(database: Database, sessions: SqlSessions) -> AsyncIterator[SqlRecords]:
    clock = count(2_000)
    records = SqlRecords(database, now=lambda: next(clock))
    yield records
    await records.close()


@pytest.fixture
async def two_tenants(database: Database) -> Database:
    """Two talents, each with its brand; no row of one has anything to do with the other."""
    await settle(database, THEIRS, (Principal(f"manager-{THEIRS}", THEIRS),))
    await settle(database, OURS, EVERYBODY)
    return database
