"""The built house: every long-lived object, made once by `admin.wiring` and handed to who needs it."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from gemelo.admin.services.cloning import Cloning
from gemelo.admin.services.compiling import parsed
from gemelo.admin.services.desk import Desk
from gemelo.admin.services.jobs import Outbox
from gemelo.admin.services.leads import LeadBook
from gemelo.admin.services.learn import READING, School, reindex
from gemelo.admin.services.lessons import Uploads
from gemelo.admin.services.notebook import Fans
from gemelo.admin.services.purses import Purses
from gemelo.admin.services.state import Shared
from gemelo.admin.services.talks import Talks
from gemelo.admin.services.tooling import Toolshed
from gemelo.admin.services.voices import Voices
from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.guard.meaning import Meaning
from gemelo.context.guard.planted import Screen, screened_by
from gemelo.context.knowledge.language import guess
from gemelo.context.knowledge.reranked import LONGEST_S, Order, Reranked
from gemelo.context.knowledge.seam import Documents, Knowledge
from gemelo.context.knowledge.twin import Library, TwinKnowledge
from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import Layer, parse_layer
from gemelo.context.policy.meant import FixedLines
from gemelo.context.requests import Requests
from gemelo.context.tenancy.campaigns import Campaign
from gemelo.context.tenancy.standing import Facts, standing
from gemelo.context.twins import (
    Changes,
    Deployment,
    LayerKind,
    LayerText,
    SessionRecord,
    Talent,
    Twin,
)
from gemelo.engine.budget import DraftBudget
from gemelo.engine.openers import speak
from gemelo.engine.records import Records
from gemelo.engine.stage import Stage
from gemelo.engine.turns import TurnRules
from gemelo.models.errors import EmbedderError, StoreError, UnknownDeployment
from gemelo.models.routing import Purse
from gemelo.models.seams import Clock, Ears, Judge, LanguageModel, Reader, Reranker, Restater
from gemelo.models.vocabulary import Language

log = logging.getLogger(__name__)


class Twins(Protocol):
    """Talents, twins, deployments and layers. Every method may raise `StoreError`."""

    async def facts(self, key: str) -> Facts | None: ...
    async def places(self, twin: str) -> tuple[Facts, ...]: ...
    async def changes(self, since: int) -> Changes: ...
    async def talent(self, id: str) -> Talent | None: ...
    async def twin(self, id: str) -> Twin | None: ...
    async def deployment(self, key: str) -> Deployment | None: ...
    async def deployments(self, twin: str | None = None) -> tuple[Deployment, ...]: ...


class Sessions(Protocol):
    """Sessions of fans. Every method may raise `StoreError`."""

    async def open(self, session: str, deployment: str, policy: str, language: Language) -> SessionRecord: ...
    async def get(self, session: str) -> SessionRecord | None: ...
    async def ended(self, session: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """One deployment that is open, with all that its sessions stand on and the layers behind it.

    Attributes:
        facts: what people have set about it, as they stood at `seen` (ms since 1970 UTC).
        campaign: the live one, None where none is.
    """

    facts: Facts
    seen: int
    stage: Stage
    layers: tuple[Layer, ...] = ()
    campaign: Campaign | None = None

    @property
    def deployment(self) -> Deployment:
        return self.facts.deployment

    @property
    def twin(self) -> Twin:
        return self.facts.twin

    @property
    def talent(self) -> Talent:
        return self.facts.talent

    def admits(self, territory: str, now: int) -> None:
        """Raises `Closed` where fans of a territory (empty: nobody knows which) may not talk here."""
        standing(self.facts, now, territory)


def tell_language(text: str, spoken: tuple[Language, ...], otherwise: Language) -> Language:
    """The language of a typed text among those a twin speaks here."""
    told = guess(text, otherwise)
    return told if told in spoken else otherwise


@dataclass(slots=True)
class House:
    """What `admin.wiring.build` has built. `close` gives everything back, last built first.

    Attributes:
        platform: the layer that every deployment stands under.
        data: folder of everything that must not be lost.
        wall: the calendar's clock (ms since 1970 UTC).
        rerank_s: time that the reranker has (s).
        lines: judges what is said as it stands, wherever a policy becomes live.
    """

    data: Path
    platform: Layer
    twins: Twins
    sessions: Sessions
    records: Records
    fans: Fans
    outbox: Outbox
    uploads: Uploads
    documents: Documents
    library: Library
    reader: Reader
    meaning: Meaning
    mind: LanguageModel
    judge: Judge | None
    restater: Restater | None
    voices: Voices
    ears: Ears
    clock: Clock
    rules: TurnRules
    wall: Callable[[], int]
    desk: Desk
    shared: Shared
    requests: Requests
    talks: Talks
    leads: LeadBook
    toolshed: Toolshed
    cloning: Cloning
    close: Callable[[], Awaitable[None]]
    reranker: Reranker | None = None
    rerank_s: float = LONGEST_S
    _places: dict[str, tuple[object, Stage, tuple[Layer, ...]]] = field(
        default_factory=dict[str, tuple[object, Stage, tuple[Layer, ...]]]
    )
    _budgets: dict[tuple[str, float], DraftBudget] = field(
        default_factory=dict[tuple[str, float], DraftBudget]
    )
    lines: FixedLines = field(init=False)
    _purses: Purses = field(init=False)
    _opening: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    _shelving: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.lines = FixedLines(self.meaning)
        self._purses = Purses(self.shared, self.talks.spent, self.wall)

    @property
    def school(self) -> School:
        """What its twins learn with."""
        embedder = self.library.embedder
        recipe = f"{READING}-{screened_by(embedder)}"
        return School(self.documents, embedder, self.reader, Screen(self.meaning), recipe)

    def ordered(self, found: Knowledge) -> Knowledge:
        """Knowledge in the order of the reranker, where there is one: for what no fan asks."""
        return Reranked(found, order) if (order := self._order) else found

    @property
    def _order(self) -> Order | None:
        return Order(self.reranker, self.rerank_s) if self.reranker else None

    async def place(self, key: str) -> Place:
        """Opens a deployment: its newest layers compiled, its guard and knowledge ready.

        Raises:
            UnknownDeployment: there is none of this key.
            Closed: nobody talks there now.
            BadLayer: its layers do not compile.
            StoreError: the store cannot be read.
            EmbedderError: an index of another version had to be built anew, and the encoder failed.
        """
        facts = await self.twins.facts(key)
        if facts is None:
            raise UnknownDeployment(f"there is no open deployment {key[:64]!r}: check its key and its status")
        return await self.known(facts)

    async def known(self, facts: Facts) -> Place:
        """Opens a deployment by what is known of it; the store need not answer.

        Raises:
            Closed: nobody talks there now.
            BadLayer, StoreError, EmbedderError: see `place`.
        """
        key, now = facts.deployment.key, self.wall()
        stands = standing(facts, now)
        agreed = (self.voices.agreed(facts, now), self.voices.faces(facts, now))
        made_of = (facts.deployment, facts.twin, facts.talent, stands, agreed)
        async with self._opening[key]:
            known = self._places.get(key)
            if known is None or known[0] != made_of:
                stack = (self.platform, *(_parsed(layer, stands.campaign) for layer in stands.layers))
                stage = await self._opened(facts, stack, now)
                known = self._places[key] = (made_of, stage, stack)
        return Place(facts, now, known[1], known[2], stands.campaign)

    async def _opened(self, facts: Facts, stack: tuple[Layer, ...], now: int) -> Stage:
        """A place's stage, ready for its first fan; what takes long disturbs no session."""
        stage = await asyncio.to_thread(self._stage, facts.deployment, facts.talent, stack)
        voice = self.voices.at(facts, stage.context, now)
        openers, purse = await speak(stage.context.persona.openers, voice), await self._purse(facts, stage)
        face = self.voices.face(facts, stage.context, now)
        stage = replace(stage, voice=voice, face=face, openers=openers, purse=purse)
        await self.voices.tell(facts, stage.context, now)
        await self._shelve(facts.twin.id)
        await _warm(stage)
        return stage

    async def candidate(self, facts: Facts, layers: tuple[LayerText, ...]) -> Stage:
        """A place's stage under any layers, whether or not the place is open; its tools change nothing.

        Raises:
            BadLayer, StoreError, EmbedderError.
        """
        stack = (self.platform, *(parsed(layer) for layer in layers))
        stage = await asyncio.to_thread(self._stage, facts.deployment, facts.talent, stack)
        await self._shelve(facts.twin.id)
        tools = self.toolshed.open(stage.context, facts.talent.id, rehearsing=True)
        return replace(stage, tools=tools)

    async def tailored(self, place: Place, layer: Layer) -> Place:
        """The same place under one more layer, for one session; all but context, guard and voice is shared.

        Raises:
            BadLayer: the layer sets what a session may not, or does not go with the others.
        """

        def tailor() -> Stage:
            context = _compiled((*place.layers, layer), place.deployment, place.talent)
            voice = self.voices.at(place.facts, context, place.seen)
            return replace(place.stage, context=context, guard=self.guard(context), voice=voice)

        return replace(place, stage=await asyncio.to_thread(tailor))

    async def _shelve(self, twin: str) -> None:
        """Builds a twin's index anew where this version of the program cannot open the one on disk."""
        async with self._shelving:
            try:
                await asyncio.to_thread(self.library.open, twin)
            except StoreError as error:
                log.warning("an index is built anew: %s", error)
                await reindex(twin, self.documents, self.library.embedder, self.library.folder(twin))

    def _stage(self, deployment: Deployment, talent: Talent, layers: tuple[Layer, ...]) -> Stage:
        context = _compiled(layers, deployment, talent)
        self.lines.refuse_broken(context)
        sponsor = context.sponsor
        claims = {language: sponsor.claims(language) for language in context.languages} if sponsor else {}
        return Stage(
            context=context,
            guard=self.guard(context),
            knowledge=TwinKnowledge(
                self.library,
                deployment.twin,
                claims,
                sponsor.brand if sponsor else "",
                focus=context.focus,
                scopes=context.knowledge,
            ),
            mind=self.mind,
            voice=self.voices.neutral,
            ears=self.ears,
            records=self.records,
            clock=self.clock,
            tell_language=tell_language,
            rules=replace(self.rules, speculation=context.drafts.when),
            budget=self._budget(talent, context),
            judge=self.judge,
            tools=self.toolshed.open(context, talent.id),
            restater=self.restater,
            order=self._order,
        )

    def _budget(self, talent: Talent, context: Context) -> DraftBudget:
        """One budget for all places of a talent; a new one where another share was bought."""
        share = context.drafts.wasted_share
        return self._budgets.setdefault((talent.id, share), DraftBudget(share))

    async def _purse(self, facts: Facts, stage: Stage) -> Purse:
        budget = stage.context.vendors.monthly_budget
        return stage.purse if budget is None else await self._purses.open(facts.talent.id, budget)

    def guard(self, context: Context) -> CompiledGuard:
        """Compiles the guard of a context."""
        return CompiledGuard(context.rules, context.hash, self.meaning, secret=context.secret)


def _parsed(layer: LayerText, campaign: Campaign | None) -> Layer:
    """Reads a layer; a campaign's has no versions of its own and is called by its terms."""
    of_campaign = campaign and layer.kind is LayerKind.CAMPAIGN
    version = campaign.terms.hash[:8] if campaign and of_campaign else layer.version
    return parse_layer(layer.yaml, f"{layer.kind}@{version}")


def _compiled(layers: tuple[Layer, ...], deployment: Deployment, talent: Talent) -> Context:
    return compile_context(
        layers,
        deployment=deployment.key,
        twin=deployment.twin,
        talent=talent.name,
        here=deployment.languages,
    )


async def _warm(stage: Stage) -> None:
    """Searches and judges once in each language: the first time reads files and is ten times slower."""
    with suppress(StoreError, EmbedderError):  # left to the turn that searches again
        for language in stage.context.languages:
            disclosure = stage.context.disclosure(language)
            await stage.knowledge.search(disclosure, language)
            await asyncio.to_thread(stage.guard.judge, disclosure, language, "input")
            await asyncio.to_thread(stage.guard.judge, disclosure, language, "output")
