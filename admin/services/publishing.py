"""Layers: proposed, published, rolled back, and their history.

propose(text) ─▶ compiled at every place it touches ─▶ versions that can be tried
publish(text, base) ─▶ Stale | BadLayer | the next version, live at once
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gemelo.admin.services.checking import findable, permit, reason_of
from gemelo.admin.services.compiling import Compiled, Compiler, Stack, parsed, stacks, warned
from gemelo.admin.services.desk import Books, Desk
from gemelo.context.hooks.topics import Topic
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.tenancy.standing import Facts
from gemelo.context.twins import Deployment, LayerKind, LayerText, Twin, Version
from gemelo.models.errors import BadLayer, Stale, Unknown, UsageError

_FAULTS_SHOWN = 10
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Touched:
    """One place under a candidate. `policy` is the hash by which it is tried.

    `campaign` is the one that is live there or will be; empty for the place without one.
    """

    deployment: str
    campaign: str
    policy: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text that could be published. `base` is the number of the version that it would follow (0: none)."""

    layer: LayerText
    base: int
    diff: str
    touched: tuple[Touched, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a manager should look at, each said once."""
        return tuple(dict.fromkeys(warning for one in self.touched for warning in one.warnings))


@dataclass(frozen=True, slots=True)
class Past:
    """One version of a layer, and what it changed in the one before."""

    layer: LayerText
    diff: str


class Gate(Protocol):
    """What lets pass what fans would hear from now on: `admin.services.validating`."""

    async def admit(self, who: Principal, touched: Sequence[tuple[Stack, Compiled]], *, opens: bool) -> None:
        """Raises `NotReady`."""
        ...


class Publishing:
    """What becomes of layers.

    Args:
        now: the calendar's clock (ms since 1970 UTC).
        gate: may refuse what would be live; None lets all pass.
    """

    def __init__(
        self, desk: Desk, compiler: Compiler, now: Callable[[], int], gate: Gate | None = None
    ) -> None:
        self._desk = desk
        self._compiler = compiler
        self._now = now
        self._gate = gate

    async def newest(self, who: Principal, twin: str, deployment: str | None, kind: LayerKind) -> LayerText:
        """The published version of a layer; number 0 and no text where there is none yet.

        Raises:
            Unknown, UsageError, StoreError.
        """
        return await self._desk.read(who, lambda books: _newest(books, _Place(twin, deployment, kind)))

    async def propose(
        self, who: Principal, twin: str, deployment: str | None, kind: LayerKind, yaml: str
    ) -> Proposal:
        """Compiles a text wherever it would hold and keeps what comes out, so that it can be tried.

        Raises:
            BadLayer: it is wrong, or does not go with a place's other layers; names every place.
            Unknown, NotAllowed, UsageError, StoreError.
        """
        place = _Place(twin, deployment, kind)
        looked = await self._desk.read(who, lambda books: self._look(books, who, place, yaml))
        await self._keep(who, looked)

        async def note(books: Books) -> None:
            await books.note("propose", (await books.get(Twin, twin)).noun, {"layer": looked.called})

        await self._desk.write(who, "to be tried", note)
        return looked.proposal

    async def publish(
        self,
        who: Principal,
        twin: str,
        deployment: str | None,
        kind: LayerKind,
        yaml: str,
        base: int,
        why: str,
    ) -> Proposal:
        """Makes a text the newest version of its layer. The newest text again changes nothing.

        Args:
            base: number of the version that `who` has seen (0: none).

        Raises:
            Stale: somebody has published since.
            NotReady: the twin is live, and below the bar with this or what it has learned meanwhile.
            BadLayer: it is wrong, or does not go with a place's other layers.
            Unknown, NotAllowed, UsageError, StoreError.
        """
        place, reason = _Place(twin, deployment, kind), reason_of(why, needed=True)

        async def look(books: Books) -> _Looked:
            return await self._look(books, who, place, yaml, reason, base)

        looked = await self._desk.read(who, look)
        if looked.proposal.layer.version == base:
            return looked.proposal
        if self._gate:
            await self._gate.admit(who, looked.compiled, opens=deployment is not None and not base)
        await self._keep(who, looked)

        async def work(books: Books) -> Proposal:
            # Fans' turns wait for this: what was compiled is compiled again only where anything has changed.
            now = looked
            if await _mark(books, looked.talent) != looked.mark:
                now = await look(books)
                await books.put_versions(self._versions(who, now))
            await books.put_layer(now.proposal.layer)
            told = {"twin": twin, "deployment": deployment, "kind": kind, "version": base + 1}
            await books.post(Topic.LAYER_PUBLISHED, now.talent, told)
            return now.proposal

        return await self._desk.write(who, reason, work)

    async def rollback(
        self, who: Principal, twin: str, deployment: str | None, kind: LayerKind, version: int, why: str
    ) -> Proposal:
        """Publishes an old version's text anew; history goes on.

        Raises:
            Unknown: there is no such version.
            Stale, BadLayer, NotAllowed, UsageError, StoreError.
        """
        place = _Place(twin, deployment, kind)

        async def look(books: Books) -> tuple[LayerText, LayerText]:
            old = await _newest(books, place, max(version, 0))
            if old.version != version or not version:
                raise Unknown(f"this layer has no version {version}")
            return old, await _newest(books, place)

        old, newest = await self._desk.read(who, look)
        return await self.publish(who, twin, deployment, kind, old.yaml, newest.version, why)

    async def history(
        self, who: Principal, twin: str, deployment: str | None, kind: LayerKind, last: int = 20
    ) -> tuple[Past, ...]:
        """The last versions of a layer, newest first, each with what it changed.

        Raises:
            Unknown, UsageError, StoreError.
        """
        if not 1 <= last <= 200:
            raise UsageError("a history has 1 to 200 versions")
        place = _Place(twin, deployment, kind)
        found = await self._desk.read(who, lambda books: _versions(books, place, last + 1))
        pairs = zip(found[:last], (*found[1:], _none(place)), strict=False)
        return tuple([Past(new, await _diff(old, new)) for new, old in pairs])

    async def _next(self, who: Principal, newest: LayerText, yaml: str, why: str) -> LayerText:
        layer = LayerText(
            newest.twin,
            newest.deployment,
            newest.kind,
            newest.version + 1,
            yaml,
            who.id,
            self._now(),
            why,
        )
        await asyncio.to_thread(parsed, layer)
        return layer

    async def _compiled(self, books: Books, layer: LayerText) -> list[tuple[Stack, Compiled]]:
        """Every stack that a layer is part of, compiled.

        Raises:
            BadLayer: some do not compile; names each place once a fault.
        """
        compiled: list[tuple[Stack, Compiled]] = []
        faults: dict[str, list[str]] = {}
        for facts in await _places(books, layer):
            for stack in stacks(facts, layer, self._now()):
                try:
                    compiled.append((stack, await self._compiler.compile(stack)))
                except BadLayer as error:
                    for one in error.each:
                        faults.setdefault(str(one), []).append(stack.place)
        if faults:
            told = [f"{fault} (at {', '.join(places[:3])})" for fault, places in faults.items()]
            raise BadLayer("; ".join(told[:_FAULTS_SHOWN]))
        return compiled

    async def _look(
        self,
        books: Books,
        who: Principal,
        place: _Place,
        yaml: str,
        why: str = "",
        base: int | None = None,
    ) -> _Looked:
        """What a text would come to if it followed `base`, or whichever version is the newest."""
        talent = (await books.get(Twin, findable(place.twin))).noun.talent
        permit(who, Action.EDIT, talent=talent)
        newest = await _newest(books, place)
        if base not in (None, newest.version):
            raise Stale(f"version {newest.version} stands there by now: look at it, then publish yours")
        same = base and newest.yaml == yaml
        layer = newest if same else await self._next(who, newest, yaml, why)
        mark = await _mark(books, talent)
        compiled = await self._compiled(books, layer)
        touched = _touched(compiled, self._now())
        proposal = Proposal(layer, newest.version, await _diff(newest, layer), touched)
        return _Looked(proposal, tuple(compiled), talent, mark)

    async def _keep(self, who: Principal, looked: _Looked) -> None:
        """Keeps all versions of a candidate, a few at a time: others write in between."""
        versions = self._versions(who, looked)
        for begin in range(0, len(versions), _AT_ONCE):
            some = versions[begin : begin + _AT_ONCE]
            await self._desk.write(who, "", lambda books, some=some: books.put_versions(some))

    def _versions(self, who: Principal, looked: _Looked) -> list[Version]:
        return [stack.version(into.hash, who.id, self._now()) for stack, into in looked.compiled]


@dataclass(frozen=True, slots=True)
class _Place:
    """Which layer is meant."""

    twin: str
    deployment: str | None
    kind: LayerKind


@dataclass(frozen=True, slots=True)
class _Looked:
    """A candidate, compiled wherever it would hold.

    `mark`: the audit log's last number of the talent when that began.
    """

    proposal: Proposal
    compiled: tuple[tuple[Stack, Compiled], ...]
    talent: str
    mark: int

    @property
    def called(self) -> str:
        """How the audit log calls it."""
        layer = self.proposal.layer
        return f"{layer.deployment or layer.twin} {layer.kind}@{layer.version}"


async def _mark(books: Books, talent: str) -> int:
    """The last number of a talent in the audit log: where it is still the same, nothing has changed."""
    lines = (await books.trail(limit=1, talent=talent)).items
    return lines[0].id if lines else 0


async def _versions(books: Books, place: _Place, last: int, upto: int | None = None) -> tuple[LayerText, ...]:
    """A layer's last versions up to a number, newest first.

    Raises:
        Unknown: there is no such twin or place for this principal.
        UsageError: no layer of this kind stands there.
    """
    await books.get(Twin, findable(place.twin))
    if place.deployment is not None:
        deployment = (await books.get(Deployment, findable(place.deployment))).noun
        if deployment.twin != place.twin:
            raise Unknown(f"this twin has no deployment {place.deployment[:64]!r}")
    if place.kind is LayerKind.CAMPAIGN:
        raise UsageError("a campaign's layer is part of its terms: edit the campaign")
    if (place.kind is LayerKind.DEPLOYMENT) is (place.deployment is None):
        raise UsageError(
            "a talent or persona layer is a whole twin's, a deployment layer is of one deployment"
        )
    return await books.layers(place.twin, place.deployment, place.kind, last=last, upto=upto)


async def _newest(books: Books, place: _Place, upto: int | None = None) -> LayerText:
    found = await _versions(books, place, 1, upto)
    return found[0] if found else _none(place)


def _none(place: _Place) -> LayerText:
    return LayerText(place.twin, place.deployment, place.kind, 0, "")


async def _places(books: Books, layer: LayerText) -> tuple[Facts, ...]:
    """All about the places where a layer holds."""
    if layer.deployment is not None:
        return (await books.facts(layer.deployment),)
    return await books.places(layer.twin)


def _touched(compiled: list[tuple[Stack, Compiled]], now: int) -> tuple[Touched, ...]:
    return tuple(
        Touched(
            stack.facts.deployment.key,
            stack.campaign.id if stack.campaign else "",
            into.hash,
            warned(stack, into, now),
        )
        for stack, into in compiled
    )


async def _diff(old: LayerText, new: LayerText) -> str:
    """What changed, as a unified diff; empty where nothing did."""
    return await asyncio.to_thread(_unified, old, new)


def _unified(old: LayerText, new: LayerText) -> str:
    before, after = (f"{layer.kind}@{layer.version}" for layer in (old, new))
    lines = difflib.unified_diff(old.yaml.splitlines(), new.yaml.splitlines(), before, after, lineterm="")
    return "\n".join(lines)
