from __future__ import annotations

from importlib import import_module
from typing import Any, cast

import pytest
from pydantic import BaseModel

NAMES = ("base", "campaigns", "catalogue", "knowledge", "likeness", "people", "problem", "publishing", "talk")


def examples() -> dict[type[BaseModel], Any]:
    found: dict[type[BaseModel], Any] = {}
    for name in NAMES:
        for shape in vars(import_module(f"gemelo.admin.shapes.{name}")).values():
            if isinstance(shape, type) and issubclass(shape, BaseModel) and "{" not in shape.__name__:
                settings = cast("dict[str, Any]", shape.model_config.get("json_schema_extra") or {})
                for example in settings.get("examples", ()):
                    found[shape] = example
    return found


def test_there_are_many() -> None:
    """What is sent and what is answered has one."""
    assert len(examples()) > 40


@pytest.mark.parametrize("shape", examples(), ids=lambda shape: shape.__name__)
def test_an_example_is_what_it_shows(shape: type[BaseModel]) -> None:
    """What the OpenAPI document shows can be sent and answered as it stands."""
    example = examples()[shape]
    assert shape.model_validate(example).model_dump(mode="json", exclude_unset=True) == example
