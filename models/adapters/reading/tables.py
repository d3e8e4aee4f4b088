"""Tables and records: CSV and JSON, a line of plain text for each row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any, cast

from gemelo.models.adapters.reading.parts import Unreadable, in_parts
from gemelo.models.vocabulary import Part

_MOST_CELL = 1_000_000
_DEEPEST = 50


def read_csv(text: str) -> Iterator[Part]:
    """Reads a table whose first row names its columns.

    Raises:
        Unreadable: a quote is never closed, or it has no rows.
    """
    csv.field_size_limit(_MOST_CELL)
    try:
        rows = [row for row in csv.reader(StringIO(text, newline=""), _dialect(text)) if any(row)]
    except csv.Error as error:
        raise Unreadable(f"the table cannot be read: {error}") from None
    if not rows:
        raise Unreadable("the table is empty")
    header, *body = rows
    if not body:
        header, body = [""] * len(header), rows
    yield from in_parts((f"row {number}", _row(header, row)) for number, row in enumerate(body, start=2))


def read_json(text: str) -> Iterator[Part]:
    """Reads a JSON document, or one a line; each record becomes a line of its names and values.

    Raises:
        Unreadable: it is no JSON, or nests too deep.
    """
    records = _records(text)
    lines = [(f"row {number}", _told(record)) for number, record in enumerate(records, start=1)]
    told = [(place, line) for place, line in lines if line]
    if not told:
        raise Unreadable("there is no text in it")
    yield from in_parts(told)


def _dialect(text: str) -> type[csv.Dialect]:
    first = text.split("\n", 1)[0]
    counts = {mark: first.count(mark) for mark in (";", "\t", "|")}
    mark, count = max(counts.items(), key=lambda found: found[1])
    if count <= first.count(","):
        return csv.excel

    class Marked(csv.excel):
        delimiter = mark

    return Marked


def _row(header: list[str], row: list[str]) -> str:
    named = (
        f"{' '.join(name.split())}: {' '.join(value.split())}" if name.strip() else " ".join(value.split())
        for name, value in zip([*header, *[""] * len(row)], row, strict=False)
        if value.strip()
    )
    return ", ".join(named)


def _records(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except RecursionError:
        raise Unreadable("the JSON nests too deep") from None
    except json.JSONDecodeError:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (json.JSONDecodeError, RecursionError):
            raise Unreadable("this is no JSON") from None
    return cast(list[Any], whole) if isinstance(whole, list) else [whole]


def _told(value: Any, depth: int = 0) -> str:
    if depth > _DEEPEST:
        raise Unreadable("the JSON nests too deep")
    if isinstance(value, dict):
        told = ((name, _told(part, depth + 1)) for name, part in cast(dict[str, Any], value).items())
        return ", ".join(f"{name}: {part}" for name, part in told if part)
    if isinstance(value, list):
        return ", ".join(filter(None, (_told(part, depth + 1) for part in cast(list[Any], value))))
    if isinstance(value, str):
        return " ".join(value.split())
    return "" if value is None else json.dumps(value)
