"""Two locks on every row: the application's filter, and on PostgreSQL the database's own policies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.admin.services.desk import Books
from gemelo.admin.services.talks import Talks
from gemelo.context.hooks.webhook import Webhook
from gemelo.context.kept import Page
from gemelo.context.persona.kept import PersonaText, Subset
from gemelo.context.store.books import SqlBooks
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.store.fence import fence, talent_of
from gemelo.context.store.kinds import KINDS
from gemelo.context.store.leads import SqlLeads
from gemelo.context.store.schema import audit, metadata, outbox
from gemelo.context.store.scope import see_as
from gemelo.context.store.talks import SqlTalks
from gemelo.context.tenancy.campaigns import Campaign, Terms
from gemelo.context.tenancy.likeness import Consent, Licence, Likeness
from gemelo.context.tenancy.people import THE_HOUSE, ApiKey, Principal
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import (
    Brand,
    Deployment,
    DeploymentType,
    LayerKind,
    LayerText,
    SessionRecord,
    Talent,
    Twin,
    Version,
)
from gemelo.models.errors import StoreError, Unknown
from gemelo.models.vocabulary import Language
from tests.context.store.tenants import BRANDS, EVERYBODY, OURS, PEOPLE, TERM, THEIRS
from tests.databases import ON_POSTGRES, ON_SQLITE

LOCKED = pytest.mark.parametrize(
    ("new_address", "fenced"),
    [("sqlite", True), ("postgres", True), ("postgres", False)],
    indirect=["new_address"],
    ids=["sqlite", "postgres", "postgres-unfenced"],
)
Act = Callable[[SqlBooks], Awaitable[Any]]
ASKED_BY_THE_HOUSE = {"spent"}
"""A sum of one talent's that no principal asks for: it chooses vendors."""


def readings(theirs: str) -> dict[str, list[Act]]:
    """Every way to read in `Books`, where possible asking for what belongs to a talent."""
    twin, place = f"twin-{theirs}", f"place-{theirs}"
    who = f"manager-{theirs}"
    ids = {Talent: theirs, Twin: twin, Deployment: place, Principal: who, ApiKey: f"key-{who}"}
    ids |= {PersonaText: twin, Subset: twin}
    kinds = {kind: ids.get(kind, f"{KINDS[kind].name}-{theirs}") for kind in KINDS}
    session = SessionRecord(f"session-{theirs}", place, "p", Language("es"))
    return {
        "get": [lambda books, k=kind, i=id: books.get(k, i) for kind, id in kinds.items()],
        "page": [partial(SqlBooks.page, kind=kind) for kind in kinds],
        "all": [
            *(partial(SqlBooks.all, kind=kind) for kind in kinds),
            *(partial(SqlBooks.all, kind=kind, talent=theirs) for kind in kinds),
        ],
        "facts": [lambda books: books.facts(place)],
        "places": [lambda books: books.places(twin)],
        "layers": [lambda books: books.layers(twin, None, LayerKind.TALENT)],
        "version": [lambda books: books.version(place, f"hash-{theirs}")],
        "trail": [lambda books: books.trail(limit=1_000), lambda books: books.trail(talent=theirs)],
        "note": [lambda books: books.note("look", session)],
        "unfenced": [],
    }


def talks(theirs: str) -> dict[str, Callable[[SqlTalks, Principal], Awaitable[Any]]]:
    """Every way to read what was said."""
    place, session = f"place-{theirs}", f"session-{theirs}"
    return {
        "sessions": lambda talks, who: talks.sessions(who, place),
        "session": lambda talks, who: talks.session(who, session),
        "turn": lambda talks, who: talks.turn(who, f"turn-{theirs}"),
        "turns": lambda talks, who: talks.turns(who, session),
        "last": lambda talks, who: talks.last(who, place, 9),
        "usage": lambda talks, who: talks.usage(who, place, 1_000, 99_999_999_999),
    }


