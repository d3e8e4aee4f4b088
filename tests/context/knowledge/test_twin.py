"""Searching what a twin knows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gemelo.context.knowledge import index
from gemelo.context.knowledge.choose import Worth, coverage
from gemelo.context.knowledge.passages import cut_markdown
from gemelo.context.knowledge.scope import Scope
from gemelo.context.knowledge.score import CANDIDATES, question
from gemelo.context.knowledge.seam import Document
from gemelo.context.knowledge.twin import Library, TwinKnowledge
from gemelo.models.errors import EmbedderError
from gemelo.models.seams import Embedder, Embedding
from gemelo.models.vocabulary import Label, Language
from tests.hashing import HashingEmbedder

EN, ES = Language("en"), Language("es")

ENGLISH = """# Club

## Where is the stadium?
The stadium stands beside the river, ten minutes on foot from the station. Its roof is from 2011.

## Who founded the club?
Two sisters, Ana and Marta Ruiz, founded the club in 1934. They ran it for thirty years.

## What colours does the team wear?
The team wears green shirts and white shorts. The away kit is purple.
"""
SPANISH = """# Club

## ¿Dónde está el estadio?
El estadio está junto al río, a diez minutos a pie de la estación. Su techo es de 2011.

## ¿Quién fundó el club?
Dos hermanas, Ana y Marta Ruiz, fundaron el club en 1934. Lo dirigieron treinta años.
"""


def library(root: Path, *texts: str, embedder: Embedder | None = None) -> Library:
    made = Library(root, embedder or HashingEmbedder())
    documents = [Document(f"{n}.md", "0" * 64, cut_markdown(text)) for n, text in enumerate(texts)]
    index.save(index.build(documents, made.embedder), made.folder("t"), made.embedder.name)
    return made


async def test_the_answer_comes_first(tmp_path: Path) -> None:
    """The passage that answers is first, with its source, and the sentence that answers is named."""
    knowledge = TwinKnowledge(library(tmp_path, ENGLISH), "t")
    found = await knowledge.search("who founded the club in 1934", EN)
    best = found.passages[0]
    assert not found.declined
    assert (best.source.document, best.source.place) == ("0.md", "Club › Who founded the club?")
    assert best.sentences[best.best[0]].startswith("Two sisters")


async def test_no_year_stands_for_another(tmp_path: Path) -> None:
    """A question about a year that no passage names is declined, however well the rest fits."""
    knowledge = TwinKnowledge(library(tmp_path, ENGLISH), "t")
    assert not (await knowledge.search("who founded the club in 1934", EN)).declined
    assert (await knowledge.search("who founded the club in 1951", EN)).declined


async def test_a_question_that_leans_on_another_is_found_with_it(tmp_path: Path) -> None:
    """Alone it says nothing; with what the last answer was about it finds that."""
    knowledge = TwinKnowledge(library(tmp_path, ENGLISH), "t")
    asked = "who founded the club in 1934"
    assert (await knowledge.search("and why?", EN)).declined
    found = await knowledge.search("and why?", EN, before=(asked, "thanks!"))
    assert found.passages[0].source.place == "Club › Who founded the club?"


async def test_a_question_between_other_clauses_is_found(tmp_path: Path) -> None:
    """Where a whole message finds nothing, the clause that asks something is searched alone."""
    knowledge = TwinKnowledge(library(tmp_path, ENGLISH), "t")
    chatter = "My nephew arrived yesterday evening with his enormous suitcase and two parrots. "
    found = await knowledge.search(chatter + "Who founded the club?", EN)
    assert not found.declined
    assert found.passages[0].source.place == "Club › Who founded the club?"


async def test_a_derived_word_counts_as_the_word(tmp_path: Path) -> None:
    """A passage is surer to answer where it has the question's words in another form."""
    text = "# A\n\nThe rivals met in May.\n\n# B\n\nThe soup took hours.\n"
    shelf = library(tmp_path, text).open("t")[1][EN]
    asked = question("rivalry", EN, EN, HashingEmbedder().embed(["rivalry"])[0])
    near, far = coverage(
        Worth.of(asked, shelf.lexical.passages), [entry.searched for entry in shelf.entries], EN
    )
    assert 0 == far < near < 1


