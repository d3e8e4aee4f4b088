from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any, cast

import pytest
from pydantic import BaseModel

from gemelo.admin import shapes


def examples() -> list[tuple[type[BaseModel], Any]]:
    found: dict[type[BaseModel], list[Any]] = {}
    for module in iter_modules(shapes.__path__, f"{shapes.__name__}."):
        for shape in vars(import_module(module.name)).values():
            if isinstance(shape, type) and issubclass(shape, BaseModel) and "{" not in shape.__name__:
                settings = cast("dict[str, Any]", shape.model_config.get("json_schema_extra") or {})
                found[shape] = settings.get("examples", [])
    return [(shape, example) for shape, several in found.items() for example in several]


def test_there_are_many() -> None:
    """What is sent and what is answered has one."""
    assert len(examples()) > 40


@pytest.mark.parametrize(("shape", "example"), examples())
def test_an_example_is_what_it_shows(shape: type[BaseModel], example: Any) -> None:
    """What the OpenAPI document shows can be sent and answered as it stands."""
    assert shape.model_validate(example).model_dump(mode="json", exclude_unset=True) == example
