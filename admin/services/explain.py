"""Printing what holds in a place and who said so, and what a layer may say, for `gemelo explain`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from gemelo.context.policy.context import Context, Row
from gemelo.context.policy.layers import schema

_VALUE_WIDTH = 72


def explain_text(context: Context) -> str:
    """A table of every effective rule (rule, value, layer, file and line), then one of the warnings."""
    heading = f"{context.deployment}: policy {context.hash}"
    lines = [heading, "", *_table("value", context.explain())]
    if context.warnings:
        lines += ["", *_table("warning", context.warnings)]
    return "\n".join(lines)


def explain_json(context: Context) -> str:
    """The same as one JSON document, values in full."""
    document = {
        "deployment": context.deployment,
        "policy": context.hash,
        "rules": [asdict(row) for row in context.explain()],
        "warnings": [asdict(row) for row in context.warnings],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def schema_json() -> str:
    """The JSON Schema of a layer, as docs/layer.schema.json publishes it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2)


def _table(value: str, rows: Sequence[Row]) -> list[str]:
    cells = [(row.rule, _shortened(row.value), row.layer, row.place) for row in rows]
    table = [("rule", value, "layer", "where"), *cells]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    table.insert(1, ("-" * widths[0], "-" * widths[1], "-" * widths[2], "-" * widths[3]))
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table)
    return [line.rstrip() for line in lines]


def _shortened(value: str) -> str:
    value = " ".join(value.split())
    return value if len(value) <= _VALUE_WIDTH else value[: _VALUE_WIDTH - 1] + "…"