TALKS = (
    Document(
        "talks/2019-05 radio.srt",
        "0" * 64,
        cut_markdown("# A\n\nThe cup was won in the rain."),
        dated="2019-05",
    ),
    Document("talks/2023.srt", "0" * 64, cut_markdown("# B\n\nThe cup was won by a penalty."), dated="2023"),
    Document("rules.md", "0" * 64, cut_markdown("# C\n\nThe cup is won by the team that wins.")),
    Document("reglas.md", "0" * 64, cut_markdown("# D\n\nLa copa la gana el equipo que gana, en la cup.")),
)


def talks(root: Path, *documents: Document) -> Library:
    made = Library(root, HashingEmbedder())
    index.save(index.build(documents, made.embedder), made.folder("t"), made.embedder.name)
    return made


@pytest.mark.parametrize(
    ("within", "found"),
    [
        (Scope(), {"talks/2019-05 radio.srt", "talks/2023.srt", "rules.md"}),
        (Scope(sources=("subtitles",)), {"talks/2019-05 radio.srt", "talks/2023.srt"}),
        (Scope(since="2020"), {"talks/2023.srt"}),
        (Scope(until="2019"), {"talks/2019-05 radio.srt"}),
        (Scope(languages=(ES,)), {"reglas.md"}),
        (Scope(sources=("nothing/*",)), set[str]()),
    ],
)
@pytest.mark.parametrize("place", [False, True])
async def test_only_what_is_within_the_scope_is_found(
    tmp_path: Path, within: Scope, found: set[str], place: bool
) -> None:
    """Whether the question is kept to it or the place; of a passage with its document's date."""
    knowledge = TwinKnowledge(talks(tmp_path, *TALKS), "t", scopes=(within,) if place else ())
    passages = (await knowledge.search("who won the cup", EN, within=Scope() if place else within)).passages
    assert {passage.source.document for passage in passages} == found
    dates = {document.path: document.dated for document in TALKS}
    assert all(passage.dated == dates[passage.source.document] for passage in passages)


async def test_scopes_add_up(tmp_path: Path) -> None:
    """What a question asks for narrows what its place allows, and never widens it."""
    knowledge = TwinKnowledge(talks(tmp_path, *TALKS), "t", scopes=(Scope(sources=("talks/*",)),))
    found = await knowledge.search("who won the cup", EN, within=Scope(since="2020"))
    assert [passage.source.document for passage in found.passages] == ["talks/2023.srt"]
    assert not (await knowledge.search("who won the cup", EN, within=Scope(sources=("rules.md",)))).passages


async def test_a_scope_takes_no_claim_away(tmp_path: Path) -> None:
    """What a campaign may say is no document."""
    claims = {EN: ("Brisalta comes in lemon.",)}
    scope = Scope(sources=("talks/*",), since="2020")
    knowledge = TwinKnowledge(talks(tmp_path, *TALKS), "t", claims, "Brisalta", scopes=(scope,))
    found = await knowledge.search("does Brisalta come in lemon", EN)
    assert found.passages[0].label is Label.SPONSORED


async def test_a_scope_is_searched_whole_in_a_large_collection(tmp_path: Path) -> None:
    """Where better passages out of it fill every list of candidates, those in it are found all the same."""
    loud = [
        Document(
            f"loud/{n}.md",
            "0" * 64,
            cut_markdown(f"# {n}\n\nThe purple scarf of goat {n} is a purple scarf."),
        )
        for n in range(CANDIDATES + 20)
    ]
    quiet = [
        Document(f"quiet/{n}.md", "0" * 64, cut_markdown(f"# q{n}\n\nHouse {n} has a door and a roof."))
        for n in range(CANDIDATES + 20)
    ]
    mine = Document("quiet/mine.md", "0" * 64, cut_markdown("# m\n\nMy aunt once knitted a scarf of wool."))
    knowledge = TwinKnowledge(talks(tmp_path, *loud, *quiet, mine), "t")
    found = await knowledge.search("the purple scarf", EN, within=Scope(sources=("quiet/*",)))
    assert found.passages[0].source.document == "quiet/mine.md"


