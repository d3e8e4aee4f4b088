"""What only a PostgreSQL server does, among it: to die, and to come back."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.books import SqlBooks
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.schema import talents
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.twins import Talent, Twin
from gemelo.models.errors import StoreError
from tests.databases import ON_POSTGRES, Address, postgres_address, start_postgres
from tests.postgres_server import PostgresServer
from tests.rows import Rows


@pytest.fixture
def mortal(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """A server of this test's own, which it may kill. `postgres` says whether there can be one."""
    server = start_postgres()
    yield server
    server.remove()


@pytest.fixture
async def there(mortal: PostgresServer) -> AsyncIterator[Database]:
    database = await postgres_address(mortal).open()
    await Rows(database).put_talent(Talent("leo", "Leo"))
    yield database
    await database.close()


async def work_until_dead(desk: SqlDesk, worker: int) -> int:
    """Adds pairs of twins, one pair an act, until the database is gone; returns how many were kept."""
    for number in range(1_000_000):

        async def work(books: SqlBooks, name: str = f"{worker}-{number}") -> None:
            for half in "ab":
                await books.add(Twin(f"{name}-{half}", "leo", "Twin"))

        try:
            await desk.write(THE_HOUSE, "", work)
        except StoreError:
            return number
    raise AssertionError("nobody killed the database")


async def test_a_killed_server_leaves_nothing_half_written_and_is_found_again(
    mortal: PostgresServer, there: Database
) -> None:
    """Acts under way fail whole; meanwhile all fail at once; what was said to be kept is there afterwards."""
    desk = SqlDesk(there)
    working = [asyncio.create_task(work_until_dead(desk, worker)) for worker in range(4)]
    await asyncio.sleep(0.5)
    await asyncio.to_thread(mortal.kill)
    kept = await asyncio.gather(*working)
    assert sum(kept) > 0
    for _ in range(3):
        with pytest.raises(StoreError):
            await there.check()
    await asyncio.to_thread(mortal.start)
    await there.check()
    found = await desk.read(THE_HOUSE, lambda books: books.all(Twin))
    pairs = Counter(twin.id.rpartition("-")[0] for twin in found)
    assert set(pairs.values()) == {2}
    assert {f"{worker}-{number}" for worker, many in enumerate(kept) for number in range(many)} <= set(pairs)
    lines = (await desk.read(THE_HOUSE, lambda books: books.trail(limit=100_000))).items
    assert {line.target for line in lines} == {twin.id for twin in found}
    await desk.write(THE_HOUSE, "", lambda books: books.add(Twin("after", "leo", "Twin")))


async def test_many_at_once_find_a_server_again(mortal: PostgresServer, there: Database) -> None:
    """Every connection of the pool has died; nobody who comes after the restart meets one of those."""
    twins = Rows(there)
    await asyncio.gather(*(twins.talent("leo") for _ in range(30)))
    await asyncio.to_thread(mortal.kill)
    await asyncio.to_thread(mortal.start)
    found = await asyncio.gather(*(twins.talent("leo") for _ in range(30)))
    assert set(found) == {Talent("leo", "Leo")}


async def test_a_server_that_never_answers_is_a_store_error() -> None:
    """Whoever listens and says nothing is given up."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(StoreError, match="TimeoutError"):
            await Database.open(f"postgresql://gemelo@127.0.0.1:{port}/gemelo")


@pytest.mark.parametrize("url", ["gemelo", "mysql://host/name", "postgresql://host:port/name", "://", ""])
async def test_what_is_no_address_is_told(url: str) -> None:
    """The error says how an address looks, and quotes nothing: there may be a password in it."""
    with pytest.raises(StoreError, match="this is no address of a database"):
        await Database.open(url)


@ON_POSTGRES
async def test_an_address_may_be_written_as_libpq_has_it(address: Address) -> None:
    """`postgres://`, and `sslmode`, which the driver knows by another name."""
    url = address.url.replace("postgresql://", "postgres://") + "?sslmode=disable"
    database = await Database.open(url, owner=address.owner)
    await database.check()
    await database.close()


@ON_POSTGRES
async def test_what_only_reads_cannot_write(database: Database) -> None:
    """A reading is one snapshot, and the server refuses to change anything in it."""

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(insert(talents).values(id="x", name="x"))

    with pytest.raises(StoreError, match="25006"):
        await database.read(work)


@ON_POSTGRES
async def test_a_server_that_vanished_in_mid_act_stops_nobody_for_long(database: Database) -> None:
    """PostgreSQL itself ends a transaction in which nothing happens any more, and with it its locks."""

    async def work(connection: AsyncConnection) -> list[str]:
        names = ("idle_in_transaction_session_timeout", "tcp_keepalives_idle", "jit")
        return [(await connection.execute(text(f"SHOW {name}"))).scalar_one() for name in names]

    assert await database.read(work) == ["1min", "20", "off"]


@ON_POSTGRES
async def test_writers_wait_for_no_other_writer(database: Database) -> None:
    """Two writes may be under way at once."""
    first, second = asyncio.Event(), asyncio.Event()

    async def work(connection: AsyncConnection, mine: asyncio.Event, other: asyncio.Event) -> None:
        mine.set()
        await other.wait()

    await asyncio.gather(
        database.write(lambda connection: work(connection, first, second)),
        database.write(lambda connection: work(connection, second, first)),
    )


@ON_POSTGRES
@pytest.mark.parametrize(
    ("role", "warning"),
    [("gemelo", ""), ("owner", "owns the tables"), ("postgres", "bypasses row-level security")],
)
async def test_a_role_that_stands_above_the_policies_is_warned_of(
    address: Address, caplog: pytest.LogCaptureFixture, role: str, warning: str
) -> None:
    """Once, when the database is opened; a role that owns nothing is as it should be."""
    with caplog.at_level(logging.WARNING, "gemelo.context.store.postgres"):
        database = await Database.open(address.url.replace("gemelo@", f"{role}@"))
        await database.check()
        await database.close()
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == bool(warning)
    assert warning in "".join(said)


async def test_the_program_s_role_cannot_migrate(postgres: PostgresServer) -> None:
    """On an empty database without the owner's address the program does not start."""
    address = postgres_address(postgres, empty=True)
    with pytest.raises(StoreError, match="42501"):
        await replace(address, owner="").open()
    await (await address.open()).close()
    await (await replace(address, owner="").open()).close()
    address.drop()
