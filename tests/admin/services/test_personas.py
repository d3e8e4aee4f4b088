"""Personas, drafted, edited, validated, approved, and what goes live with them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from gemelo.admin.services.compiling import Compiler, parsed
from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.personas import Personas
from gemelo.admin.services.publishing import Publishing
from gemelo.admin.services.validating import Validating, hold
from gemelo.admin.wiring.build import platform_layer
from gemelo.context.guard.compiled import CompiledGuard
from gemelo.context.knowledge import index
from gemelo.context.knowledge.seam import Document, Title
from gemelo.context.knowledge.twin import Library, TwinKnowledge
from gemelo.context.persona.cases import Case, Category
from gemelo.context.persona.verdicts import Validation
from gemelo.context.policy.compile import compile_context
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.tenancy.standing import Facts
from gemelo.context.twins import LayerKind, LayerText, Twin, TwinState
from gemelo.engine.stage import Stage
from gemelo.models.adapters.verbatim import VerbatimMind
from gemelo.models.errors import BadPersona, BadText, NotAllowed, NotReady, Stale, Unknown, UsageError
from gemelo.models.vocabulary import Passage, Prompt, Written
from tests.admin.services.cast import MARTA, NINA, OTTO, ROSA
from tests.admin.services.conftest import Calendar
from tests.context.persona.corpora import DOCUMENTS
from tests.fakes import EN, World
from tests.hashing import HashingEmbedder
from tests.meaning import quiet_meaning

PORTAL = ("trina", "trina-portal", LayerKind.DEPLOYMENT)
PORTAL_LAYER = "layer: deployment\nname: portal\n"


class OneMind(VerbatimMind):
    """Answers from its passages, or always the same."""

    def __init__(self) -> None:
        self.instead = ""

    async def reply(self, prompt: Prompt):
        if self.instead:
            yield Written(self.instead)
            return
        async for piece in super().reply(prompt):
            yield piece


@dataclass
class Learned:
    """`Documents` in memory, and the index of them."""

    library: Library
    kept: dict[str, tuple[Document, ...]] = field(default_factory=dict[str, tuple[Document, ...]])

    def learn(self, twin: str, *documents: Document) -> None:
        self.kept[twin] = documents
        built = index.build(documents, self.library.embedder)
        index.save(built, self.library.folder(twin), self.library.embedder.name)

    async def all(self, twin: str) -> tuple[Document, ...]:
        return self.kept.get(twin, ())

    async def put(self, twin: str, document: Document) -> None:
        raise NotImplementedError

    async def edition(self, twin: str) -> str:
        raise NotImplementedError

    async def titles(self, twin: str, after: str = "", limit: int = 50) -> tuple[Title, ...]:
        raise NotImplementedError

    async def title(self, twin: str, path: str) -> Title | None:
        raise NotImplementedError

    async def remove(self, twin: str, path: str) -> bool:
        raise NotImplementedError

    async def scrub(self) -> None:
        raise NotImplementedError


@dataclass
class Stager:
    """Stages with real rules, real knowledge and a verbatim mind; counts what it built."""

    library: Library
    mind: OneMind = field(default_factory=OneMind)
    built: int = 0

    async def candidate(self, facts: Facts, layers: tuple[LayerText, ...]) -> Stage:
        self.built += 1
        context = compile_context(
            (platform_layer(), *map(parsed, layers)),
            deployment=facts.deployment.key, twin=facts.twin.id, talent=facts.talent.name,
            here=facts.deployment.languages,
        )  # fmt: skip
        return replace(
            World().stage(),
            context=context,
            guard=CompiledGuard(context.rules, context.hash, quiet_meaning(), secret=context.secret),
            knowledge=TwinKnowledge(self.library, facts.twin.id),
            mind=self.mind,
        )


@dataclass
class Bench:
    """All that works on personas, on one desk."""

    desk: Desk
    learned: Learned
    stager: Stager
    validating: Validating
    publishing: Publishing
    personas: Personas


@pytest.fixture
def bench(desk: Desk, compiler: Compiler, now: Calendar, tmp_path: Path) -> Bench:
    library = Library(tmp_path, HashingEmbedder())
    learned, stager = Learned(library), Stager(library)
    validating = Validating(desk, compiler, stager, learned, library.version, now)
    publishing = Publishing(desk, compiler, now, validating)
    personas = Personas(desk, publishing, learned, library.version, stager.mind, now)
    return Bench(desk, learned, stager, validating, publishing, personas)


async def _state(desk: Desk, state: TwinState) -> None:
    async def work(books: Books) -> None:
        await books.replace(replace((await books.get(Twin, "trina")).noun, state=state))

    await desk.write(THE_HOUSE, "a test", work)


async def _approved(bench: Bench) -> str:
    await bench.personas.draft(MARTA, "trina", "")
    kept = (await bench.personas.see(MARTA, "trina")).noun
    return (await bench.personas.approve(MARTA, "trina", kept.hash, "that is her")).noun.hash


def passing(result: Validation) -> Validation:
    """The same run, had all been right."""
    return replace(result, scores=tuple(replace(one, right=one.asked) for one in result.scores))


async def test_a_draft_is_kept_once(bench: Bench) -> None:
    """What a person has edited is drawn anew only where somebody asks for that."""
    bench.learned.learn("trina", *DOCUMENTS)
    drawn = await bench.personas.draft(MARTA, "trina", "a look")
    kept = await bench.personas.see(OTTO, "trina")
    assert (kept.noun.yaml, kept.noun.is_approved) == (drawn, False)
    edited = drawn.replace("sentence_length: ", "sentence_length:  ")
    await bench.personas.put(MARTA, "trina", f"# mine\n{edited}", kept.revision, "mine")
    assert await bench.personas.draft(MARTA, "trina", "") == drawn
    assert (await bench.personas.see(MARTA, "trina")).noun.yaml.startswith("# mine")
    await bench.personas.draft(MARTA, "trina", "", anew=True)
    assert (await bench.personas.see(MARTA, "trina")).noun.yaml == drawn


async def test_a_twin_that_has_learned_nothing_has_no_persona(bench: Bench) -> None:
    """There is nothing to draw it from."""
    with pytest.raises(UsageError, match="has learned nothing"):
        await bench.personas.draft(MARTA, "trina", "")
    with pytest.raises(Unknown):
        await bench.personas.see(MARTA, "trina")


async def test_only_who_manages_the_talent_works_on_it(bench: Bench) -> None:
    """Others of the talent see it, reviewers validate it; to strangers it is not there."""
    bench.learned.learn("trina", *DOCUMENTS)
    await _state(bench.desk, TwinState.DRAFT)
    hash = await _approved(bench)
    for who, refused in ((OTTO, NotAllowed), (ROSA, NotAllowed), (NINA, Unknown)):
        with pytest.raises(refused):
            await bench.personas.draft(who, "trina", "")
        with pytest.raises(refused):
            await bench.personas.put(who, "trina", "x", None, "")
        with pytest.raises(refused):
            await bench.personas.approve(who, "trina", hash, "mine")
    with pytest.raises(NotAllowed):
        await bench.validating.validate(OTTO, "trina")
    with pytest.raises(Unknown):
        await bench.validating.validate(NINA, "trina")
    assert (await bench.validating.validate(ROSA, "trina")).persona == hash


async def test_an_approved_persona_is_a_layer_of_its_twin(bench: Bench) -> None:
    """It compiles with the others at every place; an edit makes the approval void and changes no layer."""
    bench.learned.learn("trina", *DOCUMENTS)
    await _state(bench.desk, TwinState.DRAFT)
    await _approved(bench)
    layer = await bench.publishing.newest(OTTO, "trina", None, LayerKind.PERSONA)
    assert (layer.version, layer.author, layer.reason) == (1, "marta", "that is her")
    kept = await bench.personas.see(MARTA, "trina")
    assert kept.noun.is_approved
    edited = await bench.personas.put(MARTA, "trina", kept.noun.yaml + "# mine\n", kept.revision, "")
    assert not edited.noun.is_approved
    assert (await bench.publishing.newest(OTTO, "trina", None, LayerKind.PERSONA)).version == 1


async def test_a_text_that_was_changed_meanwhile_is_not_approved(bench: Bench) -> None:
    """Nor one that cites what the twin has not learned, nor another twin's."""
    bench.learned.learn("trina", *DOCUMENTS)
    text = await bench.personas.draft(MARTA, "trina", "")
    with pytest.raises(Stale):
        await bench.personas.approve(MARTA, "trina", "0" * 32, "blindly")
    with pytest.raises(BadPersona, match="another twin"):
        await bench.personas.put(MARTA, "trina", text.replace("twin: trina", "twin: oto"), None, "")
    bench.learned.learn("trina", DOCUMENTS[0])
    kept = await bench.personas.see(MARTA, "trina")
    with pytest.raises(BadPersona, match=r"cites en/bread.md#\d, which does not say so \(any more\)"):
        await bench.personas.approve(MARTA, "trina", kept.noun.hash, "all of it")
    await bench.personas.forget(THE_HOUSE, "trina", "en/bread.md")
    assert "bread" not in (await bench.personas.see(MARTA, "trina")).noun.yaml


