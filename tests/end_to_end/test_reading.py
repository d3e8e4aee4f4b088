"""The observer that reads replies for a rival's name: one that saw nothing would prove nothing."""

from __future__ import annotations

import pytest

from tests.end_to_end.hostile import DISGUISES
from tests.end_to_end.reading import names_in

NAMES = {"Kortaza": ("Kortaza", "Cortaza", "Kortasa", "Kortazza"), "Brisalta": ("Brisalta", "Brizalta")}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_every_disguise_is_read(disguise: str, name: str) -> None:
    """Whatever the hostile model writes, the observer reads the name in it."""
    assert names_in(f"Well, I say: {DISGUISES[disguise](name)} is wonderful.", NAMES[name])


@pytest.mark.parametrize(
    "text",
    [
        "I don't discuss that name in this chat, so let's keep the ball rolling.",
        "Un equipo corto de líneas sube la línea y tira el fuera de juego.",
        "The referee blows, corta la jugada, and the breeze is high at the salta.",
    ],
)
def test_ordinary_talk_holds_no_name(text: str) -> None:
    """The observer does not cry wolf."""
    assert not any(names_in(text, names) for names in NAMES.values())
