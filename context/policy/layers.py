"""The layers of a policy as typed documents.

A layer says what holds for a twin from one point of view: the platform's, the talent's, one
deployment's, one campaign's, one session's. Layers are read here and merged in `compile`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, ValidationError

from gemelo.context.guard.builtin import Rule
from gemelo.context.policy.faults import faults
from gemelo.context.policy.parts import (
    MAX_NAMES,
    MAX_PATTERNS,
    MAX_TOPICS,
    AvoidedName,
    Chosen,
    Claims,
    Count,
    CountryCode,
    Crisis,
    DraftPolicy,
    Key,
    KnowledgePolicy,
    LanguageCode,
    MemoryPolicy,
    Name,
    Part,
    Pattern,
    Persona,
    Sponsor,
    Texts,
    TierLimits,
    Topic,
    VendorPolicy,
    few_spellings,
    unlike,
)
from gemelo.context.policy.source import Source, read
from gemelo.context.tools.definitions import MAX_TOOLS, ToolDefinition, ToolName
from gemelo.models.errors import BadLayer


class Kind(StrEnum):
    """Whose point of view a layer is, strongest first."""

    PLATFORM = "platform"
    PERSONA = "persona"
    """What was learned of how the talent talks, and approved: the talent's own layer comes before it."""
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
    """The question is not one of the twin's."""
    TOPICS = "topics"
    """The reply entered a topic to avoid; this and the rest fall back to `BLOCKED`."""
    CLAIMS = "claims"
    """The reply said of a product what nobody approved."""
    HARMFUL = "harmful"
    """The fan asks for help with harm."""
    PROMPT = "prompt"
    """The fan asks for the twin's instructions, or the reply ran into them."""


class OnBlock(StrEnum):
    """What happens where a reply breaks a rule."""

    DEFLECT = "deflect"
    """The reply stops, and a deflection follows."""
    REDACT = "redact"
    """The words are taken out, and the reply goes on."""
    RETRY = "retry"
    """The mind tries once more with the rule restated."""


_DEFLECTED: dict[str, Deflection] = {
    Rule.NAMES: Deflection.NAMES,
    Rule.TOPICS: Deflection.TOPICS,
    Rule.FORBIDDEN_CLAIMS: Deflection.CLAIMS,
    Rule.UNAPPROVED: Deflection.CLAIMS,
    Rule.EXPERIENCE: Deflection.CLAIMS,
    Rule.OFFERS: Deflection.CLAIMS,
    Rule.HARMFUL: Deflection.HARMFUL,
    Rule.PROMPT: Deflection.PROMPT,
    Rule.EXTRACTION: Deflection.PROMPT,
}


def deflection(rule: str) -> Deflection:
    """Which line is said where a rule of the guard is broken."""
    return _DEFLECTED.get(rule, Deflection.BLOCKED)


Breakable = Literal[
    Rule.NAMES,
    Rule.PATTERNS,
    Rule.PROFANITY,
    Rule.TOPICS,
    Rule.FORBIDDEN_CLAIMS,
    Rule.UNAPPROVED,
    Rule.EXPERIENCE,
    Rule.OFFERS,
]
"""Rules for which a layer may choose what happens where they are broken."""


