"""Layer documents as text: YAML or JSON in, plain values and the line of every one of them out.

The reader is stricter than YAML. Anchors, aliases and tags are refused (a few lines of aliases can
grow to gigabytes), so are keys said twice, documents that are deep or large, and a second document.
What begins with a brace is JSON and has to be JSON throughout; its lines are found by reading it as the
YAML that it nearly is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

import yaml

from gemelo.models.errors import BadLayer

MAX_BYTES = 512 * 1024
MAX_DEPTH = 12

_HALF = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_UNREADABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML 1.1 (5.1, c-printable) does not let into a document."""
_HINTS = {
    "mapping values are not allowed": "a text with a colon in it needs quotes",
    "',' or ']'": "a list that begins with '[' ends with ']'",
    "',' or '}'": "what begins with '{' ends with '}'",
    "unexpected end of stream": "a quote is opened and not closed",
    "cannot start any token": "begin a line with spaces, not with a tab, and put a text that begins with "
    "a special character in quotes",
    "expected key": "lines that belong together begin at one column",
    "'-' indicator": "entries of a list begin at one column, each with '- '",
    "expected ':'": "after each key comes a colon and a space",
}
"""What people mostly did where the reader says this."""
_Reader = yaml.SafeLoader | yaml.CSafeLoader
_Loader: type[_Reader] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""The one in C reads ten times as fast."""

Path = tuple[str | int, ...]
"""Keys and indices from the root of a document to one of its values."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document as it was read: its plain `value`, and the 1-based line of each path in it."""

    file: str
    value: object
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """Line of `path`, or of the nearest thing around it that the document does say."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str, file: str) -> Source:
    """Reads one document.

    Args:
        text: the document.
        file: how errors call it.

    Raises:
        BadLayer: it is neither YAML nor JSON, or uses what the module refuses; names file and line.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise BadLayer(f"{file}: larger than {MAX_BYTES // 1024} kB: no guard can read so many rules in time")
    is_json = text.lstrip().startswith("{")
    value = _json(text, file) if is_json else None
    if is_json:  # between its values JSON may have tabs, and in them halves of a character
        text = _HALF.sub(r"\\u0020", text.replace("\t", " "))
    try:
        _refuse_bombs(text, file)
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            raise BadLayer(f"{file}: empty: begin with 'layer:' and 'name:'")
        lines: dict[Path, int] = {}
        plain = _plain(loader, root, (), lines, file)
        return Source(file, value if is_json else plain, lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadLayer(f"{file}:{line}: no valid YAML: {_hinted(str(error.problem))}") from None
    except (yaml.reader.ReaderError, UnicodeEncodeError):
        found = _UNREADABLE.search(text)
        line = text.count("\n", 0, found.start() if found else 0) + 1
        what = "no valid YAML: a character that cannot be seen: take it out"
        raise BadLayer(f"{file}:{line}: {what}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise BadLayer(f"{file}: no valid YAML: {error}".splitlines()[0]) from None


def _hinted(problem: str) -> str:
    hint = next((hint for said, hint in _HINTS.items() if said in problem), "")
    return f"{problem}: {hint}" if hint else problem


def _json(text: str, file: str) -> object:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise BadLayer(f"{file}:{error.lineno}: no valid JSON: {error.msg}") from None
    except RecursionError:
        raise BadLayer(f"{file}: nested deeper than {MAX_DEPTH}") from None
    except ValueError as error:
        raise BadLayer(f"{file}: no valid JSON: {error}") from None


def _refuse_constant(constant: str) -> object:
    raise ValueError(f"{constant} is no number")


def _refuse_bombs(text: str, file: str) -> None:
    """Looks at the events only, before anything is built from them."""
    depth = 0
    parsed = yaml.parse(text, Loader=_Loader)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    for event in cast("Iterable[yaml.Event]", parsed):
        line = cast(int, event.start_mark.line) + 1  # pyright: ignore[reportUnknownMemberType]
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            what = "anchors and aliases are not allowed: put a text that begins with & or * in quotes"
            raise BadLayer(f"{file}:{line}: {what}")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            raise BadLayer(f"{file}:{line}: tags are not allowed: put a text that begins with ! in quotes")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise BadLayer(f"{file}:{line}: nested deeper than {MAX_DEPTH}")


def _plain(loader: _Reader, node: yaml.Node, path: Path, lines: dict[Path, int], file: str) -> object:
    """The node's plain value; notes the line of everything below it."""
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*path, index), lines, file) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        plain: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise BadLayer(f"{file}:{line}: a key must be a plain word")
            key = key_node.value
            if key in plain:
                raise BadLayer(f"{file}:{line}: {key!r} is said twice: make one of both")
            lines[(*path, key)] = line
            plain[key] = _plain(loader, value_node, (*path, key), lines, file)
        return plain
    try:
        return loader.construct_object(node)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    except ValueError:  # what looks like a date or a number, and is none
        line = node.start_mark.line + 1
        raise BadLayer(f"{file}:{line}: no such date or number: put it in quotes if it is a text") from None
