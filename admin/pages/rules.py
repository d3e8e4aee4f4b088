"""The guardrail editor: a layer's text, what is wrong in it, and its history; pure.

What the page shows is made here of what the services answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gemelo.admin.services.publishing import Past, Touched
from gemelo.admin.services.say import Said
from gemelo.context.twins import Deployment, LayerKind, LayerText, Twin
from gemelo.models.errors import BadLayer, GemeloError

_SPARE_LINES = 6
_FAULT = re.compile(r"([a-z]+)@(\d+):(\d+): (.*?)(?=; (?:[a-z]+ layer, )?[a-z]+@\d+:\d+: |$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Which layer is edited: a twin's, or that of one deployment. `keys` are where it can be tried."""

    twin: Twin
    deployment: Deployment | None
    keys: tuple[str, ...]

    @property
    def kind(self) -> LayerKind:
        return LayerKind.DEPLOYMENT if self.deployment else LayerKind.TALENT

    @property
    def key(self) -> str | None:
        return self.deployment.key if self.deployment else None

    @property
    def title(self) -> str:
        return self.deployment.key if self.deployment else self.twin.name

    @property
    def what(self) -> str:
        if self.deployment:
            return f"They hold at this place and tighten those of {self.twin.name}."
        return "They hold wherever the twin lives; a place may tighten them and never loosen them."


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and in which line of the text; None where it is in none."""

    what: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something was not done."""

    sentence: str
    places: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text in the editor, what goes with it, and the lines that are wrong in it."""

    yaml: str
    version: int
    may_edit: bool
    wrong: frozenset[int] = frozenset()
    question: str = ""
    where: str = ""
    reason: str = ""

    @property
    def numbers(self) -> range:
        """Those of the lines that are there, and a few more to write in."""
        return range(1, self.yaml.count("\n") + 2 + _SPARE_LINES)


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What a colleague published while one was writing.

    Attributes:
        diff: what it changed in the text that one had begun with.
        merged: one's own changes were put on top of it; else both changed the same lines.
    """

    layer: LayerText
    diff: tuple[Line, ...]
    merged: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """A reply under the text in the editor, and where it was given."""

    said: Said
    at: Touched


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a diff; `kind` is `add`, `del` or nothing."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One version in the history."""

    layer: LayerText
    diff: tuple[Line, ...]


def trouble(error: GemeloError, kind: LayerKind) -> Trouble:
    """An error as the page shows it; faults in the edited layer with their lines."""
    faults = tuple(_fault(found, kind) for found in _FAULT.finditer(str(error)))
    if not isinstance(error, BadLayer) or not faults:
        return Trouble(sentence(str(error)))
    return Trouble("These rules cannot be used yet.", faults)


def wrong_lines(found: Trouble) -> frozenset[int]:
    return frozenset(fault.line for fault in found.places if fault.line)


def history(past: Iterable[Past]) -> tuple[Shown, ...]:
    """Versions with their diffs line by line, without the two lines that name the files."""
    return tuple(Shown(one.layer, diff_lines(one.diff.splitlines()[2:])) for one in past)


def diff_lines(lines: Iterable[str]) -> tuple[Line, ...]:
    """A diff as the page shows it."""
    return tuple(map(_line, lines))


def _fault(found: re.Match[str], kind: LayerKind) -> Fault:
    layer, version, line, what = found.groups()
    if layer == kind.value:
        return Fault(what, int(line))
    return Fault(f"{layer}@{version}, line {line}: {what}")


def _line(text: str) -> Line:
    return Line(text, {"+": "add", "-": "del"}.get(text[:1], ""))


def sentence(text: str) -> str:
    """What an error says, as a sentence; names in it stay as they are written."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
