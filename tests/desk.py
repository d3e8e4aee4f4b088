"""A desk in memory, with the fence, revisions and audit of the real one."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from gemelo.admin.services.desk import Books, Entry, Kept, Page
from gemelo.context.hooks.topics import Topic
from gemelo.context.hooks.webhook import Webhook
from gemelo.context.persona.kept import PersonaText, Subset
from gemelo.context.tenancy.campaigns import Campaign
from gemelo.context.tenancy.likeness import Consent, Licence
from gemelo.context.tenancy.people import ApiKey, Principal
from gemelo.context.tenancy.standing import Facts
from gemelo.context.twins import Brand, Deployment, LayerKind, LayerText, Talent, Twin, Version
from gemelo.models.errors import Stale, StoreError, Taken, Unknown

R = TypeVar("R")
T = TypeVar("T")

_PARENTS: dict[type, dict[str, type]] = {
    Twin: {"talent": Talent},
    Deployment: {"twin": Twin},
    Licence: {"talent": Talent},
    Consent: {"talent": Talent},
    Webhook: {"talent": Talent},
    ApiKey: {"principal": Principal},
    Campaign: {"talent": Talent, "brand": Brand},
    PersonaText: {"twin": Twin},
    Subset: {"twin": Twin, "source": Twin},
}


@dataclass
class Shelves:
    """All that is kept."""

    nouns: dict[type, dict[str, Kept[Any]]] = field(
        default_factory=lambda: defaultdict[type, dict[str, Kept[Any]]](dict)
    )
    layers: list[LayerText] = field(default_factory=list[LayerText])
    versions: dict[tuple[str, str], Version] = field(default_factory=dict[tuple[str, str], Version])
    audit: list[Entry] = field(default_factory=list[Entry])
    outbox: list[tuple[str, str, Mapping[str, Any]]] = field(
        default_factory=list[tuple[str, str, Mapping[str, Any]]]
    )

    def copy(self) -> Shelves:
        nouns = defaultdict[type, dict[str, Kept[Any]]](dict)
        nouns.update({kind: dict(kept) for kind, kept in self.nouns.items()})
        return Shelves(nouns, [*self.layers], {**self.versions}, [*self.audit], [*self.outbox])


@dataclass
class MemoryDesk:
    """`Desk` without a database. `broken` makes it fail as one that cannot be reached."""

    now: Callable[[], int] = lambda: 0
    shelves: Shelves = field(default_factory=Shelves)
    broken: bool = False
    told: list[str] = field(default_factory=list[str])
    """Talents that changed, one entry an act."""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, who: Principal, work: Callable[[Books], Awaitable[R]]) -> R:
        self._check()
        return await work(MemoryBooks(self.shelves, who, "", self.now()))

    async def write(self, who: Principal, why: str, work: Callable[[Books], Awaitable[R]]) -> R:
        self._check()
        async with self._lock:
            draft = self.shelves.copy()
            done = await work(MemoryBooks(draft, who, why, self.now()))
            written = draft.audit[len(self.shelves.audit) :]
            self.shelves = draft
        self.told += dict.fromkeys(entry.talent for entry in written if entry.talent)
        return done

    def _check(self) -> None:
        if self.broken:
            raise StoreError("the store cannot be reached")


class MemoryBooks:
    """`Books` on `Shelves`."""

    def __init__(self, shelves: Shelves, who: Principal, why: str, now: int, *, fenced: bool = True) -> None:
        self._shelves = shelves
        self._who = who
        self._why = why
        self._now = now
        self._fenced = fenced

    @property
    def unfenced(self) -> Books:
        return MemoryBooks(self._shelves, self._who, self._why, self._now, fenced=False)

    async def get(self, kind: type[T], id: str) -> Kept[T]:
        kept = self._shelves.nouns[kind].get(id)
        if kept is None or not self._sees(kept.noun):
            raise Unknown(f"there is no {kind.__name__.lower()} {id[:64]!r}")
        return kept

    async def page(self, kind: type[T], *, after: str = "", limit: int = 50, **where: str) -> Page[Kept[T]]:
        found = [kept for id, kept in self._seen(kind, where) if id > after]
        more = len(found) > limit
        return Page(tuple(found[:limit]), _id(found[limit - 1].noun) if more else "")

    async def all(self, kind: type[T], **where: str) -> tuple[T, ...]:
        return tuple(kept.noun for _, kept in self._seen(kind, where))

    async def add(self, noun: object, action: str = "create") -> None:
        kind = type(noun)
        shelf = self._shelves.nouns[kind]
        for name, parent in _PARENTS.get(kind, {}).items():
            if getattr(noun, name) not in self._shelves.nouns[parent]:
                raise Unknown(f"there is no {name} {getattr(noun, name)[:64]!r}")
        if _id(noun) in shelf:
            raise Taken(f"{_id(noun)!r} is taken")
        shelf[_id(noun)] = Kept(noun, 1)
        if not self._sees(noun):
            raise Unknown("what this belongs to is not there")
        self._write(action, noun, {field.name: [None, getattr(noun, field.name)] for field in fields(noun)})  # pyright: ignore[reportArgumentType]

    async def replace(self, noun: object, revision: int | None = None, action: str = "update") -> int:
        before = await self.get(type(noun), _id(noun))
        if revision is not None and revision != before.revision:
            raise Stale(f"{_id(noun)!r} was changed meanwhile: look at it again")
        if before.noun == noun:
            return before.revision
        self._shelves.nouns[type(noun)][_id(noun)] = Kept(noun, before.revision + 1)
        if not self._sees(noun):
            raise Unknown("what this belongs to is not there")
        self._write(action, noun, _changed(before.noun, noun))
        return before.revision + 1

    async def remove(self, noun: object) -> None:
        await self.get(type(noun), _id(noun))
        del self._shelves.nouns[type(noun)][_id(noun)]
        shown = (one.name for one in fields(noun) if one.repr)  # pyright: ignore[reportArgumentType]
        self._write("delete", noun, {name: [getattr(noun, name), None] for name in shown})

    async def facts(self, deployment: str) -> Facts:
        place = (await self.get(Deployment, deployment)).noun
        twin = self._shelves.nouns[Twin][place.twin].noun
        talent = self._shelves.nouns[Talent][twin.talent].noun
        newest: dict[object, LayerText] = {}
        for layer in self._shelves.layers:
            if layer.twin == twin.id and layer.deployment in (None, deployment):
                newest[layer.deployment, layer.kind] = layer
        campaigns = (kept.noun for kept in self._shelves.nouns[Campaign].values())
        return Facts(
            place,
            twin,
            talent,
            tuple(sorted(newest.values(), key=lambda layer: (layer.deployment is not None, layer.kind))),
            tuple(campaign for campaign in campaigns if campaign.terms.deployment == deployment),
            await self.unfenced.all(Licence, talent=talent.id),
            await self.unfenced.all(Consent, talent=talent.id),
        )

    async def places(self, twin: str) -> tuple[Facts, ...]:
        await self.get(Twin, twin)
        return tuple([await self.facts(place.key) for place in await self.all(Deployment, twin=twin)])

    async def put_layer(self, layer: LayerText) -> LayerText:
        twin = (await self.get(Twin, layer.twin)).noun
        known = [one for one in self._shelves.layers if _place(one) == _place(layer)]
        if layer.version not in (0, len(known) + 1):
            raise Stale("this layer was published meanwhile: look at it again")
        put = replace(
            layer,
            version=len(known) + 1,
            author=self._who.id,
            created=self._now,
            reason=layer.reason or self._why,
        )
        self._shelves.layers.append(put)
        self._write("publish", twin, {layer.kind.value: [len(known) or None, put.version]}, kind="layer")
        return put

    async def layers(
        self, twin: str, deployment: str | None, kind: LayerKind, *, last: int = 50, upto: int | None = None
    ) -> tuple[LayerText, ...]:
        await self.get(Twin, twin)
        found = [one for one in self._shelves.layers if _place(one) == (twin, deployment, kind)]
        return tuple([one for one in found[::-1] if upto is None or one.version <= upto][:last])

    async def put_versions(self, some: Sequence[Version]) -> None:
        for version in some:
            await self.get(Deployment, version.deployment)
            self._shelves.versions.setdefault((version.deployment, version.hash), version)

    async def version(self, deployment: str, hash: str) -> Version:
        await self.get(Deployment, deployment)
        found = [
            version
            for (place, of), version in self._shelves.versions.items()
            if place == deployment and of.startswith(hash)
        ]
        if len(found) != 1 or not hash:
            raise Unknown(f"there is no version {hash[:64]!r} of this deployment")
        return found[0]

    async def note(self, action: str, noun: object, change: Mapping[str, Any] | None = None) -> None:
        self._write(action, noun, change or {})

    async def post(self, topic: Topic, talent: str, payload: Mapping[str, Any]) -> None:
        self._shelves.outbox.append((topic, talent, payload))

    async def trail(self, *, before: int = 0, limit: int = 50, **where: str) -> Page[Entry]:
        found = [
            entry
            for entry in reversed(self._shelves.audit)
            if (not before or entry.id < before)
            and self._sees_of(entry.talent, entry.brand)
            and all(getattr(entry, name) == value for name, value in where.items())
        ]
        return Page(tuple(found[:limit]), str(found[limit - 1].id) if len(found) > limit else "")

    def _seen(self, kind: type[T], where: Mapping[str, str]) -> list[tuple[str, Kept[T]]]:
        return [
            (id, kept)
            for id, kept in sorted(self._shelves.nouns[kind].items())
            if self._sees(kept.noun)
            and all(self._field(kept.noun, name) == value for name, value in where.items())
        ]

    def _field(self, noun: object, name: str) -> str:
        if name == "talent":
            return self._owners(noun)[0]
        if isinstance(noun, Campaign) and name == "deployment":
            return noun.terms.deployment
        return str(getattr(noun, name))

    def _sees(self, noun: object) -> bool:
        match noun:
            case Principal():
                mine = noun.id == self._who.id
            case ApiKey():
                mine = noun.principal == self._who.id
            case Brand():
                campaigns = (kept.noun for kept in self._shelves.nouns[Campaign].values())
                mine = noun.id in self._who.brands or any(
                    one.brand == noun.id and one.talent in self._who.talents for one in campaigns
                )
            case _:
                return self._sees_of(*self._owners(noun))
        return mine or self._sees_of("", "")

    def _sees_of(self, talent: str, brand: str) -> bool:
        return (
            not self._fenced
            or self._who.is_platform
            or talent in self._who.talents
            or brand in self._who.brands
        )

    def _owners(self, noun: object) -> tuple[str, str]:
        """The talent and the brand that something belongs to."""
        match noun:
            case Talent():
                return noun.id, ""
            case Twin() | Licence() | Consent() | Webhook():
                return noun.talent, ""
            case Deployment() | PersonaText() | Subset():
                return self._shelves.nouns[Twin][noun.twin].noun.talent, ""
            case Campaign():
                return noun.talent, noun.brand
            case Brand():
                return "", noun.id
            case _:
                return "", ""

    def _write(self, action: str, noun: object, change: Mapping[str, Any], kind: str = "") -> None:
        talent, brand = self._owners(noun)
        kind = kind or type(noun).__name__.lower()
        entry = Entry(
            len(self._shelves.audit) + 1, self._now, self._who.id, action, kind, _id(noun), talent, brand,
            change, self._why,
        )  # fmt: skip
        self._shelves.audit.append(entry)


def _id(noun: Any) -> str:
    return noun.key if isinstance(noun, Deployment) else noun.id


def _place(layer: LayerText) -> tuple[str, str | None, str]:
    return layer.twin, layer.deployment, layer.kind


def _changed(before: Any, after: Any) -> dict[str, Any]:
    pairs = ((one.name, getattr(before, one.name), getattr(after, one.name)) for one in fields(before))
    return {name: [old, new] for name, old, new in pairs if old != new}