def writings(theirs: str) -> dict[str, list[Act]]:
    """Every way to write in `Books` to what belongs to a talent."""
    twin, place, brand = f"twin-{theirs}", f"place-{theirs}", f"brand-{theirs}"
    terms = Terms(place, "x", False, TERM, "a: 2")
    nouns: tuple[Any, ...] = (
        Talent(theirs, "x"),
        Twin(twin, theirs, "x"),
        Deployment(place, twin, DeploymentType.WIDGET),
        Brand(brand, "x"),
        Campaign(f"campaign-{theirs}", theirs, brand, terms),
        Licence(f"licence-{theirs}", theirs, Window(1, 2)),
        Consent(f"consent-{theirs}", theirs, Likeness.VOICE, "x", "x", "x", TERM),
        Webhook(f"webhook-{theirs}", theirs, "x", "x"),
        Principal(f"manager-{theirs}", "x"),
        ApiKey(f"key-manager-{theirs}", f"manager-{theirs}", "x", 1),
        PersonaText(twin, "x"),
        Subset(twin, twin),
    )
    new = [
        replace(noun, twin=f"bare-{theirs}")
        if isinstance(noun, PersonaText | Subset)
        else replace(noun, **{"key" if isinstance(noun, Deployment) else "id": "new"})
        for noun in nouns
        if not isinstance(noun, Talent | Brand | Principal)
    ]
    return {
        "add": [lambda books, n=noun: books.add(n) for noun in new],
        "replace": [lambda books, n=noun: books.replace(n) for noun in nouns],
        "remove": [lambda books, n=noun: books.remove(n) for noun in nouns],
        "put_layer": [lambda books: books.put_layer(LayerText(twin, None, LayerKind.TALENT, 2, "a: 9"))],
        "put_versions": [lambda books: books.put_versions([Version(place, "x", ())])],
        "post": [],
    }


async def leak(desk: SqlDesk, who: Principal) -> str:
    """All that somebody can read, as text."""
    said: list[str] = []
    for acts in readings(THEIRS).values():
        for act in acts:
            with suppress(Unknown):  # its words are those of the question
                said.append(repr(await desk.write(who, "", act)))
    return "\n".join(said)


def test_every_method_is_tried() -> None:
    """A method that `Books` gains must be tried here too."""
    methods = {name for name in vars(Books) if not name.startswith("_")}
    assert methods == set(readings("x")) | set(writings("x"))
    asked_by_somebody = {name for name in vars(Talks) if not name.startswith("_")} - ASKED_BY_THE_HOUSE
    assert asked_by_somebody == set(talks("x"))


@LOCKED
async def test_nothing_of_another_tenant_is_read(two_tenants: Database, fenced: bool) -> None:
    """No query shows a word of the other talent, also where the application's own filter is taken away."""
    for who in PEOPLE:
        assert THEIRS not in await leak(SqlDesk(two_tenants, fenced=fenced), who), who.id


