"""How long it takes to compile what a manager changed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from importlib.resources import files
from time import perf_counter

from gemelo.benchmarks.rows import Row, times
from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import Layer, parse_layer
from gemelo.context.policy.patterns import refused

RULES = 500
"""Names, patterns and forbidden claims together, beside what the shipped layers say."""
_PATTERNS = 50
_RUNS = 30
_SYLLABLES = "ba de ki lo mu na pe ri so tu va xe zi bro cla dre fli gro plu tra".split()


def compile_rows(guard: Callable[[Context], object], rules: int = RULES) -> list[Row]:
    """Measures compiling five layers: the shipped ones, and made-up ones with `rules` rules.

    Args:
        guard: compiles the guard of a context, as the house does.

    Returns:
        ms to read the documents, to compile them, the same with their guard, and to measure a pattern that
        has not been seen before (later compilations remember what came out).
    """
    texts = _documents(rules)
    read: list[float] = []
    alone: list[float] = []
    whole: list[float] = []
    layers: list[Layer] = []
    for _ in range(_RUNS):
        began = perf_counter()
        layers = [parse_layer(text, file) for file, text in texts.items()]
        read.append(1e3 * (perf_counter() - began))
        began = perf_counter()
        context = _compiled(layers)
        alone.append(1e3 * (perf_counter() - began))
        guard(context)
        whole.append(1e3 * (perf_counter() - began))
    patterns = [avoided.pattern for avoided in _compiled(layers).rules.patterns]
    refused.cache_clear()
    return [
        times("read", "", read[1:], "policy"),
        times("compile", "", alone[1:], "policy"),
        times("compile_with_guard", "", whole[1:], "policy"),
        times("measure_pattern", "", [_taken(pattern) for pattern in patterns], "policy"),
    ]


def _compiled(layers: list[Layer]) -> Context:
    return compile_context(layers, deployment="bench", twin="bench", talent="Vera Golazo")


def _taken(pattern: str) -> float:
    began = perf_counter()
    refused(pattern)
    return 1e3 * (perf_counter() - began)


def _documents(rules: int) -> dict[str, str]:
    """Five layers by file: the shipped ones, a made-up deployment and a session."""
    chance = random.Random(7)

    def name() -> str:
        return "".join(chance.choices(_SYLLABLES, k=4)).capitalize()

    others = rules - _PATTERNS
    claims = {
        "es": [f"{name()} es lo mejor de {name()}." for _ in range(others // 4)],
        "en": [f"{name()} is the best of {name()}." for _ in range(others // 4)],
    }
    deployment = {
        "layer": "deployment",
        "name": "bench",
        "names_to_avoid": [{"name": name()} for _ in range(others - 2 * (others // 4))],
        "patterns_to_avoid": [{"pattern": rf"\b{name()}\s+{name()}\b"} for _ in range(_PATTERNS)],
        "forbidden_claims": claims,
    }
    demo = files("gemelo.admin").joinpath("demo/layers")
    return {
        "platform.yaml": files("gemelo.context.policy").joinpath("platform.yaml").read_text("utf-8"),
        "talent.yaml": demo.joinpath("talent.yaml").read_text("utf-8"),
        "deployment.json": json.dumps(deployment),
        "campaign.yaml": demo.joinpath("campaign-a.yaml").read_text("utf-8"),
        "session.yaml": "layer: session\nname: bench\ncountry: ES\npersona: {tone: [calm]}\n",
    }
