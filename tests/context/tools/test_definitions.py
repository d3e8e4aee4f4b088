"""Tools as layers define them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from gemelo.context.policy.layers import parse_layer
from gemelo.context.tools.definitions import ToolDefinition
from gemelo.models.errors import BadLayer

ROWS = [{"name": "Shooting", "details": {"en": "Four evenings, 49 €.", "es": "Cuatro tardes, 49 €."}}]
EVENTS = [{"title": "Open training", "starts": "2026-12-05T18:00+01:00"}]
CONSENT = {"en": "May we keep it?", "es": "¿Podemos guardarlo?"}
KINDS: dict[str, dict[str, Any]] = {
    "catalogue": {"rows": ROWS, "approved_facts": True},
    "schedule": {"events": EVENTS},
    "lead": {"consent": CONSENT},
    "http": {
        "url": "https://club.example/stock",
        "parameters": {"size": {"type": "string", "description": "Of the boots.", "one_of": ["39", "40"]}},
    },
}


def definition(kind: str, **changes: Any) -> ToolDefinition:
    made = {"kind": kind, "description": "A tool."} | KINDS.get(kind, {}) | changes
    return ToolDefinition.model_validate(made)


@pytest.mark.parametrize("kind", KINDS)
def test_a_definition_comes_back_equal_from_its_canonical_form(kind: str) -> None:
    """So a context holds it as text, and its hash means it."""
    tool = definition(kind)
    assert ToolDefinition.model_validate_json(tool.canonical()) == tool


def test_the_same_meaning_has_the_same_form() -> None:
    """Whatever the order of keys."""
    turned = {language: CONSENT[language] for language in reversed(list(CONSENT))}
    assert definition("lead", consent=turned).canonical() == definition("lead").canonical()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_tool_has_what_its_kind_needs_and_nothing_else(kind: str, other: str) -> None:
    """A key of another kind would be taken for a rule and do nothing."""
    if kind == other:
        with pytest.raises(ValidationError, match="without"):
            ToolDefinition.model_validate({"kind": kind, "description": "A tool."})
    else:
        with pytest.raises(ValidationError, match="leave it out"):
            definition(kind, **{key: value for key, value in KINDS[other].items() if key not in KINDS[kind]})


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "{kind: shop, description: A}",
            "is none that is known: choose among catalogue, schedule, lead, http, client",
        ),
        ("{kind: catalogue, description: A}", "is a tool of the kind 'catalogue' without 'rows': add it"),
        ("{kind: http, description: A, url: 'http://club.example'}", "a tool is posted to https alone"),
        (
            "{kind: http, description: A, url: 'https://10.0.0.1/'}",
            "a tool is posted to public addresses alone",
        ),
        ("{kind: http, description: A, url: 'https://u:p@club.example/'}", "neither user, password nor"),
        (
            "{kind: schedule, description: A, events: [{title: T, starts: 2026-12-05T18:00}]}",
            "timezone",
        ),
        (
            "{kind: http, description: A, url: 'https://a.example', "
            "parameters: {Size: {type: string, description: A}}}",
            "is no parameter's name",
        ),
        ("{kind: lead, description: A, consent: {spanish: A}}", "is no language's code: write es"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(line: str, complaint: str) -> None:
    """As of any rule of a layer."""
    with pytest.raises(BadLayer) as caught:
        parse_layer(f"layer: talent\nname: x\ntool_definitions:\n  shop: {line}\n", "talent.yaml")
    assert str(caught.value).startswith("talent.yaml:4: tool_definitions.shop")
    assert complaint in str(caught.value)


def test_a_name_that_no_model_takes_is_refused() -> None:
    """OpenAI's functions have no dots in their names."""
    with pytest.raises(BadLayer, match="holds a dot"):
        parse_layer(
            "layer: talent\nname: x\n"
            "tool_definitions:\n  a.b: {kind: lead, description: A, consent: {en: A}}\n",
            "talent.yaml",
        )
