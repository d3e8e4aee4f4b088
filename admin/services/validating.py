"""Whether a twin is fit to talk to fans: conversations drawn from what it has learned, held and judged.

    publish, approve, go live ──▶ admit ──▶ the last run was of this persona and corpus, and passed ──▶ go
                                       └──▶ else hold the conversations now ──▶ go | NotReady, with cases

What has learned nothing has nothing to be judged by and passes (decision 012).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from gemelo.admin.services import catalogue
from gemelo.admin.services.checking import findable, permit
from gemelo.admin.services.compiling import Compiled, Compiler, Stack, parsed, stacks
from gemelo.admin.services.desk import Books, Desk, Kept
from gemelo.admin.services.say import answered
from gemelo.admin.services.trying import Stager, newcomer
from gemelo.admin.services.visit import NoRecords
from gemelo.context.knowledge.seam import Documents
from gemelo.context.persona.bank import SMALL_TALK
from gemelo.context.persona.cases import Case, cases
from gemelo.context.persona.corpus import said
from gemelo.context.persona.document import hash_in, layer
from gemelo.context.persona.kept import PersonaText
from gemelo.context.persona.verdicts import Validation, scored, wrong
from gemelo.context.records import Decision
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import LayerKind, LayerText, Twin, TwinState
from gemelo.engine.stage import Stage
from gemelo.models.errors import NotReady, Unknown

_AT_ONCE = 4
_HOW = "gemelo persona --twin {}"


class Validating:
    """Holds the conversations. Every method may raise `StoreError` and `EmbedderError`.

    Args:
        version: of what a twin has learned; empty where that is nothing.
        now: the calendar's clock (ms since 1970 UTC).
    """

    def __init__(
        self,
        desk: Desk,
        compiler: Compiler,
        stager: Stager,
        documents: Documents,
        version: Callable[[str], str],
        now: Callable[[], int],
    ) -> None:
        self._desk = desk
        self._compiler = compiler
        self._stager = stager
        self._documents = documents
        self._version = version
        self._now = now

    async def admit(self, who: Principal, touched: Sequence[tuple[Stack, Compiled]], *, opens: bool) -> None:
        """Lets pass what may be published at the places of a twin; one that is not live talks to nobody.

        Args:
            touched: every place as it would be.
            opens: whether a deployment is published for the first time.

        Raises:
            NotReady: the twin has learned something and has no approved persona, or is below the bar.
        """
        alone = [one for one in touched if one[0].campaign is None] or touched
        if not alone or alone[0][0].facts.twin.state is not TwinState.LIVE:
            return
        stack, compiled = alone[0]
        await self._fit(who, stack, compiled.hash, must=opens)

    async def before_live(self, who: Principal, twin: str) -> None:
        """Lets pass a twin that may go live.

        Raises:
            NotReady: see `admit`; also where its persona was edited since it was approved.
            Unknown: there is no such twin.
        """
        kept = await self._kept(who, twin)
        if not self._version(twin):
            return
        if kept is None or not kept.is_approved:
            raise NotReady([_unapproved(twin, kept)])
        try:
            stack, compiled = await self._place(who, twin, None)
        except Unknown:  # it lives nowhere yet: its first deployment is judged when it is published
            return
        await self._fit(who, stack, compiled.hash, must=True)

    async def change_twin(self, who: Principal, wanted: Twin, revision: int, why: str) -> Kept[Twin]:
        """Sets what a twin is to be; one that goes live must be fit to.

        Raises:
            NotReady: see `before_live`.
            Stale, Unknown, NotAllowed, UsageError: see `catalogue.change`.
        """
        known = (await catalogue.see(self._desk, who, Twin, wanted.id)).noun
        if wanted.state is TwinState.LIVE and known.state not in (TwinState.LIVE, TwinState.SUSPENDED):
            permit(who, Action.EDIT, talent=known.talent)
            await self.before_live(who, wanted.id)
        return await catalogue.change(self._desk, who, wanted, revision, why)

    async def validate(self, who: Principal, twin: str) -> Validation:
        """Holds the conversations with a twin's persona as it stands, approved or not, and keeps the result.

        Raises:
            Unknown: there is no such twin, it has no persona, or no deployment to talk at.
            BadLayer, BadPersona: the persona does not go with the twin's rules.
            NotAllowed.
        """
        kept = await self._kept(who, twin)
        if kept is None:
            raise Unknown(f"this twin has no persona: make its draft first ({_HOW.format(twin)})")
        stack, compiled = await self._place(who, twin, kept)
        return await self._run(who, stack, compiled.hash)

    async def _fit(self, who: Principal, stack: Stack, policy: str, *, must: bool) -> None:
        twin, persona = stack.facts.twin.id, _persona_in(stack)
        index = self._version(twin)
        if not index:
            return
        kept = await self._kept(who, twin, Action.EDIT)
        if not persona:
            if must:
                raise NotReady([_unapproved(twin, kept)])
            return  # it went live before there were personas
        last = kept.validation if kept else None
        if last and (last.persona, last.index) == (persona, index) and last.passed:
            return
        result = await self._run(who, stack, policy)
        if not result.passed:
            raise NotReady(result.refused)

    async def _run(self, who: Principal, stack: Stack, policy: str) -> Validation:
        """Holds the conversations under a stack, and keeps what came of them beside the persona."""
        facts = stack.facts
        stage = await self._stager.candidate(facts, stack.layers)
        stage = replace(stage, records=NoRecords(), judge=None)
        index = self._version(facts.twin.id)
        documents = await self._documents.all(facts.twin.id)
        spoken = [language for language in stage.context.languages if language in SMALL_TALK]
        asked = await asyncio.to_thread(lambda: cases(said(documents), spoken, facts.talent.name))
        scores, failures = scored(await hold(stage, asked))
        place, now = facts.deployment.key, self._now()
        result = Validation(_persona_in(stack), index, policy, place, now, scores, failures)

        async def keep(books: Books) -> None:
            try:
                kept = (await books.get(PersonaText, facts.twin.id)).noun
            except Unknown:
                return
            await books.replace(replace(kept, validation=result), action="validate")

        await self._desk.write(who, "", keep)
        return result

    async def _kept(self, who: Principal, twin: str, action: Action = Action.TRY) -> PersonaText | None:
        async def look(books: Books) -> PersonaText | None:
            permit(who, action, talent=(await books.get(Twin, findable(twin))).noun.talent)
            found = await books.page(PersonaText, limit=1, twin=twin)
            return found.items[0].noun if found.items else None

        return await self._desk.read(who, look)

    async def _place(self, who: Principal, twin: str, persona: PersonaText | None) -> tuple[Stack, Compiled]:
        """Where a twin is judged: its first place that is no campaign's, else its first one."""

        async def look(books: Books) -> tuple[Stack, Compiled]:
            layered = LayerText(twin, None, LayerKind.PERSONA, 0, layer(persona.yaml)) if persona else None
            every = [
                stack for facts in await books.places(twin) for stack in stacks(facts, layered, self._now())
            ]
            every.sort(key=lambda stack: stack.campaign is not None)
            if not every:
                raise Unknown("this twin lives nowhere: make it a deployment to talk at first")
            return every[0], await self._compiler.compile(every[0])

        return await self._desk.read(who, look)


