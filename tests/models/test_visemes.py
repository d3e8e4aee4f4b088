from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.models.visemes import shapes
from gemelo.models.vocabulary import VISEMES


@pytest.mark.parametrize(
    ("phoneme", "expected"),
    [
        ("ˈaɪ", ("aa", "ih")),
        ("oʊ", ("oh", "ou")),
        ("tʃ", ("ch",)),
        ("ɲ", ("l",)),
        ("θ", ("th",)),
        ("ɾ", ("r",)),
        ("uː", ("ou",)),
        ("", ("rest",)),
        ("ː", ("rest",)),
    ],
)
def test_a_phoneme_has_its_shapes(phoneme: str, expected: tuple[str, ...]) -> None:
    """Diphthongs have two shapes, affricates one, stress and length none, and a pause is rest."""
    assert shapes(phoneme) == expected


@given(st.text())
def test_shapes_can_be_drawn(phoneme: str) -> None:
    """Whatever the synthesiser calls a phoneme, the widget can draw it."""
    found = shapes(phoneme)
    assert found
    assert set(found) <= set(VISEMES)
