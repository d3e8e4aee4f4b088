"""A house with many tenants: the people row by row, their talk spun out by the database itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    String,
    Table,
    cast,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.records import Decision, Receipt, Sentence, Timeline, TurnStatus, Verdict
from gemelo.context.store import schema
from gemelo.context.store.database import Database
from gemelo.context.tenancy.campaigns import Terms
from gemelo.context.tenancy.people import THE_HOUSE, Grant, Role
from gemelo.context.tenancy.windows import ANY_TIME
from gemelo.context.twins import DeploymentStatus, DeploymentType, LayerKind, TwinState
from gemelo.models.errors import UsageError
from gemelo.models.vocabulary import Label

TURNS_A_SESSION = 10
_EVERY_MS = 30_000
"""Between two turns: a million are spread over a year."""
_AT_ONCE = 20_000
"""Rows that one statement makes: the store gives none more than ten seconds."""
_REPLY = "A good team runs for each other all afternoon, and the rest comes by itself in spring."
_RECEIPT = Receipt("b" * 64, ("names", "prices"), (Verdict(Decision.ALLOW, "names", "talent"),), 410, 3.5)


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each there are; places and turns are shared out evenly."""

    talents: int
    places: int
    turns: int

    @property
    def sessions(self) -> int:
        return self.turns // TURNS_A_SESSION


def key(holder: int | str) -> str:
    """The secret of an API key: of a talent's manager by number, or of the platform's `admin`."""
    return f"gml_bench-{holder}"


async def fill(database: Database, size: Size, layer: str) -> None:
    """Makes the tenants. Talent N has the twin `twin-N`; `place-M` is of talent M modulo the talents, and
    `session-S` was held at place S modulo the places.

    Args:
        layer: every talent's rules, as YAML.

    Raises:
        UsageError: somebody lives there already.
        StoreError.
    """
    now = time.time_ns() // 1_000_000

    async def work(connection: AsyncConnection) -> None:
        if await connection.scalar(select(func.count()).select_from(schema.talents)):
            raise UsageError("this database is in use: name an empty one in DATABASE_URL")
        for table, rows in _people(size, layer, now):
            await connection.execute(insert(table), rows)
        for some in _slices(size.sessions):
            await connection.execute(_sessions(size, some, now))
        for some in _slices(size.turns):
            await connection.execute(_turns(size, some, now))
        await connection.execute(text("ANALYZE"))

    await database.write(work, THE_HOUSE)


def _people(size: Size, layer: str, now: int) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    talents, places = range(size.talents), range(size.places)
    held = {str(i): frozenset({Grant(Role.TALENT_MANAGER, f"talent-{i}")}) for i in talents}
    yield schema.talents, [{"id": f"talent-{i}", "name": f"Talent {i}"} for i in talents]
    yield schema.brands, [{"id": f"brand-{i}", "name": f"Brand {i}"} for i in talents]
    yield (
        schema.twins,
        [
            {"id": f"twin-{i}", "talent": f"talent-{i}", "name": f"Twin {i}", "state": TwinState.LIVE}
            for i in talents
        ],
    )
    yield schema.deployments, [_place(i, i % size.talents) for i in places]
    yield schema.layers, [_layer(i, layer, now) for i in talents]
    yield schema.licences, [_licence(i) for i in talents]
    yield schema.campaigns, [_campaign(i) for i in talents]
    yield (
        schema.principals,
        [
            {"id": "admin", "name": "Admin", "grants": frozenset({Grant(Role.PLATFORM_ADMIN)})},
            *({"id": id, "name": f"Manager {id}", "grants": grants} for id, grants in held.items()),
        ],
    )
    yield schema.keys, [_key(holder, now) for holder in ("admin", *talents)]


def _place(number: int, talent: int) -> dict[str, Any]:
    return {
        "key": f"place-{number}",
        "twin": f"twin-{talent}",
        "type": DeploymentType.CAMPAIGN if number == talent else DeploymentType.PORTAL,
        "status": DeploymentStatus.ACTIVE,
        "origins": ("https://club.example",),
        "languages": ("es", "en"),
        "theme": {},
    }


def _layer(talent: int, yaml: str, now: int) -> dict[str, Any]:
    return {"twin": f"twin-{talent}", "kind": LayerKind.TALENT, "version": 1, "yaml": yaml, "created": now}


def _licence(talent: int) -> dict[str, Any]:
    nobody = frozenset[str]()
    named = {"brands": nobody, "territories": nobody, "channels": nobody, "topics": nobody}
    return {"id": f"licence-{talent}", "talent": f"talent-{talent}", "term": ANY_TIME, **named}


def _campaign(talent: int) -> dict[str, Any]:
    return {
        "id": f"campaign-{talent}",
        "talent": f"talent-{talent}",
        "brand": f"brand-{talent}",
        "deployment": f"place-{talent}",
        "terms": Terms(f"place-{talent}", "drinks", False, ANY_TIME, "layer: campaign\n"),
        "submitted": False,
        "approvals": (),
        "suspended": frozenset[str](),
    }


def _key(holder: int | str, now: int) -> dict[str, Any]:
    digest = sha256(key(holder).encode()).hexdigest()
    return {"id": f"key-{holder}", "principal": str(holder), "sha256": digest, "created": now}


def _slices(count: int) -> Iterator[range]:
    return (range(begin, min(begin + _AT_ONCE, count)) for begin in range(0, count, _AT_ONCE))


def _sessions(size: Size, some: range, now: int) -> Insert:
    n = _numbers(some)
    at = literal(now) - n * (_EVERY_MS * TURNS_A_SESSION)
    columns = {
        "id": _called("session-", n),
        "deployment": _called("place-", n % size.places),
        "policy": literal("b" * 64),
        "language": literal("en"),
        "created": at,
        "last_seen": at,
        "fan": literal(""),
    }
    return _spun(schema.sessions, columns)


def _turns(size: Size, some: range, now: int) -> Insert:
    n = _numbers(some)
    columns = {
        "id": _called("turn-", n),
        "session": _called("session-", n // TURNS_A_SESSION),
        "deployment": _called("place-", n // TURNS_A_SESSION % size.places),
        "number": n % TURNS_A_SESSION + 1,
        "fan": literal("What makes a good team?"),
        "language": literal("en"),
        "policy": literal("b" * 64),
        "typed": literal(True),
        "created": literal(now) - n * _EVERY_MS,
        "reply": literal(_REPLY),
        "heard": literal(_REPLY),
        "status": _kept(schema.turns, "status", TurnStatus.DONE),
        "sentences": _kept(schema.turns, "sentences", (Sentence(_REPLY, Label.PARAPHRASE),)),
        "receipt": _kept(schema.turns, "receipt", _RECEIPT),
        "timeline": _kept(schema.turns, "timeline", Timeline(first_text=30.0, done=40.0)),
    }
    return _spun(schema.turns, columns)


def _spun(table: Table, columns: dict[str, ColumnElement[Any]]) -> Insert:
    return insert(table).from_select([*columns], select(*columns.values()))


def _numbers(some: range) -> ColumnElement[int]:
    """Numbers as a column that the database makes."""
    first = select(cast(literal(some.start), BigInteger).label("i")).cte("n", recursive=True)
    numbers = first.union_all(select(first.c.i + 1).where(first.c.i < some.stop - 1))
    return numbers.c.i


def _called(name: str, number: ColumnElement[int]) -> ColumnElement[str]:
    return literal(name) + cast(number, String)


def _kept(table: Table, column: str, value: object) -> ColumnElement[Any]:
    """A value as its column keeps it."""
    return literal(value, table.c[column].type)
