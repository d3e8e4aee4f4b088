"""Asking in one language what was said in another."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gemelo.context.knowledge import index
from gemelo.context.knowledge.calibration import crossed
from gemelo.context.knowledge.choose import judging
from gemelo.context.knowledge.crossing import asked_of
from gemelo.context.knowledge.passages import cut_markdown
from gemelo.context.knowledge.score import ABROAD, HOME
from gemelo.context.knowledge.seam import Document
from gemelo.context.knowledge.twin import Library, TwinKnowledge
from gemelo.models.vocabulary import Language
from tests.hashing import HashingEmbedder

EN, ES = Language("en"), Language("es")
ENGLISH = "# A\n\nThe goat founded a choir in the cellar.\n\n# B\n\nThe trains leave from platform nine.\n"
CABRA, WHO = "¿Qué fundó la cabra en el sótano?", "what did the goat found in the cellar?"


@dataclass
class Phrases:
    """A translator that knows some phrases of Spanish."""

    known: dict[str, str] = field(default_factory=lambda: {CABRA: WHO})
    asked: list[str] = field(default_factory=list[str])

    def translates(self, source: Language, target: Language) -> bool:
        return (source, target) == (ES, EN)

    def translate(self, text: str, source: Language, target: Language) -> str:
        self.asked.append(text)
        return self.known.get(text, "")


def library(root: Path, translator: Phrases | None, *more: str) -> Library:
    made = Library(root, HashingEmbedder(), translator)
    texts = (ENGLISH, *more)
    documents = [Document(f"{at}.md", f"{at:064}", cut_markdown(text)) for at, text in enumerate(texts)]
    index.save(index.build(documents, made.embedder), made.folder("t"), made.embedder.name)
    return made


@pytest.mark.parametrize(("translator", "answered"), [(Phrases(), True), (None, False), (Phrases({}), False)])
async def test_a_translated_question_is_answered_from_the_other_language(
    tmp_path: Path, translator: Phrases | None, answered: bool
) -> None:
    """Without a translator, or where it says nothing, the question goes as it is."""
    found = await TwinKnowledge(library(tmp_path, translator), "t").search(CABRA, ES)
    assert found.declined is not answered
    assert not answered or "choir" in found.passages[0].text


@pytest.mark.parametrize(("others", "asked"), [(2, False), (1, True), (0, True)])
async def test_a_twin_that_says_as_much_in_both_languages_needs_no_translation(
    tmp_path: Path, others: int, asked: bool
) -> None:
    """Two passages are in English: beside one in Spanish a question is worth translating."""
    translator = Phrases()
    spanish = ("# C\n\nLos trenes salen del andén nueve.\n", "# D\n\nEl coro canta en el sótano los lunes.\n")
    await TwinKnowledge(library(tmp_path, translator, *spanish[:others]), "t").search("¿Y Marte?", ES)
    assert bool(translator.asked) is asked


@pytest.mark.parametrize(("others", "answered"), [(0, True), (1, True), (2, False)])
async def test_where_as_much_is_said_in_its_own_language_another_has_to_be_surer(
    tmp_path: Path, others: int, answered: bool
) -> None:
    """What those do not answer is less likely to be answered at all; of the two in English one might."""
    spanish = ("# C\n\nLos lunes cantamos una canción.\n", "# D\n\nMañana lloverá mucho en Madrid.\n")
    made = library(tmp_path, None, *spanish[:others])
    found = await TwinKnowledge(made, "t").search("¿Quién vende trains y platform rojas?", ES)
    assert found.declined is not answered


def test_a_question_of_another_language_is_judged_by_weights_of_its_own() -> None:
    """With a translator and without; by the index's own where question and passages are of one language."""
    embedder = HashingEmbedder()
    shelf = index.build([Document("goat.md", "", cut_markdown(ENGLISH))], embedder)[EN]
    asked = [asked_of(CABRA, ES, EN, embedder, Phrases()), asked_of(CABRA, ES, EN, embedder)]
    assert [judging(one, shelf) for one in asked] == [
        crossed(ES, EN, translated=True),
        crossed(ES, EN, translated=False),
    ]
    assert judging(asked_of(WHO, EN, EN, embedder), shelf) is shelf.calibration


async def test_no_question_is_translated_for_passages_of_its_own_language(tmp_path: Path) -> None:
    """Nor into a language that the translator does not know."""
    translator = Phrases()
    await TwinKnowledge(library(tmp_path, translator), "t").search(WHO, EN)
    assert asked_of(WHO, EN, ES, HashingEmbedder(), translator).weights is ABROAD
    assert translator.asked == []


def test_a_translated_question_counts_as_one_of_the_passages_language() -> None:
    """Its words are those of the passages, and weigh as much; the encoder is given English."""
    embedder = HashingEmbedder()
    asked = asked_of(CABRA, ES, EN, embedder, Phrases())
    assert (asked.weights, set(asked.terms)) == (HOME, set(asked_of(WHO, EN, EN, embedder).terms))
    assert (asked.embedding.vector == embedder.embed([WHO])[0].vector).all()
