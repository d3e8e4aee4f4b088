"""Compiling candidates: whether layers go together at a place, and under which hash.

Compiling takes a few milliseconds, and judging new lines by their meaning some more for each. What was
compiled once is remembered, and so is what was refused: who proposes a layer and publishes it then, under a
lock that others wait for, compiles it once.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.context import Row
from gemelo.context.policy.layers import Kind, Layer, parse_layer
from gemelo.context.policy.meant import FixedLines
from gemelo.context.tenancy.campaigns import Campaign
from gemelo.context.tenancy.likeness import Likeness
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.tenancy.standing import Facts, campaign_layer, may_use
from gemelo.context.twins import DeploymentType, LayerKind, LayerText, Version
from gemelo.models.errors import BadLayer

_REMEMBERED = 1000
_OPEN = (Kind.PLATFORM, Kind.CAMPAIGN)
_OF_TALENT = (Kind.PERSONA, Kind.TALENT, Kind.DEPLOYMENT)


@dataclass(frozen=True, slots=True)
class Compiled:
    """What layers come to: the policy's hash, and what a manager should look at, a sentence each.

    `open` are those of the warnings that a brand may read, too; `voice` is the one that layers chose.
    """

    hash: str
    warnings: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Stack:
    """All layers of one place under the platform's; `campaign` is the one among them, None without."""

    facts: Facts
    layers: tuple[LayerText, ...]
    campaign: Campaign | None = None

    @property
    def place(self) -> str:
        """How a person finds it."""
        key = self.facts.deployment.key
        return f"{key} under campaign {self.campaign.id}" if self.campaign else key

    def version(self, hash: str, author: str, now: int) -> Version:
        """As it is kept under its hash."""
        return Version(self.facts.deployment.key, hash, self.layers, author, now)


class Compiler:
    """Compiles stacks under the platform's layer.

    Args:
        platform: the layer that every place stands under.
        lines: judges what is said as it stands by the rules that need its meaning.
    """

    def __init__(self, platform: Layer, lines: FixedLines) -> None:
        self._platform = platform
        self._lines = lines
        self._known: OrderedDict[object, Compiled | BadLayer] = OrderedDict()

    async def compile(self, stack: Stack) -> Compiled:
        """Compiles one stack, off the loop where it is a new one.

        Raises:
            BadLayer: a layer is wrong, or they do not go together.
            EmbedderError: what is said as it stands cannot be judged.
        """
        facts = stack.facts
        texts = tuple((layer.kind, layer.version, layer.yaml) for layer in stack.layers)
        place = facts.deployment
        key = (place.key, place.languages, facts.twin.id, facts.talent.name, texts)
        if key not in self._known:
            self._known[key] = await asyncio.to_thread(self._compiled, stack)
        self._known.move_to_end(key)
        compiled = self._known[key]
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        if isinstance(compiled, BadLayer):
            raise compiled.with_traceback(None)
        return compiled

    def _compiled(self, stack: Stack) -> Compiled | BadLayer:
        try:
            return self._compile(stack)
        except BadLayer as error:
            return error

    def _compile(self, stack: Stack) -> Compiled:
        facts = stack.facts
        context = compile_context(
            (self._platform, *(parsed(layer) for layer in stack.layers)),
            deployment=facts.deployment.key,
            twin=facts.twin.id,
            talent=facts.talent.name,
            here=facts.deployment.languages,
        )
        self._lines.refuse_broken(context)
        warnings, open = _sentences(context.warnings), _sentences(open_rows(context.warnings))
        return Compiled(context.hash, warnings, open, context.voice)


def warned(stack: Stack, compiled: Compiled, now: int) -> tuple[str, ...]:
    """What the talent's people should look at, also of what changes without a layer (ms since 1970 UTC)."""
    voice = compiled.voice
    if not voice or may_use(stack.facts, Likeness.VOICE, voice, now):
        return compiled.warnings
    return (
        *compiled.warnings,
        f"nobody consents to the voice {voice!r} here now, so the neutral one speaks: keep a consent to it",
    )


def parsed(layer: LayerText) -> Layer:
    """Reads a layer that is kept, or is to be; errors call it by its kind and version.

    Raises:
        BadLayer: it is wrong, or is a layer of another kind.
    """
    try:
        read = _read(layer.yaml, f"{layer.kind}@{layer.version}")
    except BadLayer as error:
        raise BadLayer(str(error), layer.kind) from None
    if read.kind.value != layer.kind.value:
        what = f"this is no {layer.kind} layer: write 'layer: {layer.kind}'"
        raise BadLayer(f"{read.place('layer')}: {what}", layer.kind)
    return read


@lru_cache(maxsize=16)
def _read(text: str, file: str) -> Layer:
    """Remembers a few: a layer is read anew for each place where it holds, and they follow on each other."""
    return parse_layer(text, file)


def told(error: BadLayer, who: Principal, talent: str) -> tuple[str, ...]:
    """Why layers do not go together, for who may not see all of them: a sentence for each that is in the way.

    A brand is told what to mend in its own layer, with its own words; of the talent's rules that one of
    them is in the way, and nothing that they hold.
    """
    if who.may(Action.SEE, talent=talent):
        return tuple(map(str, error.each))
    return tuple(dict.fromkeys(map(_outside, error.each)))


def _outside(error: BadLayer) -> str:
    if error.outside or error.layer in _OPEN:
        return error.outside or str(error)
    return "the talent's own rules do not go together on this page: somebody of theirs must mend them"


def open_rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    """What a brand may read: its campaign's rows and the platform's, where they tell of no other layer."""
    return tuple(
        row
        for row in rows
        if row.layer in _OPEN and not any(f"{kind} layer, " in row.value for kind in _OF_TALENT)
    )


def _sentences(rows: Iterable[Row]) -> tuple[str, ...]:
    return tuple(f"{row.place}: {row.value}" for row in rows)


def stacks(facts: Facts, candidate: LayerText | None, now: int) -> tuple[Stack, ...]:
    """All stacks of a place that are live or will be; `candidate` takes its layer's place.

    A campaign with both keys will be live in its window: a layer that does not go with it closes its page.
    """
    layers = _with(facts.layers, candidate)
    keyed = [one for one in facts.campaigns if one.has_both_keys and not one.is_over(now)]
    alone = () if keyed and facts.deployment.type is DeploymentType.CAMPAIGN else (Stack(facts, layers),)
    return (*alone, *(Stack(facts, (*layers, campaign_layer(one)), one) for one in keyed))


def bare(facts: Facts) -> Stack:
    """A place's stack while no campaign is live."""
    return Stack(facts, _with(facts.layers, None))


def under(facts: Facts, campaign: Campaign) -> Stack:
    """A place's stack as it will be while a campaign is live."""
    return Stack(facts, (*_with(facts.layers, None), campaign_layer(campaign)), campaign)


def _with(layers: tuple[LayerText, ...], candidate: LayerText | None) -> tuple[LayerText, ...]:
    """A twin's and a place's own layers, one of them replaced."""
    kept = [layer for layer in layers if layer.kind is not LayerKind.CAMPAIGN]
    if candidate:
        kept = [layer for layer in kept if layer.kind is not candidate.kind] + [candidate]
    return tuple(sorted(kept, key=lambda layer: (layer.deployment is not None, layer.kind)))
