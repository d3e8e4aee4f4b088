"""Personas of twins: drafted from what they have learned, edited and approved by people.

learned ──draft──▶ text ──put──▶ text ──approve──▶ the twin's persona layer, live where the twin is
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from gemelo.admin.services.checking import findable, permit, reason_of
from gemelo.admin.services.compiling import Compiler
from gemelo.admin.services.desk import Books, Desk, Kept
from gemelo.admin.services.enriching import enriched
from gemelo.admin.services.house import House
from gemelo.admin.services.publishing import Publishing
from gemelo.admin.services.validating import Validating
from gemelo.context.guard.builtin import TOPICS
from gemelo.context.guard.meaning import seeds
from gemelo.context.knowledge.seam import Document, Documents
from gemelo.context.persona.corpus import said
from gemelo.context.persona.document import PersonaDocument, layer, parse, unfounded, without
from gemelo.context.persona.draft import Background, draft
from gemelo.context.persona.kept import PersonaText
from gemelo.context.tenancy.people import Action, Principal
from gemelo.context.twins import LayerKind, Twin
from gemelo.models.errors import BadPersona, Stale, UsageError
from gemelo.models.seams import LanguageModel
from gemelo.models.vocabulary import Language

MAX_YAML = 300_000
"""Characters of a persona."""
_FAULTS_SHOWN = 10
_LANGUAGES = (Language("es"), Language("en"))


class Personas:
    """What becomes of personas. Every method may raise `Unknown`, `NotAllowed`, `StoreError`.

    Args:
        version: of what a twin has learned; empty where that is nothing.
        mind: enriches drafts, where somebody asks for it.
        now: the calendar's clock (ms since 1970 UTC).
    """

    def __init__(
        self,
        desk: Desk,
        publishing: Publishing,
        documents: Documents,
        version: Callable[[str], str],
        mind: LanguageModel,
        now: Callable[[], int],
    ) -> None:
        self._desk = desk
        self._publishing = publishing
        self._documents = documents
        self._version = version
        self._mind = mind
        self._now = now

    async def see(self, who: Principal, twin: str) -> Kept[PersonaText]:
        """A twin's persona as it stands."""

        async def look(books: Books) -> Kept[PersonaText]:
            await books.get(Twin, findable(twin))
            return await books.get(PersonaText, twin)

        return await self._desk.read(who, look)

    async def draft(
        self, who: Principal, twin: str, why: str, *, anew: bool = False, enrich: bool = False
    ) -> str:
        """Draws a persona from what a twin has learned, and keeps it where the twin has none yet.

        Args:
            anew: puts it in the place of the text that is there.
            enrich: asks the language model for further traits, each of which must quote the corpus.

        Raises:
            UsageError: it has learned nothing to draw a persona from.
            MindError: the language model did not answer.
        """
        await self._permit(who, twin)
        documents, version = await self._documents.all(twin), self._version(twin)
        if not documents:
            raise UsageError("this twin has learned nothing to draw a persona from: gemelo learn")
        drawn = await asyncio.to_thread(_drawn, twin, version, documents)
        if enrich:
            drawn = await enriched(drawn, said(documents), self._mind, twin)
        text = drawn.to_yaml()

        async def keep(books: Books) -> None:
            found = (await books.page(PersonaText, limit=1, twin=twin)).items
            if not found:
                await books.add(PersonaText(twin, text), "draft")
            elif anew:
                await books.replace(replace(found[0].noun, yaml=text), action="draft")

        await self._desk.write(who, reason_of(why), keep)
        return text

    async def put(
        self, who: Principal, twin: str, yaml: str, revision: int | None, why: str
    ) -> Kept[PersonaText]:
        """Keeps a text that a person has edited; an approval of another text is void.

        Args:
            revision: of the text that `who` has looked at; 0: there was none; None: whichever is there.

        Raises:
            BadPersona: it is wrong, or another twin's.
            Stale: somebody has changed it meanwhile.
        """
        await self._permit(who, twin)
        await self._checked(twin, yaml)

        async def keep(books: Books) -> Kept[PersonaText]:
            found = (await books.page(PersonaText, limit=1, twin=twin)).items
            if not found:
                if revision:
                    raise Stale("there is no persona any more: look at it again")
                new = PersonaText(twin, yaml)
                await books.add(new)
                return Kept(new, 1)
            edited = replace(found[0].noun, yaml=yaml)
            return Kept(edited, await books.replace(edited, revision))

        return await self._desk.write(who, reason_of(why), keep)

    async def approve(self, who: Principal, twin: str, hash: str, why: str) -> Kept[PersonaText]:
        """Approves a text to the letter and makes it the twin's persona layer, live where the twin is.

        Args:
            hash: of the text that `who` has looked at.

        Raises:
            Stale: it is another text by now.
            BadPersona: it cites what the twin has not learned, or has forgotten.
            BadLayer: a line of it breaks a rule of the twin's.
            NotReady: the twin is live, and with this persona it would be below the bar.
        """
        await self._permit(who, twin)
        kept = (await self.see(who, twin)).noun
        if kept.hash != hash:
            raise Stale("this persona was changed meanwhile: look at it, then approve what stands there")
        document = await self._checked(twin, kept.yaml)
        if missing := await asyncio.to_thread(unfounded, document, await self._documents.all(twin)):
            raise BadPersona("; ".join(missing[:_FAULTS_SHOWN]))
        newest = await self._publishing.newest(who, twin, None, LayerKind.PERSONA)
        text, reason = await asyncio.to_thread(layer, kept.yaml), reason_of(why, needed=True)
        await self._publishing.publish(who, twin, None, LayerKind.PERSONA, text, newest.version, reason)

        async def keep(books: Books) -> Kept[PersonaText]:
            now = (await books.get(PersonaText, twin)).noun
            approved = replace(now, approved=hash, by=who.id, at=self._now())
            return Kept(approved, await books.replace(approved, action="approve"))

        return await self._desk.write(who, reason, keep)

    async def forget(self, who: Principal, twin: str, path: str) -> None:
        """Takes what a persona has of a document out of its text; the approval of the old text is void.

        What a validation quoted goes with it, whichever document it was of.
        """

        async def work(books: Books) -> None:
            for kept in (await books.page(PersonaText, limit=1, twin=twin)).items:
                yaml = await asyncio.to_thread(_left, kept.noun.yaml, path)
                if yaml != kept.noun.yaml or kept.noun.validation is not None:
                    await books.replace(replace(kept.noun, yaml=yaml, validation=None), action="forget")

        await self._desk.write(who, f"a document was forgotten: {path[:200]}", work)

    async def _permit(self, who: Principal, twin: str) -> str:
        """The talent of a twin whose persona may be changed."""
        talent = (await self._desk.read(who, lambda books: books.get(Twin, findable(twin)))).noun.talent
        permit(who, Action.EDIT, talent=talent)
        return talent

    async def _checked(self, twin: str, yaml: str) -> PersonaDocument:
        if len(yaml) > MAX_YAML:
            raise BadPersona(f"a persona has at most {MAX_YAML:,} characters: take lines out")
        document = await asyncio.to_thread(parse, yaml)
        if document.twin != twin:
            raise BadPersona(f"this is the persona of another twin: write 'twin: {twin}'")
        return document


def _left(yaml: str, path: str) -> str:
    """A persona's text without what it has of a document; the same to the letter where it has nothing."""
    before = parse(yaml)
    left = without(before, path)
    return yaml if left == before else left.to_yaml()


def personas_at(house: House) -> tuple[Personas, Validating]:
    """What works on personas in a house, and what validates them there."""
    compiler, version = Compiler(house.platform, house.lines), house.library.version
    validating = Validating(house.desk, compiler, house, house.documents, version, house.wall)
    publishing = Publishing(house.desk, compiler, house.wall, validating)
    return Personas(house.desk, publishing, house.documents, version, house.mind, house.wall), validating


def _drawn(twin: str, version: str, documents: tuple[Document, ...]) -> PersonaDocument:
    return draft(twin, version, said(documents), background())


@cache
def background() -> Background:
    """Other people's sentences that ship with the guard: harmless ones, and ones that enter a topic."""
    return Background(
        said={language: seeds("said", language) for language in _LANGUAGES},
        asked={language: seeds("asked", language) for language in _LANGUAGES},
        topics={topic: {language: seeds(topic, language) for language in _LANGUAGES} for topic in TOPICS},
    )
