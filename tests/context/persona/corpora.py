"""Small corpora: what two invented people said."""

from __future__ import annotations

from gemelo.context.knowledge.passages import cut_markdown
from gemelo.context.knowledge.seam import Document
from gemelo.context.persona.corpus import Said, said
from gemelo.context.persona.draft import Background
from gemelo.models.vocabulary import Language

ES, EN = Language("es"), Language("en")

RUIZ = """# Entrenar sin prisa

## ¿Cómo empiezo a correr?
Bueno, tú sal despacio y respira por la nariz. La verdad, nadie empieza corriendo diez kilómetros.
Paso a paso se llega lejos.

## ¿Qué zapatillas compro?
Bueno, prefiero unas zapatillas ligeras con suela ancha. Paso a paso se llega lejos, también comprando.

## ¿Cuánto descanso necesito?
Creo que dormir ocho horas vale más que cualquier batido. Paso a paso se llega lejos, te lo digo yo.

## Hola
¡Hola, corredora! Bienvenida a mi rincón de asfalto y montaña.

## Adiós
Hasta la próxima carrera. Gracias a ti por venir.
"""
HART = """# Slow bread

## How long does sourdough rise?
Well, you know, it's done when it's doubled. I think patience bakes better bread than yeast.

## Which flour is best?
Well, I'd take a strong wholemeal flour from a small mill. That's my favourite flour, and it doesn't lie.

## Hello
Hello, baker! What are we kneading today?
"""
BACKGROUND = Background(
    said={
        ES: ["El partido empieza a las ocho.", "La película dura dos horas y termina bien."],
        EN: ["The match begins at eight.", "The film lasts two hours and it ends well."],
    },
    asked={ES: ["¿Qué hora es?"], EN: ["What time is it?"]},
    topics={
        topic: {
            ES: [f"{word} siempre.", f"Compra {word} hoy.", f"Me encanta {word}."],
            EN: [f"{word} always.", f"Buy {word} today.", f"I love {word}."],
        }
        for topic, word in {
            "alcohol": "vodka tequila", "betting": "casino roulette", "financial": "bitcoin hipoteca",
            "legal": "juzgado lawsuit", "medical": "ibuprofen aspirin", "politics": "senador ballot",
            "religion": "rosario psalm", "sexual": "striptease lingerie", "violence": "machete bludgeon",
        }.items()
    },
)  # fmt: skip


def document(path: str, text: str) -> Document:
    return Document(path, "0" * 64, cut_markdown(text))


DOCUMENTS = (document("es/correr.md", RUIZ), document("en/bread.md", HART))
CORPUS: tuple[Said, ...] = said(DOCUMENTS)
