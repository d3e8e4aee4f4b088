"""How sure search is that its best passage answers."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.knowledge.calibration import Calibration, Evidence, crossed, fitted
from gemelo.models.vocabulary import Language

NAMES = tuple(field.name for field in fields(Evidence))
NOTHING = Evidence(*(0.0 for _ in NAMES))
_SHARES = st.floats(-1, 1)


@given(st.tuples(*(_SHARES for _ in NAMES)), st.tuples(*(_SHARES for _ in NAMES)), _SHARES)
def test_it_is_a_probability(weights: tuple[float, ...], values: tuple[float, ...], constant: float) -> None:
    """Whatever was found."""
    assert 0 < Calibration(weights, constant, 0.5).answered(Evidence(*values)) < 1


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "content"])
def test_more_evidence_makes_it_surer(language: str, name: str) -> None:
    """Nothing that speaks for a passage speaks against it."""
    known = fitted(Language(language))
    assert known.answered(replace(NOTHING, **{name: 1.0})) > known.answered(NOTHING)


@pytest.mark.parametrize("translated", [True, False])
@pytest.mark.parametrize(("spoken", "written"), [("en", "es"), ("es", "en"), ("fr", "en")])
def test_a_question_of_another_language_needs_less_evidence(
    spoken: str, written: str, translated: bool
) -> None:
    """It comes less near to what answers it: of the same evidence more is made."""
    abroad = crossed(Language(spoken), Language(written), translated=translated)
    some = Evidence(0.6, 0.45, 0.45, 0.55, 0.55, 0.45, 1.4, 0.2, 1.0, 0.1)
    assert abroad.answered(some) > fitted(Language(written)).answered(some)


def test_a_language_without_its_own_is_judged_as_spanish() -> None:
    """The stricter of the two."""
    assert fitted(Language("fr")) == fitted(Language("es"))
