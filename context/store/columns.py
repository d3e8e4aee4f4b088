"""Kinds of columns: values of the vocabulary as JSON, and members of enums."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import JSON, Dialect, String
from sqlalchemy.types import TypeDecorator


class Json(TypeDecorator[Any]):
    """A value of the vocabulary, kept as JSON; NULL stands for none."""

    impl = JSON
    cache_ok = True

    def __init__(self, kept: Any) -> None:
        super().__init__(none_as_null=True)
        self.kept = kept
        self._adapter = TypeAdapter[Any](kept)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self._adapter.dump_python(value, mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else self._adapter.validate_python(value)


class Code(TypeDecorator[Any]):
    """A member of an enum, kept as its value."""

    impl = String
    cache_ok = True

    def __init__(self, kinds: type[StrEnum]) -> None:
        super().__init__()
        self.kinds = kinds

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return value if value is None else self.kinds(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return value if value is None else self.kinds(value)
