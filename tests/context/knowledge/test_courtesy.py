"""Messages that ask for no knowledge."""

from __future__ import annotations

import pytest

from gemelo.context.knowledge.courtesy import Courtesy, asked_in, courtesy
from gemelo.models.vocabulary import Language

ES, EN = Language("es"), Language("en")


@pytest.mark.parametrize(
    ("said", "language", "kind"),
    [
        ("Hello!", EN, Courtesy.GREETING),
        ("¡Hola, buenas tardes!", ES, Courtesy.GREETING),
        ("Who are you?", EN, Courtesy.IDENTITY),
        ("hola, ¿quién eres tú?", ES, Courtesy.IDENTITY),
        ("Thanks a lot, bye", EN, Courtesy.THANKS),
        ("¿Qué tal, cómo estás?", ES, Courtesy.WELLBEING),
        ("What can I ask you?", EN, Courtesy.TOPICS),
        ("vale", ES, Courtesy.HEARD),
        ("¡Hasta luego!", ES, Courtesy.FAREWELL),
    ],
)
def test_a_courtesy_is_known(said: str, language: Language, kind: Courtesy) -> None:
    """Several in one message are answered as the one that asks most."""
    assert courtesy(said, language) is kind


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Hello, who founded the club?", EN),
        ("What is your name for this dish?", EN),
        ("gracias a Dios ganamos", ES),
        ("¿Quién eres en la foto de 1990?", ES),
        ("Who are your parents?", EN),
        ("", EN),
        ("👍", ES),
        ("Hello!", Language("fr")),
    ],
)
def test_what_asks_anything_else_is_none(said: str, language: Language) -> None:
    """No greeting hides a question."""
    assert courtesy(said, language) is None


def test_the_twin_may_be_called_by_its_name() -> None:
    """A greeting with the twin's name is a greeting; with another it may be about somebody."""
    assert courtesy("Hola, Vera", ES, "Vera Golazo") is Courtesy.GREETING
    assert courtesy("Hola, Vera", ES, "Bruno") is None


def test_a_heading_that_asks_the_same() -> None:
    """Any of the questions in a heading counts, and no other courtesy does."""
    heading = "¿Quién eres? ¿Cómo te llamas? ¿Con quién hablo?"
    assert asked_in(heading, Courtesy.IDENTITY, ES)
    assert not asked_in(heading, Courtesy.GREETING, ES)
    assert asked_in("Hello, hi, hey there. What's up? Nice to meet you", Courtesy.GREETING, EN)
    assert not asked_in("The kilns", Courtesy.IDENTITY, EN)
