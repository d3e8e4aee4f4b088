"""Trying a version of a policy without publishing it: one typed turn that nobody keeps.

A version is what stands at a place, what will stand there while a campaign is live, or any candidate that
was proposed; each is known by its hash.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from gemelo.admin.services.checking import findable
from gemelo.admin.services.compiling import Compiler, Stack, bare, open_rows, told, under
from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.house import House
from gemelo.admin.services.say import Said, answered
from gemelo.admin.services.visit import NoRecords
from gemelo.context.policy.context import Context
from gemelo.context.tenancy.campaigns import Campaign
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.tenancy.standing import Facts, standing
from gemelo.context.twins import LayerKind, LayerText
from gemelo.engine.fan import Fan
from gemelo.engine.stage import Stage
from gemelo.models.errors import BadLayer, Closed, NotAllowed, Unknown
from gemelo.models.text import clean
from gemelo.models.vocabulary import Language

MIN_HASH = 8
"""Letters of a policy's hash that name it."""
_STAGES = 8


class Stager(Protocol):
    """What builds the stage of a candidate: the house."""

    async def candidate(self, facts: Facts, layers: tuple[LayerText, ...]) -> Stage:
        """See `House.candidate`."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that may be tried at a place."""

    hash: str
    facts: Facts
    layers: tuple[LayerText, ...]


