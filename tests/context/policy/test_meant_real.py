"""Lines that ship, and lines that break a rule, judged by the encoder that ships."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from gemelo.admin.wiring.meaning import load_meaning
from gemelo.context.guard.builtin import TOPICS
from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import parse_layer
from gemelo.context.policy.meant import FixedLines
from gemelo.models.adapters.artifacts import load_path
from gemelo.models.adapters.minilm import MiniLmEmbedder
from gemelo.models.errors import BadLayer
from tests.context.policy.test_shipped import DEMO, PLATFORM
from tests.server import MODELS

pytestmark = pytest.mark.timeout(600)  # learning, on a busy machine


@pytest.fixture(scope="module")
def lines() -> FixedLines:
    """Made as the server makes it."""
    embedder = MiniLmEmbedder(load_path("minilm", MODELS), load_path("minilm-tokenizer", MODELS))
    return FixedLines(load_meaning(MODELS, embedder))


def place(*names: str, **changes: object) -> Context:
    """The demo's layers of these names, keys of the last one changed."""
    documents = [yaml.safe_load((DEMO / f"{name}.yaml").read_text("utf-8")) for name in names]
    last: dict[str, Any] = documents[-1]
    last |= changes
    texts = (PLATFORM.read_text("utf-8"), *map(yaml.safe_dump, documents))
    layers = [parse_layer(text, file) for text, file in zip(texts, ("platform", *names), strict=True)]
    return compile_context(layers, deployment="demo", twin="vera", talent="Vera Golazo")


@pytest.mark.parametrize("name", ["portal", "campaign-a", "campaign-b"])
def test_every_line_that_ships_may_be_said(lines: FixedLines, name: str) -> None:
    """Under all of the platform's topics at once, and every claim that a demo campaign forbids."""
    topics = [{"topic": topic} for topic in TOPICS]
    lines.refuse_broken(place("talent", name, topics_to_avoid=topics))


@pytest.mark.parametrize(
    ("topic", "line"),
    [
        ("betting", "Not that, but do bet on the home win tonight."),
        ("alcohol", "Forget it and have another beer with us."),
        ("politics", "I would rather tell you to vote for the socialists on Sunday."),
    ],
)
def test_a_deflection_that_its_own_campaign_avoids_is_refused(
    lines: FixedLines, topic: str, line: str
) -> None:
    """With its line, the words and the rule."""
    said = {"en": {"blocked": [line, "Next one."]}}
    context = place("talent", "campaign-a", topics_to_avoid=[{"topic": topic}], deflections=said)
    with pytest.raises(
        BadLayer, match=r"campaign-a:\d+: deflections.en.blocked says what topics_to_avoid of"
    ):
        lines.refuse_broken(context)


def test_a_campaign_approves_no_paraphrase_of_what_its_talent_forbids(lines: FixedLines) -> None:
    """What it approves passes the guard, so it is looked at before."""
    forbidden = {"en": ["Kortaza boots fasten with laces of the classic kind."]}
    context = place("talent", "campaign-b", forbidden_claims=forbidden)
    with pytest.raises(BadLayer, match=r"sponsor.approved_claims.en says what forbidden_claims.en of"):
        lines.refuse_broken(context)
