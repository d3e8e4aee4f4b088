"""What is wrong with a layer's document, said so that whoever wrote it can mend it; pure.

Each fault names file, line and key, what is wrong there, and what would be right.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gemelo.context.policy.examples import EXAMPLES
from gemelo.context.policy.parts import COUNTRY, LANGUAGE, Part
from gemelo.context.policy.source import Path, Source

_SHOWN = 5
_ALIKE = 0.7
"""Of two keys, how much one has to be like the other to be meant (`difflib`'s ratio)."""
_KEYS = "keys with values"
_KEY = "[key]"
"""The last step of a path that pydantic gives where the key of a mapping is wrong."""
_QUOTED = re.compile(r"'([^']*)'")
_LANGUAGES = {
    "spanish": "es", "español": "es", "espanol": "es", "castellano": "es", "spa": "es",
    "english": "en", "inglés": "en", "ingles": "en", "eng": "en",
}  # fmt: skip
_TERMS = frozenset("start starts begin begins end ends from until window dates schedule zone".split())
"""Keys that people look for in a campaign's layer."""


def faults(error: ValidationError, source: Source, document: type[Part]) -> str:
    """All faults of a document as one text, the first five in full."""
    found = error.errors(include_url=False, include_input=False)
    told = [_fault(one, source, document) for one in found if not _follows(one, found)]
    more = [f"and {len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
    return "; ".join(told[:_SHOWN] + more)


def _follows(one: ErrorDetails, all: Iterable[ErrorDetails]) -> bool:
    """Whether a list is too short only because its wrong entries were left out."""
    at = len(one["loc"])
    return one["type"] == "too_short" and any(
        len(other["loc"]) > at and other["loc"][:at] == one["loc"] for other in all
    )


def _fault(found: ErrorDetails, source: Source, document: type[Part]) -> str:
    path = tuple(step for step in found["loc"] if step != _KEY)
    spelled = ".".join(str(step)[:40] for step in path) or "document"
    value = path[-1] if _KEY in found["loc"] else _value(source.value, path)
    what = _what(found, path, value, document)
    return f"{source.file}:{source.line(path)}: {spelled}: {what}"


def _what(found: ErrorDetails, path: Path, value: object, document: type[Part]) -> str:
    kind, limits = found["type"], found.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown(str(path[-1]), path[:-1], document)
    if kind == "missing":
        return f"is missing{_write(path)}"
    if value is None and kind != "value_error":
        return f"is left empty: leave it out{_write(path, ', or write')}"
    if kind in _NEEDED:
        return _needed(_NEEDED[kind], path, value)
    if kind in ("literal_error", "enum"):
        return _choice(str(limits["expected"]), value)
    if kind == "string_pattern_mismatch":
        return _spelling(str(limits["pattern"]), value)
    if kind == "too_short":
        return f"needs {limits['min_length']} or more, not {limits['actual_length']}{_write(path)}"
    if kind in ("too_long", "string_too_long"):
        most = f"{limits['max_length']:,}"
        if isinstance(value, str):
            return f"has more than {most} characters: shorten it"
        return f"there are too many: a layer may have {most}"
    for bound, words in _BOUNDS.items():
        if bound in limits:
            return f"must be {words} {limits[bound]}{_write(path)}"
    return found["msg"].removeprefix("Value error, ")


_NEEDED = {
    "tuple_type": "a list",
    "dict_type": _KEYS,
    "model_type": _KEYS,
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "float_type": "a number",
    "float_parsing": "a number",
}
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def _needed(needed: str, path: Path, value: object) -> str:
    if needed == "a text" and isinstance(value, bool | int | float | date):
        return f"needs a text, and YAML reads this as {_kind(value)}: put it in quotes"
    if needed == _KEYS and any(known.endswith(".*") and _holds(known.split("."), path) for known in EXAMPLES):
        path = path[:-1]  # mostly that key is one that belongs deeper
    return f"needs {needed}, not {_kind(value)}{_write(path)}"


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "yes or no"
        case int():
            return "a number"
        case float():
            return "a decimal number"
        case date():
            return "a date"
        case list():
            return "a list"
        case Mapping():
            return _KEYS
        case _:
            return "a text"


def _write(path: Path, begin: str = ": write") -> str:
    """What would be right, as it would stand in the document; empty where nobody has said."""
    if not path:
        return f"{begin} 'layer: talent', 'name: NAME', and a rule on each line below"
    example = next((example for known, example in EXAMPLES.items() if _holds(known.split("."), path)), "")
    if example:
        return f"{begin} {'- ' if isinstance(path[-1], int) else f'{path[-1]}: '}{example}"
    return _write(path[:-1], begin) if isinstance(path[-1], int) else ""


def _choice(expected: str, value: object) -> str:
    choices = _QUOTED.findall(expected)
    guess = difflib.get_close_matches(str(value).lower()[:40], choices, 1)
    meant = f"did you mean {guess[0]!r}? Else " if guess else ""
    return f"is none that is known: {meant}choose among {', '.join(choices)}"


def _spelling(pattern: str, value: object) -> str:
    said = str(value).strip()[:40]
    if pattern == LANGUAGE:
        near = _LANGUAGES.get(said.lower()) or (re.match("[a-z]{2}(?=$|[-_])", said.lower()) or [""])[0]
        return f"is no language's code: write {near or 'two small letters (ISO 639-1), like es or en'}"
    if pattern == COUNTRY:
        near = said.upper() if re.fullmatch("[A-Za-z]{2}", said) else ""
        return f"is no country's code: write {near or 'two capital letters (ISO 3166-1), like ES or MX'}"
    return "is no id: write up to 64 letters, digits, '.', '_' and '-', without spaces"


def _unknown(key: str, path: Path, document: type[Part]) -> str:
    """What to write instead of a key that does not exist."""
    known = dict(_parts(document))
    pattern = next((one for one in known if _holds(one, path)), ())
    keys = list(known[pattern].model_fields)
    written = key.lower().replace("-", "_").replace(" ", "_")[:40]
    if written in _TERMS:
        return "there is no such key: when a campaign runs stands in its terms, not in its layer"
    if near := difflib.get_close_matches(written, keys, 1, _ALIKE):
        return f"there is no such key: did you mean {near[0]!r}?"
    if path:
        return f"there is no such key here: choose among {', '.join(keys)}"
    for elsewhere, part in known.items():
        if written in part.model_fields:
            return f"there is no such key here: it belongs under {'.'.join(elsewhere)}"
    return "there is no such key: `gemelo explain --schema` lists all"


def _holds(pattern: Sequence[str], path: Path) -> bool:
    """Whether a pattern of keys (`-` an entry of a list, `*` any key) is that of a path."""
    steps = ["-" if isinstance(step, int) else step for step in path]
    return len(pattern) == len(steps) and all(
        known in ("*", step) for known, step in zip(pattern, steps, strict=True)
    )


def _parts(part: type[Part], at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], type[Part]]]:
    """Every mapping of a document that knows its keys; `-` stands for an entry of a list, `*` for any key."""
    yield at, part
    for name, field in part.model_fields.items():
        for below, inner in _inside(field.annotation):
            yield from _parts(inner, (*at, name, *below))


def _inside(annotation: Any) -> Iterator[tuple[tuple[str, ...], type[Part]]]:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        yield (), annotation
        return
    origin = get_origin(annotation)
    step = {tuple: ("-",), dict: ("*",)}.get(cast("type", origin), ())
    for argument in get_args(annotation):
        for below, inner in _inside(argument):
            yield (*step, *below), inner


def _value(value: object, path: Path) -> object:
    """What stands at a path, None where nothing does."""
    for step in path:
        match value:
            case Mapping() if step in value:
                value = cast("Mapping[object, object]", value)[step]
            case list() if isinstance(step, int):
                value = cast("list[object]", value)[step]
            case _:
                return None
    return value