ADVICE = """# Advice

Train with a ball on grass. My advice for Sunday is good passing.

# Advice

Eat rice with a little pasta. My advice for Sunday is good sleep.

# Scarf

The scarf is purple. My aunt knitted the scarf.
"""


@pytest.mark.parametrize(
    ("focus", "first"), [(("ball passing",), "Train"), (("rice with pasta",), "Eat"), (("chess",), "")]
)
async def test_a_focus_decides_between_passages_that_answer_alike(
    tmp_path: Path, focus: tuple[str, ...], first: str
) -> None:
    """A topic that no passage is about decides nothing, and whether there is an answer never hangs on it."""
    made = library(tmp_path, ADVICE)
    without = await TwinKnowledge(made, "t").search("your advice for Sunday", EN)
    found = await TwinKnowledge(made, "t", focus=focus).search("your advice for Sunday", EN)
    assert found.passages[0].text.startswith(first or without.passages[0].text)
    assert found.declined == without.declined
    assert {passage.id for passage in found.passages} == {passage.id for passage in without.passages}


async def test_a_focus_brings_no_passage_before_one_that_answers_far_better(tmp_path: Path) -> None:
    """What a place steers towards is a preference, not an answer."""
    knowledge = TwinKnowledge(library(tmp_path, ADVICE), "t", focus=("ball passing", "rice with pasta"))
    found = await knowledge.search("who knitted the purple scarf", EN)
    assert found.passages[0].text.startswith("The scarf")


async def test_no_focus_gives_a_passage_a_year_that_it_lacks(tmp_path: Path) -> None:
    """A passage with the year that was asked for stays before those without."""
    text = "# A\n\nIn 1934 the club won the cup.\n\n# B\n\nThe club won the cup with the best defence.\n"
    knowledge = TwinKnowledge(library(tmp_path, text), "t", focus=("the best defence",))
    found = await knowledge.search("who won the cup in 1934", EN)
    assert "1934" in found.passages[0].text


async def test_the_answer_is_in_the_language_of_the_question(tmp_path: Path) -> None:
    """Where passages in both languages answer, only those in the fan's language are found."""
    knowledge = TwinKnowledge(library(tmp_path, ENGLISH, SPANISH), "t")
    for query, language, document in (
        ("¿quién fundó el club?", ES, "1.md"),
        ("who founded the club?", EN, "0.md"),
    ):
        found = await knowledge.search(query, language)
        assert {passage.source.document for passage in found.passages} == {document}


async def test_another_language_is_found_where_there_is_no_own(tmp_path: Path) -> None:
    """A twin that only knows Spanish texts still finds names that an English question shares with them."""
    knowledge = TwinKnowledge(library(tmp_path, SPANISH), "t")
    found = await knowledge.search("Ana Marta Ruiz 1934 club", EN)
    assert "hermanas" in found.passages[0].text


async def test_a_question_of_no_known_language_is_searched_everywhere(tmp_path: Path) -> None:
    """A bare name, whose language nobody can tell, finds its passage."""
    knowledge = TwinKnowledge(library(tmp_path, SPANISH), "t")
    found = await knowledge.search("Marta Ruiz 1934", Language("und"))
    assert "hermanas" in found.passages[0].text