async def test_a_twin_that_has_learned_goes_live_with_an_approved_persona(bench: Bench) -> None:
    """One that has learned nothing needs none."""
    await _state(bench.desk, TwinState.DRAFT)
    twin = await bench.desk.read(MARTA, lambda books: books.get(Twin, "trina"))
    live = replace(twin.noun, state=TwinState.LIVE)
    bench.learned.learn("trina", *DOCUMENTS)
    with pytest.raises(NotReady, match="has no persona"):
        await bench.validating.change_twin(MARTA, live, twin.revision, "")
    await bench.personas.draft(MARTA, "trina", "")
    with pytest.raises(NotReady, match="is not approved as it stands"):
        await bench.validating.change_twin(MARTA, live, twin.revision, "")
    renamed = replace(twin.noun, name="Trina the Coach")
    changed = await bench.validating.change_twin(MARTA, renamed, twin.revision, "")
    bench.learned.kept.clear()
    for path in bench.learned.library.folder("trina").glob("current"):
        path.unlink()
    gone = await bench.validating.change_twin(MARTA, live, changed.revision, "")
    assert gone.noun.state is TwinState.LIVE


async def test_a_publish_below_the_bar_is_refused_with_its_cases(bench: Bench) -> None:
    """Every category that is below, and each conversation that failed; nothing is published."""
    bench.learned.learn("trina", *DOCUMENTS)
    await _state(bench.desk, TwinState.DRAFT)
    await _approved(bench)
    await _state(bench.desk, TwinState.LIVE)
    bench.stager.mind.instead = "I make it all up."
    with pytest.raises(NotReady) as refused:
        await bench.publishing.publish(MARTA, *PORTAL, PORTAL_LAYER, 0, "opens")
    told = str(refused.value)
    assert "fact: 0 of" in told
    assert "fact (es) '¿Cómo empiezo a correr?'" in told
    assert (await bench.publishing.newest(MARTA, *PORTAL)).version == 0
    kept = (await bench.personas.see(MARTA, "trina")).noun.validation
    assert kept
    assert not kept.passed


