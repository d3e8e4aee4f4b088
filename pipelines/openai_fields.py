"""Fields of OpenAI's protocols: what is wrong with one is told by its name. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from gemelo.models.errors import UsageError

MAX_TOOLS = 128
_NAME = re.compile(r"[\w-]{1,64}", re.ASCII)
_TYPES = frozenset({"object", "array", "string", "number", "integer", "boolean", "null"})
_DEPTH = 10


class BadField(UsageError):
    """What a client sent cannot be served as it is; `param` is the field that is wrong."""

    code = "invalid_value"

    def __init__(self, message: str, param: str | None = None, code: str = "invalid_value") -> None:
        super().__init__(message)
        self.param = param
        self.code = code


def functions(tools: object, where: str = "tools", *, nested: bool) -> frozenset[str]:
    """The names of the functions that a client offers to run.

    What else it says of them is checked and forgotten: a layer describes them to the mind.

    Args:
        nested: whether each stands in a `function` of its own, as in chat completions.

    Raises:
        BadField: one is no function, has no name, or its schema is none.
    """
    listed = cast("list[object]", tools) if isinstance(tools, list) else None
    if listed is None or len(listed) > MAX_TOOLS:
        raise BadField(f"{where} must be a list of at most {MAX_TOOLS}", where)
    return frozenset(_function(tool, f"{where}[{at}]", nested) for at, tool in enumerate(listed))


def _function(tool: object, at: str, nested: bool) -> str:
    given = _object(tool, at)
    if given.get("type") != "function":
        raise BadField(f"{at}.type can only be function", f"{at}.type")
    if nested:
        at = f"{at}.function"
        given = _object(given.get("function"), at)
    name = given.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadField("a function's name has 1 to 64 of a-z, A-Z, 0-9, _, -", f"{at}.name")
    wanted = f"{at}.parameters"
    schema = given.get("parameters")
    schema = _object({"type": "object"} if schema is None else schema, wanted)
    if schema.get("type") != "object":
        raise BadField(f'{wanted} is a JSON Schema of "type": "object"', wanted)
    _check_schema(schema, wanted, _DEPTH)
    return name


def _check_schema(schema: object, at: str, depth: int) -> None:
    """Raises `BadField` where something can be no JSON Schema."""
    if isinstance(schema, bool):
        return
    if not depth:
        raise BadField(f"{at} is nested too deeply", at)
    given = _object(schema, at)
    kinds: object = given.get("type", "object")
    for kind in cast("list[object]", kinds) if isinstance(kinds, list) else [kinds]:
        if not isinstance(kind, str) or kind not in _TYPES:
            raise BadField(f"{at}.type is one of {', '.join(sorted(_TYPES))}", f"{at}.type")
    for name, inner in _object(given.get("properties", {}), f"{at}.properties").items():
        _check_schema(inner, f"{at}.properties.{name[:64]}", depth - 1)
    if "items" in given:
        _check_schema(given["items"], f"{at}.items", depth - 1)
    required: object = given.get("required", [])
    if not isinstance(required, list) or not all(
        isinstance(name, str) for name in cast("list[object]", required)
    ):
        raise BadField(f"{at}.required is a list of names", f"{at}.required")


def _object(value: object, at: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadField(f"{at} must be a JSON object", at)
    return cast("dict[str, Any]", value)