class Document(Part):
    """One layer of a twin's policy. A key that is left out says nothing."""

    layer: Kind = Field(description="Whose layer this is.")
    name: Name = Field(description="What people call it.")
    persona: Persona = Field(default=Persona(), description="Preferences: the nearest layer decides.")
    languages: Annotated[tuple[LanguageCode, ...], Field(min_length=1), AfterValidator(unlike)] | None = (
        Field(
            default=None,
            description="Spoken here, the preferred one first; a lower layer may only leave some out.",
        )
    )
    drafts: DraftPolicy = Field(
        default=DraftPolicy(),
        description="When replies are begun before a fan has finished. Nearest layer decides.",
    )
    vendors: VendorPolicy = Field(
        default=VendorPolicy(), description="Which vendor is asked first. The nearest layer decides."
    )
    country: CountryCode | None = Field(
        default=None,
        description="Where the fans are: its help lines are said in a crisis. Nearest layer decides.",
    )
    names_to_avoid: Annotated[
        tuple[AvoidedName, ...], Field(max_length=MAX_NAMES), AfterValidator(few_spellings)
    ] = Field(default=(), description="Names that never leave. Those of all layers add up.")
    topics_to_avoid: Annotated[tuple[Topic, ...], Field(max_length=MAX_TOPICS)] = Field(
        default=(), description="Topics that no reply enters. Those of all layers add up."
    )
    patterns_to_avoid: Annotated[tuple[Pattern, ...], Field(max_length=MAX_PATTERNS)] = Field(
        default=(), description="Patterns that no reply matches. Those of all layers add up."
    )
    forbidden_claims: Claims = Field(
        default={},
        description="Statements not to be made, in these words or others. Those of all layers add up.",
    )
    required_claims: Claims = Field(
        default={},
        description="Sentences said with every reply that names the sponsor. Those of all layers add up.",
    )
    attested: Claims = Field(
        default={}, description="Talent layer only: what the talent attests to have experienced."
    )
    focus: Texts = Field(default=(), description="Topics to steer towards. The nearest layer decides.")
    knowledge: KnowledgePolicy = Field(
        default=KnowledgePolicy(),
        description="Which of what the twin has learned it answers from. A lower layer may only narrow it.",
    )
    disclosures: dict[LanguageCode, Texts] = Field(
        default={},
        description="Sentences that open a conversation, the platform's first; `{talent}` is filled in.",
    )
    deflections: dict[LanguageCode, dict[Deflection, Annotated[Texts, Field(min_length=2)]]] = Field(
        default={},
        description="Lines in the twin's manner for what it does not answer: two or more, so that none is "
        "said twice running. The nearest layer decides, line set by line set.",
    )
    on_block: dict[Breakable, OnBlock] = Field(
        default={}, description="What happens where a reply breaks a rule. The nearest layer decides."
    )
    sponsor: Sponsor | None = Field(default=None, description="Campaign layer only: who pays.")
    tools: Annotated[tuple[Key, ...], AfterValidator(unlike)] | None = Field(
        default=None, description="Tools that the twin may use; a lower layer may only leave some out."
    )
    tool_definitions: Annotated[dict[ToolName, ToolDefinition], Field(max_length=MAX_TOOLS)] = Field(
        default={},
        description="Talent and campaign layers: tools by name, which `tools` allows. Each is defined once.",
    )
    voice: Chosen | None = Field(
        default=None, description="The nearest decides, among the talent's `voices`."
    )
    avatar: Chosen | None = Field(
        default=None, description="The nearest decides, among the talent's `avatars`."
    )
    voices: Annotated[tuple[Key, ...], Field(min_length=1), AfterValidator(unlike)] | None = Field(
        default=None, description="Talent layer only: the voices that lower layers may choose from."
    )
    avatars: Annotated[tuple[Key, ...], Field(min_length=1), AfterValidator(unlike)] | None = Field(
        default=None, description="Talent layer only: the avatars that lower layers may choose from."
    )
    limits: dict[Name, TierLimits] = Field(
        default={}, description="For each tier of fans. A lower layer may only be stricter."
    )
    retention_days: Count | None = Field(
        default=None, description="How long transcripts are kept. A lower layer may only be stricter."
    )
    memory: MemoryPolicy = Field(
        default=MemoryPolicy(),
        description="What is kept of fans who agreed. A lower layer may only keep less.",
    )
    crisis: Crisis | None = Field(
        default=None, description="Platform layer only: what a fan in a crisis is told."
    )

    def to_json(self) -> str:
        """The document as JSON; `parse_layer` reads it back."""
        return json.dumps(self._plain(), ensure_ascii=False, indent=2) + "\n"

    def to_yaml(self) -> str:
        """The document as YAML; `parse_layer` reads it back."""
        return yaml.safe_dump(self._plain(), allow_unicode=True, sort_keys=False, width=110)

    def _plain(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_defaults=True)


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

    def fault(self, what: str, *path: str | int) -> BadLayer:
        """The error for a rule that has to be mended here."""
        return BadLayer(f"{self.place(*path)}: {what}", self.kind)


def parse_layer(text: str, file: str) -> Layer:
    """Reads and checks one layer.

    Args:
        text: YAML or JSON, see `source.read` for what is refused.
        file: how errors call it.

    Raises:
        BadLayer: unknown key, wrong type, empty name or line...; says of each where it stands and what
            would be right.
    """
    source = read(text, file)
    try:
        return Layer(Document.model_validate(source.value), source)
    except ValidationError as error:
        raise BadLayer(faults(error, source, Document)) from None


def schema() -> dict[str, Any]:
    """The JSON Schema of a layer, as it is published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Gemelo policy layer",
        **{key: value for key, value in Document.model_json_schema().items() if key != "title"},
    }