async def test_claims_are_found_as_sponsored(tmp_path: Path) -> None:
    """A campaign's approved claims are searched along, labelled sponsored, under the brand's name."""
    claims = {EN: ("Brisalta comes in two flavours, lemon and orange.", "The bottle can be closed again.")}
    knowledge = TwinKnowledge(library(tmp_path, ENGLISH), "t", claims, "Brisalta")
    found = await knowledge.search("which flavours does Brisalta come in?", EN)
    assert found.passages[0].label is Label.SPONSORED
    assert found.passages[0].source.document == "Brisalta"
    assert found.passages[0].sentences[found.passages[0].best[0]] == claims[EN][0]
    other = await knowledge.search("what colours does the team wear?", EN)
    assert other.passages[0].label is Label.VERBATIM


async def test_claims_alone_are_enough(tmp_path: Path) -> None:
    """A twin that has learned nothing yet knows its campaign's claims."""
    knowledge = TwinKnowledge(
        Library(tmp_path, HashingEmbedder()), "new", {ES: ("Kortaza tiene dos colores.",)}, "Kortaza"
    )
    found = await knowledge.search("colores de Kortaza", ES)
    assert [passage.text for passage in found.passages] == ["Kortaza tiene dos colores."]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "😀🎉👍",
        "?!…",
        "\x00\x01\x1b[31m",
        "مرحبا كيف حالك",
        "\u202ereversed\u202c",
        "qwrt " * 20_000,
        "x" * 100_000,
    ],
)
async def test_hostile_questions(tmp_path: Path, query: str) -> None:
    """Empty, endless, wordless and right-to-left questions are declined like any other."""
    knowledge = TwinKnowledge(library(tmp_path, ENGLISH, SPANISH), "t")
    assert (await knowledge.search(query, EN)).declined


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(query=st.text(max_size=300))
def test_any_question_is_answered_or_declined(tmp_path: Path, query: str) -> None:
    """No text makes a search fail; scores fall and best sentences exist."""
    if not (tmp_path / "made").exists():
        library(tmp_path / "made", ENGLISH, SPANISH)
    found = TwinKnowledge(Library(tmp_path / "made", HashingEmbedder()), "t").find(query, EN)
    scores = [passage.score for passage in found.passages]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= at < len(passage.sentences) for passage in found.passages for at in passage.best)


async def test_a_warm_twin_only_encodes_the_question(tmp_path: Path) -> None:
    """After the first search another encodes one text: claims and passages are ready."""
    embedder = HashingEmbedder()
    made = library(tmp_path, ENGLISH, embedder=embedder)
    knowledge = TwinKnowledge(made, "t", {EN: ("Brisalta comes in lemon.",)}, "Brisalta")
    await knowledge.search("club", EN)
    before = embedder.texts
    await knowledge.search("stadium", EN)
    assert embedder.texts == before + 1


async def test_nothing_learned_is_declined(tmp_path: Path) -> None:
    """A twin without knowledge declines."""
    found = await TwinKnowledge(Library(tmp_path, HashingEmbedder()), "nobody").search("hello", EN)
    assert found.declined
    assert found.passages == ()


async def test_an_encoder_that_fails_is_said_so(tmp_path: Path) -> None:
    """The error of the encoder reaches the caller."""
    embedder = HashingEmbedder()
    knowledge = TwinKnowledge(library(tmp_path, ENGLISH, embedder=embedder), "t")
    embedder.error = EmbedderError("down")
    with pytest.raises(EmbedderError):
        await knowledge.search("stadium", EN)


async def test_a_search_does_not_block_the_loop(tmp_path: Path) -> None:
    """While one search is held up in the encoder, the event loop runs on."""
    held, go = Event(), Event()

    class Held(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> list[Embedding]:
            held.set()
            assert go.wait(30)
            return super().embed(texts)

    made = library(tmp_path, ENGLISH)
    made.embedder = Held()
    with ThreadPoolExecutor(1) as executor:
        searching = asyncio.create_task(TwinKnowledge(made, "t", executor=executor).search("stadium", EN))
        assert await asyncio.to_thread(held.wait, 30)
        assert not searching.done()
        go.set()
        assert (await searching).passages
