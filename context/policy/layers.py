"""The layers of a policy as typed documents.

A layer says what holds for a twin from one point of view: the platform's, the talent's, one
deployment's, one campaign's, one session's. Layers are read here and merged in `compile`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, ValidationError

from gemelo.context.policy.source import Path, Source, read
from gemelo.models.errors import BadLayer

MAX_NAMES = 5_000
"""Names that one layer may forbid; more is a mistake, and would slow every clause down."""
_ERRORS_SHOWN = 5


class Kind(StrEnum):
    """Whose point of view a layer is, strongest first."""

    PLATFORM = "platform"
    TALENT = "talent"
    DEPLOYMENT = "deployment"
    CAMPAIGN = "campaign"
    SESSION = "session"


class Deflection(StrEnum):
    """Why the twin says a fixed line instead of a reply of its own."""

    DECLINED = "declined"
    """It knows nothing about this."""
    NAMES = "names"
    """The reply ran into a name to avoid."""
    BLOCKED = "blocked"
    """The reply broke another rule."""
    FAILED = "failed"
    """A service behind it failed."""
    BUSY = "busy"
    """No slot is free."""
    OFF_TOPIC = "off_topic"


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise ValueError("is empty")
    if any(unicodedata.category(character) in ("Cc", "Cs") and character != "\n" for character in text):
        raise ValueError("holds control characters")
    return text


def _named(text: str) -> str:
    if not any(character.isalpha() for character in text):
        raise ValueError("holds no letter")
    return text


def _unlike(lines: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(lines)) < len(lines):
        raise ValueError("says the same line twice")
    return lines


Text = Annotated[str, Field(max_length=2_000), AfterValidator(_clean)]
Name = Annotated[str, Field(max_length=64), AfterValidator(_clean), AfterValidator(_named)]
LanguageCode = Annotated[str, Field(pattern="^[a-z]{2}$")]
Texts = Annotated[tuple[Text, ...], AfterValidator(_unlike)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Persona(_Part):
    name: Name | None = None
    description: dict[LanguageCode, Text] = {}
    tone: Texts = ()
    sentence_length: Literal["short", "medium", "long"] | None = None


class AvoidedName(_Part):
    name: Name
    aliases: tuple[Name, ...] = ()


class Sponsor(_Part):
    brand: Name
    category: Text
    tagline: dict[LanguageCode, Text] = {}
    approved_claims: dict[LanguageCode, Texts] = {}


class TierLimits(_Part):
    interactions_per_month: Annotated[StrictInt, Field(ge=0)]


class Document(_Part):
    """One layer, as written.

    `disclosures` and `deflections` are keyed by language; a deflection needs two lines or more,
    so that none is said twice running. A key that is left out says nothing.
    """

    layer: Kind
    name: Name
    persona: Persona = Persona()
    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1), AfterValidator(_unlike)] | None = None
    names_to_avoid: Annotated[tuple[AvoidedName, ...], Field(max_length=MAX_NAMES)] = ()
    focus: Texts = ()
    disclosures: dict[LanguageCode, Texts] = {}
    deflections: dict[LanguageCode, dict[Deflection, Annotated[Texts, Field(min_length=2)]]] = {}
    sponsor: Sponsor | None = None
    limits: dict[Name, TierLimits] = {}


@dataclass(frozen=True, slots=True)
class Layer:
    """A valid document that still knows on which line of which file each rule stands."""

    document: Document
    source: Source

    @property
    def kind(self) -> Kind:
        return self.document.layer

    def line(self, *path: str | int) -> int:
        """1-based line of a rule, e.g. `line("sponsor", "brand")`."""
        return self.source.line(path)

    def place(self, *path: str | int) -> str:
        """How an error names a rule: kind, file and line."""
        return f"{self.kind} layer, {self.source.file}:{self.line(*path)}"


def parse_layer(text: str, file: str) -> Layer:
    """Reads and checks one layer.

    Args:
        text: YAML, see `source.read` for what is refused.
        file: how errors call it.

    Raises:
        BadLayer: unknown key, wrong type, empty name or line...; names file and line of each.
    """
    source = read(text, file)
    try:
        return Layer(Document.model_validate(source.value), source)
    except ValidationError as error:
        faults = [
            _fault(source, found["loc"], found["msg"])
            for found in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        more = [f"and {len(faults) - _ERRORS_SHOWN} more"] if len(faults) > _ERRORS_SHOWN else []
        raise BadLayer("; ".join(faults[:_ERRORS_SHOWN] + more)) from None


def _fault(source: Source, path: Path, message: str) -> str:
    # pydantic marks a wrong dictionary key by a last element of its own
    path = tuple(step for step in path if step != "[key]")
    spelled = ".".join(str(step) for step in path) or "document"
    return f"{source.file}:{source.line(path)}: {spelled}: {message.removeprefix('Value error, ')}"