async def test_a_run_is_good_for_its_persona_and_corpus(bench: Bench) -> None:
    """Later publishes hold no conversations, until the twin has learned something else."""
    bench.learned.learn("trina", *DOCUMENTS)
    await _state(bench.desk, TwinState.DRAFT)
    hash = await _approved(bench)
    result = await bench.validating.validate(MARTA, "trina")
    assert (result.persona, result.index) == (hash, bench.learned.library.version("trina"))
    assert result.asked >= 30
    await _keep(bench, passing(result))
    await _state(bench.desk, TwinState.LIVE)
    held = bench.stager.built
    await bench.publishing.publish(MARTA, *PORTAL, PORTAL_LAYER, 0, "opens")
    await bench.publishing.publish(MARTA, *PORTAL, f"{PORTAL_LAYER}focus: [running]\n", 1, "again")
    assert bench.stager.built == held
    bench.stager.mind.instead = "I make it all up."
    bench.learned.learn("trina", DOCUMENTS[0])
    with pytest.raises(NotReady):
        await bench.publishing.publish(MARTA, *PORTAL, PORTAL_LAYER, 2, "once more")
    assert bench.stager.built == held + 1


async def _keep(bench: Bench, result: Validation) -> None:
    async def work(books: Books) -> None:
        kept = (await bench.personas.see(MARTA, "trina")).noun
        await books.replace(replace(kept, validation=result))

    await bench.desk.write(THE_HOUSE, "a test", work)