async def hold(stage: Stage, asked: Sequence[Case]) -> list[tuple[Case, str, str]]:
    """Each case, why its answer is wrong (empty: it is right), and the answer.

    The first error ends the other conversations, too.

    Raises:
        StoreError, EmbedderError.
    """
    room, secret = asyncio.Semaphore(_AT_ONCE), stage.context.secret

    async def one(case: Case) -> tuple[Case, str, str]:
        async with room:
            told = await answered(stage, newcomer(case.language), case.question, lambda text: None)

            def harmless(text: str) -> bool:
                verdicts = stage.guard.judge(text, case.language, "output")
                return all(verdict.decision is Decision.ALLOW for verdict in verdicts)

            why = await asyncio.to_thread(wrong, case, told.outcome, secret, harmless)
            return case, why, told.outcome.reply

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(case)) for case in asked]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


def _persona_in(stack: Stack) -> str:
    """The hash of the persona that a stack holds; empty where it holds none."""
    found = (one for one in stack.layers if one.kind is LayerKind.PERSONA)
    return next((hash_in(parsed(one).document.name) for one in found), "")


def _unapproved(twin: str, kept: PersonaText | None) -> str:
    how = _HOW.format(twin)
    if kept is None:
        return (
            f"this twin has learned documents and has no persona: draft one, look at it, approve it ({how})"
        )
    return f"this twin's persona is not approved as it stands: look at it and approve it ({how} --approve)"
