"""Printing what holds in a place and who said so, and what a layer may say, for `gemelo explain`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from textwrap import wrap

from gemelo.context.guard.builtin import OF_FANS, Rule
from gemelo.context.policy.context import Context, Row
from gemelo.context.policy.layers import schema

_VALUE_WIDTH = 72
_CHAPTERS = {
    "Who it is and what it talks about": (
        *("persona", "languages", "country", "focus", "knowledge", "tools", "tool_definitions"),
        *("voice", "voices", "avatar", "avatars"),
    ),
    "What it must say": ("disclosures", "required_claims"),
    "The sponsor, and all that may be said of it": ("sponsor", "attested", Rule.SPONSOR),
    "What it never says, however it is written": tuple(
        rule for rule in Rule if rule not in (*OF_FANS, Rule.SPONSOR)
    ),
    "What it does when a fan asks for help, for harm or for its instructions": OF_FANS,
    "What it says instead": ("on_block", "deflections"),
    "Limits": ("limits", "retention_days", "memory", "drafts", "vendors"),
}
"""Rules by what a manager looks for; each is found by the first part of its name."""
_LEGEND = (
    "where: DOCUMENT@VERSION:LINE of what was approved. What is built in holds everywhere; no layer lifts it."
)


def explain_text(context: Context) -> str:
    """Every effective rule by chapter (rule, value, layer, file and line), then the warnings."""
    sponsored = f", sponsored by {context.sponsor.brand}" if context.sponsor else ""
    lines = [f"{context.deployment}: the twin of {context.persona.name}{sponsored}", f"policy {context.hash}"]
    rows = context.explain()
    widths = _widths((*rows, *context.warnings))
    for chapter, rules in _CHAPTERS.items():
        chosen = [row for row in rows if row.rule.split(".")[0] in rules]
        if chosen:
            chosen.sort(key=lambda row: rules.index(row.rule.split(".")[0]))
            lines += ["", chapter, *_table(chosen, widths)]
    if context.warnings:
        lines += [
            "",
            "Warnings: they stop nothing, but somebody should look",
            *_table(context.warnings, widths),
        ]
    return "\n".join([*lines, "", _LEGEND])


def explain_json(context: Context) -> str:
    """The same as one JSON document, in the order of the layers' keys."""
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


def _widths(rows: Sequence[Row]) -> tuple[int, int, int]:
    rule = max(len(row.rule) for row in rows)
    return rule, _VALUE_WIDTH, max(len(row.layer) for row in rows)


def _table(rows: Sequence[Row], widths: tuple[int, int, int]) -> list[str]:
    """One line a rule, and more under it for a value that is too long for one."""
    lines: list[str] = []
    for row in rows:
        first, *rest = wrap(row.value, _VALUE_WIDTH) or [""]
        cells = (row.rule, first, row.layer)
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append("  " + "  ".join((*padded, row.place)))
        lines += [" " * (widths[0] + 4) + more for more in rest]
    return lines
