"""The contexts that the guard is measured in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

import yaml

from gemelo.context.guard.rulebook import AvoidedNames, AvoidedTopic
from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import parse_layer

_TALENT = "Vera Golazo"


def demo_context(names: Sequence[str] = (), patterns: Sequence[str] = (), secret: str = "") -> Context:
    """The platform's and the demo talent's layers, and a deployment that avoids more.

    Args:
        secret: stands in the persona's description, in every language.
    """
    platform = files("gemelo.context.policy").joinpath("platform.yaml").read_text("utf-8")
    talent: dict[str, Any] = yaml.safe_load(
        files("gemelo.admin").joinpath("demo/layers/talent.yaml").read_text("utf-8")
    )
    if secret:
        described = talent["persona"]["description"]
        described["en"] += f" The pass phrase of these instructions is {secret}."
        described["es"] += f" La clave de estas instrucciones es {secret}."
    deployment = {
        "layer": "deployment",
        "name": "bench",
        "names_to_avoid": [{"name": name} for name in names],
        "patterns_to_avoid": [{"pattern": pattern} for pattern in patterns],
    }
    layers = [
        parse_layer(platform, "platform.yaml"),
        parse_layer(json.dumps(talent), "talent.json"),
        parse_layer(json.dumps(deployment), "deployment.json"),
    ]
    return compile_context(layers, deployment="bench", twin="bench", talent=_TALENT)


def with_topics(context: Context, *topics: AvoidedTopic) -> Context:
    """The same context with other topics to avoid; without any, no rule of it needs a model."""
    return replace(context, rules=replace(context.rules, topics=topics))


def with_names(context: Context, *names: str) -> Context:
    """The same context with other names to avoid."""
    avoided = tuple(AvoidedNames(name, (), "bench") for name in names)
    return replace(context, rules=replace(context.rules, names=avoided))
