"""The layers that ship: the platform's, and the demo's on top of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import Deflection, parse_layer

ROOT = Path(__file__).parents[3]
PLATFORM = ROOT / "context/policy/platform.yaml"
DEMO = ROOT / "admin/demo/layers"


def _compiled(*names: str) -> Context:
    files = (PLATFORM, *(DEMO / f"{name}.yaml" for name in names))
    layers = [parse_layer(file.read_text("utf-8"), file.name) for file in files]
    return compile_context(layers, deployment="demo", twin="vera", talent="Vera Golazo")


@pytest.mark.parametrize("place", ["portal", "campaign-a", "campaign-b"])
def test_each_demo_place_compiles_without_a_warning(place: str) -> None:
    """Its fixed lines keep its own rules, and nothing in it is said twice or for nobody."""
    assert _compiled("talent", place).warnings == ()


@pytest.mark.parametrize("layers", [(), ("talent",)])
def test_each_block_has_lines_of_its_own(layers: tuple[str, ...]) -> None:
    """The platform and the demo talent change the subject differently for each kind, in both languages."""
    context = _compiled(*layers)
    for language in context.languages:
        said = [context.deflection(kind, language, turn) for kind in Deflection for turn in (0, 1)]
        assert len(set(said)) == len(said)


def test_the_platform_s_topics_hold_in_every_place() -> None:
    """Medical, legal and financial advice and politics are nobody's to allow."""
    platform = {topic.name for topic in _compiled().rules.topics}
    assert platform == {"medical", "legal", "financial", "politics"}
    assert platform < {topic.name for topic in _compiled("talent", "campaign-a").rules.topics}


def test_the_demo_s_campaigns_avoid_each_other() -> None:
    """Each avoids the other's sponsor, forbids boasting, and lets one turn in two pass without its name."""
    for place, rival in (("campaign-a", "Kortaza"), ("campaign-b", "Brisalta")):
        context = _compiled("talent", place)
        assert rival in [name.name for name in context.rules.names]
        assert context.rules.forbidden
        assert context.sponsor is not None
        assert context.sponsor.every_turns == 2


@pytest.mark.parametrize("text", ["Bebe brisa alta.", "brisas, altas", "Brisa Alta", "la brisa\nalta"])
def test_the_demo_s_rival_is_known_by_ear_in_two_ordinary_words(text: str) -> None:
    """In small letters a name of ordinary words passes, so the demo has a pattern for it."""
    rules = _compiled("talent", "campaign-b").rules
    assert [one.pattern for one in rules.patterns if one.compiled().search(text)]
