"""A twin learned from texts that nobody tuned anything on, with the real sentence encoder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gemelo.context.knowledge import index
from gemelo.context.knowledge.passages import cut_markdown, cut_plain
from gemelo.context.knowledge.seam import Document
from gemelo.context.knowledge.twin import Library, TwinKnowledge
from gemelo.models.adapters.artifacts import State, listing, load_path
from gemelo.models.adapters.minilm import MiniLmEmbedder
from gemelo.models.adapters.verbatim import VerbatimMind
from gemelo.models.vocabulary import Language, Prompt

POTTERY = """Opening hours

The studio is open from Tuesday to Saturday, between ten in the morning and eight in the evening. On Mondays
the kilns are cleaned and nobody is let in.

The kilns

We fire twice. The first firing takes eleven hours and reaches 980 degrees. The glaze firing is hotter, at
1240 degrees, and the pieces stay inside until the next day.

Classes

Beginners start with a four-week course on the wheel. Each group has six people at most, because there are
only six wheels. Clay and tools are included.

My teacher

I learned the craft from Ingrid Solheim, who had a workshop in Bergen. She made me throw cylinders for a whole
winter before I was allowed to try a bowl.
"""

ACEITE = """# El molino

## La cosecha
Recogemos la aceituna a finales de octubre, cuando todavía está verde. La llevamos al molino en menos de seis
horas para que no fermente.

## Las variedades
En la finca hay dos variedades, picual y hojiblanca. La picual es más amarga y pica en la garganta; la
hojiblanca recuerda a la almendra.

## Visitas
Las visitas duran hora y media y terminan con una cata de tres aceites. Hay que reservar por correo con dos
días de antelación.

## Mi abuelo
Mi abuelo Anselmo compró la finca en 1952 con lo que ganó en una mina de Asturias. Plantó a mano los primeros
trescientos olivos.
"""


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> TwinKnowledge:
    models = Path(os.environ.get("GEMELO_MODELS_DIR", Path(__file__).parents[3] / ".cache" / "models"))
    lacking = [line.model.name for line in listing(models) if line.state is not State.PRESENT]
    if lacking:
        pytest.fail(f"model files are missing ({', '.join(lacking)}): run `make setup`")
    embedder = MiniLmEmbedder(load_path("minilm", models), load_path("minilm-tokenizer", models))
    library = Library(tmp_path_factory.mktemp("library"), embedder)
    documents = [
        Document("pottery.txt", "0" * 64, cut_plain(POTTERY)),
        Document("aceite.md", "0" * 64, cut_markdown(ACEITE)),
    ]
    index.save(index.build(documents, embedder), library.folder("t"), embedder.name)
    return TwinKnowledge(library, "t")


ANSWERS = (
    ("en", "When can I visit the studio?", "Tuesday to Saturday"),
    ("en", "are you open on monday", "Mondays"),
    ("en", "How hot does the glaze firing get?", "1240"),
    ("en", "How many people are in a class?", "six"),
    ("en", "Do I have to bring my own clay?", "Clay and tools are included"),
    ("en", "Who taught you pottery?", "Ingrid Solheim"),
    ("es", "¿Cuándo recogéis la aceituna?", "octubre"),
    ("es", "que variedades de aceituna teneis", "picual"),
    ("es", "¿Cuánto dura la visita?", "hora y media"),
    ("es", "¿Hay que reservar la visita?", "reservar"),
    ("es", "¿Quién compró la finca?", "Anselmo"),
    ("es", "¿Cuántos olivos plantó tu abuelo?", "trescientos"),
)


async def reply(knowledge: TwinKnowledge, language: str, question: str) -> str:
    found = await knowledge.search(question, Language(language))
    prompt = Prompt("", (), found, question, Language(language), aside="No idea.")
    return "".join([written.text async for written in VerbatimMind().reply(prompt)])


async def test_what_it_was_told_it_tells(knowledge: TwinKnowledge) -> None:
    """Three of four questions are answered rightly, and the others declined rather than answered wrongly."""
    replies = [(await reply(knowledge, language, asked), answer) for language, asked, answer in ANSWERS]
    wrong = [said for said, answer in replies if answer not in said and said != "No idea."]
    assert wrong == []
    assert sum(answer in said for said, answer in replies) >= 9


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "Who won the last general election?"),
        ("en", "How do I change a car tyre?"),
        ("en", "What is your favourite film?"),
        ("en", "How much does a vase cost?"),
        ("en", "Can you recommend a dentist?"),
        ("es", "¿Quién ganó las últimas elecciones?"),
        ("es", "¿Cómo se cambia la rueda de un coche?"),
        ("es", "¿Cuál es tu película favorita?"),
        ("es", "¿A qué hora sale el tren a Sevilla?"),
        ("es", "Recomiéndame un dentista."),
    ],
)
async def test_what_it_was_never_told_it_declines(
    knowledge: TwinKnowledge, language: str, question: str
) -> None:
    """A question that the texts do not answer is declined."""
    assert (await knowledge.search(question, Language(language))).declined
