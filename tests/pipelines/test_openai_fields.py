"""Tests for what OpenAI's clients say of their functions."""

from __future__ import annotations

from typing import Any

import pytest

from gemelo.pipelines.openai_fields import BadField, functions


def deep(levels: int) -> dict[str, Any]:
    return {"type": "object"} | ({"properties": {"a": deep(levels - 1)}} if levels else {})


def function(**more: Any) -> dict[str, Any]:
    return {"type": "function", "name": "show", **more}


def test_only_names_are_kept() -> None:
    """In either shape; a schema may be left out."""
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": ["string", "null"]},
            "b": {"type": "array", "items": {"type": "number"}},
        },
        "required": ["a"],
        "additionalProperties": False,
    }
    assert functions([function(parameters=schema), function(name="b")], nested=False) == {"show", "b"}
    assert functions([{"type": "function", "function": function(parameters=schema)}], nested=True) == {"show"}


@pytest.mark.parametrize(
    ("tools", "param"),
    [
        ("show", "tools"),
        (None, "tools"),
        ([function()] * 200, "tools"),
        (["show"], "tools[0]"),
        ([function(), {"type": "mcp"}], "tools[1].type"),
        ([function(name="a b")], "tools[0].name"),
        ([function(name=7)], "tools[0].name"),
        ([function(parameters=[])], "tools[0].parameters"),
        ([function(parameters="object")], "tools[0].parameters"),
        ([function(parameters={})], "tools[0].parameters"),
        ([function(parameters={"type": "object", "properties": []})], "tools[0].parameters.properties"),
        (
            [function(parameters={"type": "object", "properties": {"a": {"type": "text"}}})],
            "tools[0].parameters.properties.a.type",
        ),
        (
            [function(parameters={"type": "object", "properties": {"a": "string"}})],
            "tools[0].parameters.properties.a",
        ),
        (
            [function(parameters={"type": "object", "properties": {"a": {"type": {}}}})],
            "tools[0].parameters.properties.a.type",
        ),
        (
            [function(parameters={"type": "object", "properties": {"a": {"type": [[]]}}})],
            "tools[0].parameters.properties.a.type",
        ),
        ([function(parameters={"type": "object", "required": "a"})], "tools[0].parameters.required"),
        ([function(parameters=deep(20))], "tools[0].parameters" + ".properties.a" * 10),
    ],
)
def test_a_schema_that_is_none_is_named(tools: Any, param: str) -> None:
    """The error says which field of which function."""
    with pytest.raises(BadField) as wrong:
        functions(tools, nested=False)
    assert wrong.value.param == param
