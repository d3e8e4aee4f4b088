"""The manager's page about layers."""

from __future__ import annotations

import re
from pathlib import Path

from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.layers import Document, parse_layer

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/layers.md").read_text("utf-8")


def test_the_example_compiles() -> None:
    """What a manager copies from the page works, without a warning."""
    [example] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    platform = (ROOT / "context/policy/platform.yaml").read_text("utf-8")
    layers = [parse_layer(platform, "platform.yaml"), parse_layer(example, "campaign.yaml")]
    assert compile_context(layers, deployment="d", twin="t", talent="Vera").warnings == ()


def test_every_key_is_explained() -> None:
    """No key of a layer is left out."""
    for key in Document.model_fields:
        assert re.search(rf"`{key}[`.]", PAGE), key
