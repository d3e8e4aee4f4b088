"""What tools take: typed, told to a mind as JSON Schema, and checked before anything runs; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, NoReturn, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from gemelo.context.tools.definitions import Parameter, ToolDefinition
from gemelo.models.errors import BadArguments

MAX_ARGUMENTS = 4_000
"""Characters of one call's JSON."""
_MOST_FAULTS = 3

A = TypeVar("A", bound="Arguments")


class Arguments(BaseModel):
    """What a call gives; keys that nobody knows are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Search(Arguments):
    """Of a catalogue."""

    query: Annotated[
        str, Field(max_length=200, description="What the fan looks for, in a few words; empty for all.")
    ] = ""


class Days(Arguments):
    """Of a schedule."""

    first: Annotated[
        date | None, Field(alias="from", description="First day, e.g. 2026-12-05; today if left out.")
    ] = None
    last: Annotated[date | None, Field(alias="until", description="Last day; any if left out.")] = None


class Wish(Arguments):
    """Of a lead."""

    interest: Annotated[
        str, Field(min_length=1, max_length=300, description="What the fan wants to hear more of.")
    ]
    name: Annotated[
        str, Field(max_length=80, description="The fan's name, if they have said it; else empty.")
    ] = ""


def arguments_of(tool: ToolDefinition) -> type[Arguments]:
    """The model of what a tool takes."""
    match tool.kind:
        case "catalogue":
            return Search
        case "schedule":
            return Days
        case "lead":
            return Wish
        case "http" | "client":
            fields: dict[str, Any] = {
                f"given_{name}": (_type(one), _field(name, one)) for name, one in tool.parameters.items()
            }  # a name like "schema" would hide a method
            return create_model("Parameters", __base__=Arguments, **fields)


def schema_of(model: type[Arguments]) -> Mapping[str, Any]:
    """The JSON Schema of what a tool takes, as minds read it."""
    return cast("dict[str, Any]", _untitled(model.model_json_schema(by_alias=True)))


def read(model: type[A], text: str) -> A:
    """Reads what a mind has written for a call.

    Raises:
        BadArguments: it is no JSON, or not what the tool takes; says of each fault where it is.
    """
    if len(text) > MAX_ARGUMENTS:
        raise BadArguments(f"the arguments have more than {MAX_ARGUMENTS} characters: say less")
    try:
        given = json.loads(text or "{}", parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadArguments("the arguments are no JSON: write one object") from None
    if not isinstance(given, dict):
        raise BadArguments("the arguments are one JSON object")
    try:
        return model.model_validate_json(json.dumps(given))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        told = (f"{'.'.join(map(str, one['loc']))[:60]}: {one['msg']}" for one in faults[:_MOST_FAULTS])
        raise BadArguments("; ".join(told)) from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _type(parameter: Parameter) -> Any:
    if parameter.one_of:
        kind: Any = Literal[parameter.one_of]
    else:
        kind = {"string": Annotated[str, Field(max_length=500)], "integer": int, "number": float}.get(
            parameter.type, bool
        )
    return kind if parameter.required else kind | None


def _field(name: str, parameter: Parameter) -> Any:
    default: Any = ... if parameter.required else None
    return Field(default, alias=name, description=parameter.description)


def _untitled(schema: Any) -> Any:
    """Without the titles that pydantic makes of names: they cost tokens and say nothing."""
    if isinstance(schema, dict):
        known = cast("dict[str, Any]", schema)
        return {
            name: _untitled(value)
            for name, value in known.items()
            if not (name == "title" and isinstance(value, str))
        }
    return [_untitled(one) for one in cast("list[Any]", schema)] if isinstance(schema, list) else schema
