"""Printing what holds in a place and who said so, for `gemelo explain`."""

from __future__ import annotations

import json
from dataclasses import asdict

from gemelo.context.policy.context import Context

_VALUE_WIDTH = 72


def explain_text(context: Context) -> str:
    """A table of every effective rule: rule, value, layer, file and line."""
    cells = [(row.rule, _shortened(row.value), row.layer, row.place) for row in context.explain()]
    table = [("rule", "value", "layer", "where"), *cells]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table]
    lines.insert(1, "  ".join("-" * width for width in widths))
    heading = f"{context.deployment}: policy {context.hash}"
    return "\n".join([heading, "", *(line.rstrip() for line in lines)])


def explain_json(context: Context) -> str:
    """The same as one JSON document, values in full."""
    document = {
        "deployment": context.deployment,
        "policy": context.hash,
        "rules": [asdict(row) for row in context.explain()],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _shortened(value: str) -> str:
    value = " ".join(value.split())
    return value if len(value) <= _VALUE_WIDTH else value[: _VALUE_WIDTH - 1] + "…"
