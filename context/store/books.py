"""All that is kept, as one principal may see it in one transaction; every change leaves a line behind."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Executable,
    Select,
    String,
    Table,
    delete,
    false,
    func,
    insert,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.hooks.topics import Topic
from gemelo.context.kept import PAST_ALL, Entry, Kept, Page
from gemelo.context.store.facts import LAYER, read_facts, read_places
from gemelo.context.store.fence import brand_of, fence, of_talents, talent_of
from gemelo.context.store.kinds import KINDS, NOTED, Kind, check_text, is_storable, is_text, plain
from gemelo.context.store.schema import audit, deployments, layers, outbox, place_of_layer, versions
from gemelo.context.store.scope import see_as
from gemelo.context.tenancy.campaigns import Campaign
from gemelo.context.tenancy.people import THE_HOUSE, Principal
from gemelo.context.tenancy.standing import Facts
from gemelo.context.twins import Deployment, LayerKind, LayerText, Twin, Version
from gemelo.models.errors import GemeloError, Stale, Taken, Unknown

T = TypeVar("T")

_TAKEN = ("SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE", "23505")
_NOTHING_THERE = ("SQLITE_CONSTRAINT_FOREIGNKEY", "23503", "42501")
"""What a row belongs to is not there; 42501: row-level security hides it."""


@dataclass(slots=True)
class Act:
    """One transaction of somebody: who, why, at what time (ms since 1970 UTC).

    Attributes:
        changed: talents whose rows it has changed.
        eyes: what the transaction sees at the moment.
    """

    who: Principal
    why: str = ""
    now: int = 0
    changed: set[str] = field(default_factory=set[str])
    eyes: Principal = field(init=False)

    def __post_init__(self) -> None:
        self.eyes = self.who


@dataclass(frozen=True, slots=True)
class _Found:
    """A row, and whose it is."""

    row: Mapping[Any, Any]
    talent: str
    brand: str


class SqlBooks:
    """`gemelo.admin.services.desk.Books` on one connection. Built by `SqlDesk`."""

    def __init__(self, connection: AsyncConnection, act: Act, eyes: Principal, *, fenced: bool) -> None:
        self._connection = connection
        self._act = act
        self._eyes = eyes
        self._fenced = fenced

    @property
    def unfenced(self) -> SqlBooks:
        """See `Books.unfenced`."""
        return SqlBooks(self._connection, self._act, THE_HOUSE, fenced=self._fenced)

    async def get(self, kind: type[T], id: str) -> Kept[T]:
        """See `Books.get`."""
        kept = KINDS[kind]
        row = (await self._find(kept, id)).row
        return Kept(kept.read(row), row["revision"])

    async def page(self, kind: type[T], *, after: str = "", limit: int = 50, **where: str) -> Page[Kept[T]]:
        """See `Books.page`. A text that no database takes comes after all others."""
        kept, limit = KINDS[kind], max(limit, 1)
        beyond = kept.key > after if is_storable(after) else false()
        query = self._query(kept.table, where).where(beyond).order_by(kept.key).limit(limit + 1)
        rows = (await self._run(query)).mappings().all()
        items: tuple[Kept[T], ...] = tuple(Kept(kept.read(row), row["revision"]) for row in rows[:limit])
        return Page(items, rows[limit - 1][kept.key.name] if len(rows) > limit else "")

    async def all(self, kind: type[T], **where: str) -> tuple[T, ...]:
        """See `Books.all`."""
        kept = KINDS[kind]
        rows = await self._run(self._query(kept.table, where).order_by(kept.key))
        return tuple(kept.read(row) for row in rows.mappings())

    async def add(self, noun: object, action: str = "create") -> None:
        """See `Books.add`."""
        kind = KINDS[type(noun)]
        row = kind.row(noun)
        async with self._whole(_taken(kind, kind.id(noun))):
            await self._run(insert(kind.table).values(row))
            added = await self._checked(kind, noun)
        await self._write_down(action, kind.name, kind.id(noun), added, kind.change(None, row))

    async def replace(self, noun: object, revision: int | None = None, action: str = "update") -> int:
        """See `Books.replace`."""
        kind = KINDS[type(noun)]
        row, id = kind.row(noun), kind.id(noun)
        before = await self._find(kind, id, writing=True)
        seen: int = before.row["revision"]
        if revision not in (None, seen):
            raise _stale(kind)
        change = kind.change({name: before.row[name] for name in row}, row)
        if not change and row == {name: before.row[name] for name in row}:
            return seen
        changed = update(kind.table).where(kind.key == id, kind.table.c.revision == seen)
        async with self._whole(_taken(kind, id)):
            if (await self._run(changed.values(row | {"revision": seen + 1}))).rowcount != 1:
                raise _stale(kind)
            after = await self._checked(kind, noun)
        self._act.changed.update({before.talent} - {""})
        await self._write_down(action, kind.name, id, after, change)
        return seen + 1

    async def remove(self, noun: object) -> None:
        """See `Books.remove`."""
        kind = KINDS[type(noun)]
        found = await self._find(kind, kind.id(noun), writing=True)
        row = kind.row(noun)
        await self._run(delete(kind.table).where(kind.key == kind.id(noun)))
        gone = {name: [plain(row[name]), None] for name in row if name not in kind.secret}
        await self._write_down("delete", kind.name, kind.id(noun), found, gone)

    async def facts(self, deployment: str) -> Facts:
        """See `Books.facts`."""
        kind = KINDS[Deployment]
        await self._find(kind, deployment)
        found = await read_facts(self._connection, deployment)
        if found is None:
            raise _unknown(kind, deployment)
        return found

    async def places(self, twin: str) -> tuple[Facts, ...]:
        """See `Books.places`."""
        await self._find(KINDS[Twin], twin)
        return await read_places(self._connection, twin)

    async def put_layer(self, layer: LayerText) -> LayerText:
        """See `Books.put_layer`."""
        check_text(layer.yaml)
        place = await self._place(layer.twin, layer.deployment)
        newest = select(func.coalesce(func.max(layers.c.version), 0)).where(
            *_of_place(layer.twin, layer.deployment), layers.c.kind == layer.kind
        )
        last: int = (await self._run(newest)).scalar_one()
        if layer.version not in (0, last + 1):
            raise _changed_meanwhile(layer)
        act = self._act
        put = replace(
            layer,
            version=last + 1,
            author=act.who.id,
            created=act.now,
            reason=layer.reason or act.why,
        )
        async with self._whole(_changed_meanwhile(layer)):
            await self._run(insert(layers).values({name: getattr(put, name) for name in LAYER}))
        change = {layer.kind.value: [last or None, put.version]}
        await self._write_down("publish", "layer", layer.deployment or layer.twin, place, change)
        return put

    async def layers(
        self, twin: str, deployment: str | None, kind: LayerKind, *, last: int = 50, upto: int | None = None
    ) -> tuple[LayerText, ...]:
        """See `Books.layers`."""
        await self._place(twin, deployment)
        which = [*_of_place(twin, deployment), layers.c.kind == kind]
        if upto is not None:
            which.append(layers.c.version <= min(upto, PAST_ALL))
        query = self._query(layers, {}).where(*which).order_by(layers.c.version.desc())
        rows = await self._run(query.limit(max(last, 0)))
        return tuple(LayerText(**{name: row[name] for name in LAYER}) for row in rows.mappings())

    async def put_versions(self, some: Sequence[Version]) -> None:
        """See `Books.put_versions`."""
        new = {(one.deployment, one.hash): one for one in some}
        keys = {one.deployment for one in some}
        there = select(deployments.c.key).where(deployments.c.key.in_(keys), self._fence(deployments))
        if hidden := keys - set((await self._run(there)).scalars()):
            raise _unknown(KINDS[Deployment], min(hidden))
        same = versions.c.deployment.in_(keys), versions.c.hash.in_({one.hash for one in some})
        for row in await self._run(select(versions.c.deployment, versions.c.hash).where(*same)):
            new.pop((row.deployment, row.hash), None)
        if new:
            names = [column.name for column in versions.c]
            rows = [{name: getattr(one, name) for name in names} for one in new.values()]
            await self._run(insert(versions), rows)

    async def version(self, deployment: str, hash: str) -> Version:
        """See `Books.version`."""
        beginning = func.substr(versions.c.hash, 1, len(hash)) == hash
        query = self._query(versions, {"deployment": deployment}).where(beginning)
        found: Sequence[Mapping[Any, Any]] = ()
        if hash and is_storable(hash):
            found = (await self._run(query.limit(2))).mappings().all()
        if len(found) != 1:
            there_is = "more than one" if found else "no"
            raise Unknown(f"there is {there_is} version {hash[:64]!r} of this place")
        return Version(**found[0])

    async def note(self, action: str, noun: object, change: Mapping[str, Any] | None = None) -> None:
        """See `Books.note`."""
        kind = NOTED[type(noun)]
        check_text(dict(change or {}))
        found = await self._find(kind, kind.id(noun))
        await self._put_entry(action, kind.name, kind.id(noun), found, change or {})

    async def post(self, topic: Topic, talent: str, payload: Mapping[str, Any]) -> None:
        """See `Books.post`. The program posts it, whoever's act it tells of."""
        check_text(dict(payload))
        now = self._act.now
        row = {"topic": topic, "talent": talent, "payload": dict(payload), "created": now, "due": now}
        await self.unfenced._run(insert(outbox).values(row))

    async def trail(self, *, before: int = 0, limit: int = 50, **where: str) -> Page[Entry]:
        """See `Books.trail`."""
        limit = max(limit, 1)
        query = self._query(audit, where).order_by(audit.c.id.desc()).limit(limit + 1)
        if before > 0:
            query = query.where(audit.c.id < min(before, PAST_ALL))
        rows = (await self._run(query)).mappings().all()
        items = tuple(Entry(**row) for row in rows[:limit])
        return Page(items, str(items[-1].id) if len(rows) > limit else "")

    async def _find(self, kind: Kind, id: str, *, writing: bool = False) -> _Found:
        """A row that the principal may see. Raises `Unknown`."""
        table = kind.table
        query = select(table, talent_of(table).label("_talent"), brand_of(table).label("_brand"))
        if writing:
            query = query.with_for_update(of=table)
        found = None
        if is_storable(id):
            query = query.where(kind.key == id, self._fence(table, writing=writing))
            found = (await self._run(query)).mappings().first()
        if found is None:
            raise _unknown(kind, id)
        return _Found(found, found["_talent"], found["_brand"])

    async def _checked(self, kind: Kind, noun: object) -> _Found:
        """What was written, where the principal may write that."""
        written = await self._find(kind, kind.id(noun), writing=True)
        if isinstance(noun, Campaign):
            house = self.unfenced
            where = await house._find(KINDS[Deployment], noun.terms.deployment)
            if where.talent != noun.talent:
                raise _unknown(KINDS[Deployment], noun.terms.deployment)
        return written

    async def _place(self, twin: str, deployment: str | None) -> _Found:
        found = await self._find(KINDS[Twin], twin)
        if deployment is not None:
            place = await self._find(KINDS[Deployment], deployment)
            if place.row["twin"] != twin:
                raise _unknown(KINDS[Deployment], deployment)
        return found

    def _query(self, table: Table, where: Mapping[str, str]) -> Select[*tuple[Any, ...]]:
        return select(table).where(self._fence(table), *_equal(table, where))

    def _fence(self, table: Table, *, writing: bool = False) -> ColumnElement[bool]:
        return fence(table, self._eyes, writing=writing) if self._fenced else true()

    async def _run(self, query: Executable, rows: Sequence[Mapping[str, Any]] = ()) -> CursorResult[Any]:
        if self._act.eyes is not self._eyes:
            await see_as(self._connection, self._eyes)
            self._act.eyes = self._eyes
        return await self._connection.execute(query, rows or None)

    async def _write_down(
        self, action: str, kind: str, target: str, found: _Found, change: Mapping[str, Any]
    ) -> None:
        self._act.changed.update({found.talent} - {""})
        await self._put_entry(action, kind, target, found, change)

    async def _put_entry(
        self, action: str, kind: str, target: str, found: _Found, change: Mapping[str, Any]
    ) -> None:
        act = self._act
        row = {"action": action, "kind": kind, "target": target, "change": dict(change)}
        row |= {"at": act.now, "who": act.who.id, "why": act.why}
        await self._run(insert(audit).values(row | {"talent": found.talent, "brand": found.brand}))

    @asynccontextmanager
    async def _whole(self, taken: GemeloError) -> AsyncGenerator[None]:
        """Runs some statements whole or not at all, and says in our words why a database refused them."""
        try:
            async with self._connection.begin_nested():
                yield
        except DBAPIError as error:
            refused = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
            if refused in _TAKEN:
                raise taken from None
            if refused in _NOTHING_THERE:
                raise Unknown("what this belongs to is not there: make that first") from None
            raise


def _of_place(twin: str, deployment: str | None) -> tuple[ColumnElement[bool], ...]:
    return (layers.c.twin == twin, place_of_layer == (deployment or ""))


def _equal(table: Table, where: Mapping[str, str]) -> Iterator[ColumnElement[bool]]:
    for name, value in where.items():
        if name == "talent" and name not in table.c:
            yield of_talents(table, [value]) if is_storable(value) else false()
            continue
        column = table.c[name]
        if not is_text(column):
            raise ValueError(f"{table.name} are not found by {name}")
        yield type_coerce(column, String) == value if is_storable(value) else false()


def _unknown(kind: Kind, id: str) -> Unknown:
    return Unknown(f"there is no {kind.name} {id[:64]!r}")


def _taken(kind: Kind, id: str) -> Taken:
    return Taken(f"there is a {kind.name} {id[:64]!r} already: choose another name for this one")


def _stale(kind: Kind) -> Stale:
    return Stale(f"this {kind.name} was changed meanwhile: look at it again")


def _changed_meanwhile(layer: LayerText) -> Stale:
    return Stale(f"this {layer.kind.value} layer was published anew meanwhile: look at it again")
