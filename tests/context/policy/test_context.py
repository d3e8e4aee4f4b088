"""What a compiled context answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Iterable, Iterator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.policy.layers import Deflection
from gemelo.models.vocabulary import Language
from tests.context.policy.documents import campaign, compiled, platform, talent

ES, EN, FR = Language("es"), Language("en"), Language("fr")
CONTEXT = compiled(platform(), talent(), campaign())
PORTAL = compiled(platform(), talent())


def test_a_context_is_an_immutable_value() -> None:
    """It hashes, equals its twin, and cannot be changed."""
    assert {CONTEXT: 1}[compiled(platform(), talent(), campaign())] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        CONTEXT.focus = ()  # pyright: ignore[reportAttributeAccessIssue]


def _values(value: object) -> Iterator[object]:
    """A value, and all that it is made of."""
    yield value
    if isinstance(value, tuple):
        parts: Iterable[object] = cast("tuple[object, ...]", value)
    else:
        parts = [getattr(value, part.name) for part in _fields(value)]
    for part in parts:
        yield from _values(part)


def _fields(value: object) -> tuple[dataclasses.Field[object], ...]:
    return dataclasses.fields(value) if dataclasses.is_dataclass(value) else ()


def test_nothing_in_a_context_can_be_changed() -> None:
    """It is frozen all the way down: sessions share it."""
    for value in _values(CONTEXT):
        assert isinstance(value, Hashable)
        for part in _fields(value):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(value, part.name, None)


def test_the_first_turn_says_whose_twin_it_is_and_who_sponsors_it() -> None:
    """The platform's line comes first, with the talent's name, then the campaign's."""
    assert (
        CONTEXT.disclosure(EN)
        == "You are talking to Vera Golazo, a virtual character. Sponsored by Brisalta."
    )
    assert PORTAL.disclosure(ES) == "Hablas con Vera Golazo, un personaje virtual."


def test_the_sponsor_answers_per_language() -> None:
    """Brand, line and claims come in the language asked; nothing is approved where nothing is said."""
    assert CONTEXT.sponsor is not None
    assert CONTEXT.sponsor.line(ES) == "Patrocinado por Brisalta."
    assert CONTEXT.sponsor.tagline(ES) == "Agua de la buena."
    assert CONTEXT.sponsor.claims(ES) == ("Brisalta viene en dos sabores.",)
    assert CONTEXT.sponsor.claims(EN) == ()
    assert PORTAL.sponsor is None


def test_an_unknown_language_falls_back_to_the_first() -> None:
    """A fan in a language that the twin does not speak gets the twin's first one."""
    assert CONTEXT.disclosure(FR) == CONTEXT.disclosure(ES)


@given(st.sampled_from(Deflection), st.sampled_from([ES, EN]), st.integers(0, 10_000))
def test_no_deflection_comes_twice_running(kind: Deflection, language: Language, turn: int) -> None:
    """Consecutive turn numbers get different lines, the same number the same line."""
    line = CONTEXT.deflection(kind, language, turn)
    assert line == CONTEXT.deflection(kind, language, turn)
    assert line != CONTEXT.deflection(kind, language, turn + 1)