@LOCKED
async def test_no_talk_of_another_tenant_is_read(two_tenants: Database, fenced: bool) -> None:
    """Neither a session, a turn nor how many there were; one's own are there."""
    store = SqlTalks(two_tenants, fenced=fenced)

    async def read(who: Principal, talent: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, reading in talks(talent).items():
            with suppress(Unknown):
                found[name] = await reading(store, who)
        return found

    for who in PEOPLE:
        theirs, ours = await read(who, THEIRS), await read(who, OURS)
        assert sum(month.sessions + month.turns for month in theirs.pop("usage")) == 0
        assert theirs == {"sessions": Page(()), "turns": (), "last": ()}, who.id
        sees = bool(who.talents)
        assert sum(month.sessions + month.turns for month in ours["usage"]) == 2 * sees, who.id
        assert bool(ours["turns"]) is sees, who.id


@LOCKED
async def test_no_lead_of_another_tenant_is_read(two_tenants: Database, fenced: bool) -> None:
    """Whoever asks for another talent's finds none; one's own are there for who sees the talent."""
    book = SqlLeads(two_tenants, fenced=fenced)
    for who in PEOPLE:
        assert await book.page(who, THEIRS) == Page(()), who.id
        assert [lead.contact for lead in (await book.page(who, OURS)).items] == [OURS] * bool(who.talents)


@ON_SQLITE
async def test_without_either_lock_all_is_read(two_tenants: Database) -> None:
    """The test above would notice: with the filter taken away, a database without policies shows all."""
    assert THEIRS in await leak(SqlDesk(two_tenants, fenced=False), PEOPLE[0])


@LOCKED
async def test_nothing_of_another_tenant_is_changed(two_tenants: Database, fenced: bool) -> None:
    """No act changes a row of the other talent, nor adds one to it."""
    desk = SqlDesk(two_tenants, fenced=fenced)
    before = await everything(two_tenants, THE_HOUSE)
    for who in PEOPLE:
        for acts in writings(THEIRS).values():
            for act in acts:
                with pytest.raises(Unknown):
                    await desk.write(who, "", act)
    assert await everything(two_tenants, THE_HOUSE) == before


async def everything(database: Database, who: Principal, *, fenced: bool = False) -> dict[str, list[Any]]:
    """All rows of all tables that somebody sees."""

    async def work(connection: AsyncConnection) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for table in metadata.sorted_tables:
            query = select(*table.primary_key.columns).order_by(*table.primary_key.columns)
            if fenced:
                query = query.where(fence(table, who))
            found[table.name] = [tuple(row) for row in await connection.execute(query)]
        return found

    return await database.read(work, THE_HOUSE if fenced else who)


@ON_POSTGRES
async def test_both_locks_show_the_same(two_tenants: Database) -> None:
    """In every table the database shows exactly the rows that the application's filter lets through."""
    for who in EVERYBODY:
        seen = await everything(two_tenants, who)
        assert seen == await everything(two_tenants, who, fenced=True), who.id


@ON_POSTGRES
async def test_a_transaction_that_does_not_say_whose_it_is_sees_nothing(two_tenants: Database) -> None:
    """Nobody's eyes are the default."""
    found = await everything(two_tenants, Principal("", ""))
    assert set(map(len, found.values())) == {0}


class UndoneError(Exception):
    """Ends a transaction that shall leave nothing behind."""


@ON_POSTGRES
async def test_the_database_keeps_everybody_from_others_rows(two_tenants: Database) -> None:
    """A manager's own SQL neither updates nor deletes a row that is not theirs, in any table."""
    who = PEOPLE[0]

    async def attack(connection: AsyncConnection, table: Table) -> None:
        async def count(where: ColumnElement[bool]) -> int:
            await see_as(connection, THE_HOUSE)
            found = await connection.execute(select(func.count()).select_from(table).where(where))
            await see_as(connection, who)
            return found.scalar_one()

        mine = fence(table, who, writing=True)
        others = await count(~mine)
        [key, *_] = table.primary_key.columns
        changed = await connection.execute(update(table).values({key.name: key}))
        assert changed.rowcount == await count(mine), table.name
        await connection.execute(delete(table))
        assert await count(~mine) == others > 0, table.name
        raise UndoneError

    for table in set(metadata.sorted_tables) - {audit}:
        with pytest.raises(UndoneError):
            await two_tenants.write(partial(attack, table=table), who)


@ON_POSTGRES
async def test_nobody_rewrites_the_audit_log(two_tenants: Database) -> None:
    """The program's own role can add lines, and neither change nor delete one, whoever it acts for."""
    for statement in (update(audit).values(who="x"), delete(audit)):
        with pytest.raises(StoreError, match="42501"):
            await two_tenants.write(lambda connection, s=statement: connection.execute(s))


@ON_POSTGRES
async def test_nobody_writes_in_another_s_name(two_tenants: Database) -> None:
    """A line in the audit log names who acts, unless the program itself writes it."""
    line = dict.fromkeys(("action", "kind", "target", "why", "brand"), "")
    forged = insert(audit).values(**line, at=1, who="somebody", talent=OURS, change=line)
    with pytest.raises(StoreError, match="42501"):
        await two_tenants.write(lambda connection: connection.execute(forged), PEOPLE[0])
    message = insert(outbox).values(talent=OURS, topic="t", payload={}, created=1, due=1)
    with pytest.raises(StoreError, match="42501"):
        await two_tenants.write(lambda connection: connection.execute(message), PEOPLE[0])


async def test_a_brand_sees_of_a_talent_its_campaign_only(two_tenants: Database) -> None:
    """Neither the twin, the place, the sessions nor the turns of the talent that it pays."""
    found = await everything(two_tenants, BRANDS, fenced=True)
    seen = {name for name, rows in found.items() if rows}
    assert seen == {"campaigns", "brands", "audit", "principals", "keys"}


async def test_rows_know_their_talent(two_tenants: Database) -> None:
    """Where a row belongs to a talent, the audit log can say to which."""

    async def work(connection: AsyncConnection, table: Table) -> set[str]:
        query = select(talent_of(table)).select_from(table).distinct()
        return set((await connection.execute(query)).scalars()) - {""}

    of_nobody = {"brands", "principals", "keys", "requests"}
    for table in metadata.sorted_tables:
        found = await two_tenants.read(partial(work, table=table))
        assert found == (set() if table.name in of_nobody else {OURS, THEIRS}), table.name