class Trying:
    """Runs versions.

    Args:
        now: the calendar's clock (ms since 1970 UTC).
    """

    def __init__(self, desk: Desk, compiler: Compiler, stager: Stager, now: Callable[[], int]) -> None:
        self._desk = desk
        self._compiler = compiler
        self._stager = stager
        self._now = now
        self._stages: OrderedDict[object, Stage] = OrderedDict()

    async def find(self, who: Principal, deployment: str, hash: str) -> Candidate:
        """A version by its hash, or eight or more of the hash's first letters.

        A talent's managers find every version of their places, a brand's those that hold its campaign.

        Raises:
            Unknown: there is none, or more than one, or not for this principal.
            NotAllowed: `who` sees the place and may not try versions there.
            StoreError.
        """

        async def work(books: Books) -> Candidate:
            campaigns = await self._permit(books, who, deployment)
            facts = await books.unfenced.facts(deployment)
            found = await self._found(books, facts, hash)
            if found is None or (campaigns and not _is_of(found, campaigns)):
                holds = "" if campaigns else await self._holds(facts)
                raise Unknown(
                    f"no version {hash[:64]!r} is known here{holds}: write {MIN_HASH} or more letters of one"
                )
            return found

        return await self._desk.read(who, work)

    async def holding(self, who: Principal, deployment: str) -> Candidate:
        """The version that holds at a place.

        Raises:
            Closed: nobody talks there now.
            Unknown, NotAllowed, BadLayer, StoreError.
        """

        async def work(books: Books) -> Candidate:
            campaigns = await self._permit(books, who, deployment)
            stack = self._standing(await books.unfenced.facts(deployment))
            found = Candidate((await self._compiler.compile(stack)).hash, stack.facts, stack.layers)
            if campaigns and not _is_of(found, campaigns):
                raise Unknown("no campaign of yours is live here now")
            return found

        return await self._desk.read(who, work)

    async def explain(self, who: Principal, deployment: str, hash: str) -> Context:
        """What a version comes to, with every effective rule.

        A brand reads the rules of its campaign and of the platform: the talent's are not there for it.

        Raises:
            BadLayer: this version no longer compiles.
            Unknown, NotAllowed, StoreError, EmbedderError.
        """
        found = await self.find(who, deployment, hash)
        context = (await self._staged(who, found)).context
        if who.may(Action.SEE, talent=found.facts.talent.id):
            return context
        return replace(context, rows=open_rows(context.rows), warnings=open_rows(context.warnings))

    async def try_(
        self,
        who: Principal,
        deployment: str,
        hash: str,
        text: str,
        show: Callable[[str], None] = lambda text: None,
    ) -> Said:
        """Says something to a twin under a version; nothing of it is stored, and nothing published.

        Args:
            show: gets the reply's text as it comes.

        Raises:
            BadText: there is nothing to read in the text, or too much.
            BadLayer: this version no longer compiles.
            Unknown, NotAllowed, StoreError, EmbedderError.
        """
        text = clean(text)
        stage = await self._staged(who, await self.find(who, deployment, hash))
        languages = stage.context.languages
        language = stage.tell_language(text, languages, languages[0])
        return await answered(stage, newcomer(language), text, show)

    async def stage(self, candidate: Candidate) -> Stage:
        """A candidate's stage, which keeps nothing of what is said on it.

        Raises:
            BadLayer, StoreError, EmbedderError.
        """
        place = candidate.facts.deployment
        key = (place.key, place.languages, candidate.hash)
        if key not in self._stages:
            built = await self._stager.candidate(candidate.facts, candidate.layers)
            self._stages[key] = replace(built, records=NoRecords(), judge=None)
        self._stages.move_to_end(key)
        while len(self._stages) > _STAGES:
            self._stages.popitem(last=False)
        return self._stages[key]

    async def _staged(self, who: Principal, candidate: Candidate) -> Stage:
        """A stage for who may not see all that it is made of: errors tell nothing of the rest."""
        try:
            return await self.stage(candidate)
        except BadLayer as error:
            raise BadLayer("; ".join(told(error, who, candidate.facts.talent.id))) from None

    async def _permit(self, books: Books, who: Principal, deployment: str) -> tuple[Campaign, ...]:
        """Nothing for who may try anything here, else the campaigns whose versions they may try."""
        place = await books.unfenced.facts(findable(deployment))
        if who.may(Action.TRY, talent=place.talent.id):
            return ()
        mine = tuple(
            one
            for one in place.campaigns
            if one.brand in who.brands and who.may(Action.TRY, talent=one.talent, brand=one.brand)
        )
        if mine:
            return mine
        if who.may(Action.SEE, talent=place.talent.id):
            raise NotAllowed("your roles do not allow this (try): ask somebody who manages the talent")
        raise Unknown(f"there is no deployment {deployment[:64]!r}")

    async def _found(self, books: Books, facts: Facts, hash: str) -> Candidate | None:
        if len(hash) < MIN_HASH or not hash.isalnum() or not hash.isascii():
            return None
        try:
            version = await books.unfenced.version(facts.deployment.key, hash)
            return Candidate(version.hash, facts, version.layers)
        except Unknown:
            pass
        for stack in (bare(facts), *(under(facts, one) for one in facts.campaigns)):
            known = await self._hash(stack)
            if known.startswith(hash):
                return Candidate(known, facts, stack.layers)
        return None

    async def _holds(self, facts: Facts) -> str:
        """Which version holds at a place; nothing where it is closed."""
        try:
            hash = await self._hash(self._standing(facts))
        except Closed:
            return ""
        return f" (the one that holds is {hash})" if hash else ""

    def _standing(self, facts: Facts) -> Stack:
        """What rules a place now. Raises `Closed`."""
        stands = standing(facts, self._now())
        return under(facts, stands.campaign) if stands.campaign else bare(facts)

    async def _hash(self, stack: Stack) -> str:
        """A stack's hash; empty where it does not compile."""
        try:
            return (await self._compiler.compile(stack)).hash
        except BadLayer:
            return ""


def trying_at(house: House) -> Trying:
    """What tries versions in a house."""
    return Trying(house.desk, Compiler(house.platform, house.lines), house, house.wall)


def newcomer(language: Language) -> Fan:
    """A fan whom nobody knows, in a session that nobody keeps."""
    return Fan(f"try-{uuid.uuid4().hex}", language)


def _is_of(found: Candidate, campaigns: tuple[Campaign, ...]) -> bool:
    """Whether a version holds one of these campaigns: as it stands, or an earlier edit."""
    ids, texts = {one.id for one in campaigns}, {one.terms.layer for one in campaigns}
    return any(
        layer.kind is LayerKind.CAMPAIGN and (layer.campaign in ids or layer.yaml in texts)
        for layer in found.layers
    )