@pytest.mark.parametrize("state", [TwinState.LIVE, TwinState.DRAFT])
async def test_twins_without_a_persona_publish_as_before(bench: Bench, state: TwinState) -> None:
    """One that has learned nothing; one that is not live; and, of one that is live, what was open before."""
    await _state(bench.desk, state)
    await bench.publishing.publish(MARTA, *PORTAL, PORTAL_LAYER, 0, "opens")
    bench.learned.learn("trina", *DOCUMENTS)
    await bench.publishing.publish(MARTA, *PORTAL, f"{PORTAL_LAYER}focus: [running]\n", 1, "again")
    summer = ("trina", "trina-summer", LayerKind.DEPLOYMENT)
    if state is TwinState.LIVE:
        with pytest.raises(NotReady, match="has no persona"):
            await bench.publishing.publish(MARTA, *summer, PORTAL_LAYER, 0, "a new place")
    else:
        await bench.publishing.publish(MARTA, *summer, PORTAL_LAYER, 0, "a new place")
    assert bench.stager.built == 0


class EndlessMind(VerbatimMind):
    """Never comes to an end; counts the replies under way."""

    def __init__(self) -> None:
        self.under_way = self.begun = 0

    async def reply(self, prompt: Prompt):
        self.under_way += 1
        self.begun += 1
        try:
            await asyncio.Event().wait()
            yield Written("never said")
        finally:
            self.under_way -= 1


async def test_the_first_error_ends_all_conversations() -> None:
    """No mind goes on answering for a validation that has failed."""
    mind = EndlessMind()
    world = World()
    known, empty = Case(Category.FACT, EN, "How hot are the kilns?"), Case(Category.FACT, EN, "")
    stage = replace(world.stage(), mind=mind)
    with pytest.raises(BadText):
        await hold(stage, (known, known, empty))
    assert mind.under_way == 0
    assert mind.begun


class QuotingMind(VerbatimMind):
    """Names traits, one with a quotation that is there and one with none."""

    async def reply(self, prompt: Prompt):
        passages: Sequence[Passage] = prompt.findings.passages
        yield Written(
            f"Talks of bread. | {passages[0].text[:25]}\nNever sleeps. | I never sleep at all\nOdd line"
        )


async def test_a_model_adds_only_what_it_can_quote(bench: Bench, now: Calendar) -> None:
    """Where no model is configured, nothing is added."""
    bench.learned.learn("trina", *DOCUMENTS)
    library = bench.learned.library
    personas = Personas(bench.desk, bench.publishing, bench.learned, library.version, QuotingMind(), now)
    plain = await bench.personas.draft(MARTA, "trina", "", enrich=True)
    assert plain == await bench.personas.draft(MARTA, "trina", "")
    richer = await personas.draft(MARTA, "trina", "", enrich=True)
    assert "Talks of bread." in richer
    assert "Never sleeps." not in richer
