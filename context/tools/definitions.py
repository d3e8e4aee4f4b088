"""The tools that a layer defines: what may be looked up for a fan, or done for them; pure.

catalogue, schedule     rows of the layer itself, which people approved with it
lead                    keeps how to reach a fan who agreed
http                    asks somebody's own server
client                  is run by the fan's own client, where that offers it
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, StrictBool, model_validator

from gemelo.context.hooks.webhook import url_of
from gemelo.context.policy.parts import Key, LanguageCode, Name, Part, Text, Texts
from gemelo.models.errors import BadWebhook

MAX_TOOLS = 16
MAX_ROWS = 200
MAX_PARAMETERS = 8
_LONGEST_ROW = 600
_PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,31}")


def _called(name: str) -> str:
    if "." in name:
        raise ValueError("holds a dot, which language models do not take in the name of a tool: write a '-'")
    return name


def _parameter(name: str) -> str:
    if not _PARAMETER.fullmatch(name):
        raise ValueError("is no parameter's name: write small letters, digits and '_', a letter first")
    return name


def _address(url: str) -> str:
    try:
        return url_of(url, loopback=True)
    except BadWebhook as error:
        raise ValueError(str(error).replace("a webhook", "a tool")) from None


ToolName = Annotated[Key, AfterValidator(_called)]
_Row = Annotated[Text, Field(max_length=_LONGEST_ROW)]


class Item(Part):
    """Something that a catalogue tells of: a product, a course."""

    name: Name = Field(description="What it is called.")
    details: dict[LanguageCode, _Row] = Field(
        min_length=1, description="What the twin may know of it, in each language."
    )


class Event(Part):
    """Something that takes place."""

    title: Name = Field(description="What it is called.")
    starts: AwareDatetime = Field(description="With its offset from UTC, e.g. 2026-12-05T18:00+01:00.")
    details: dict[LanguageCode, _Row] = Field(
        default={}, description="What the twin may know of it, in each language."
    )


class Parameter(Part):
    """What a server is told in a call."""

    type: Literal["string", "integer", "number", "boolean"] = Field(description="Of its value.")
    description: Annotated[Text, Field(max_length=200)] = Field(description="What it is, for the model.")
    required: StrictBool = Field(default=True, description="Whether every call has it.")
    one_of: Annotated[Texts, Field(max_length=50)] = Field(
        default=(), description="The only values, where there are few; of a string."
    )

    @model_validator(mode="after")
    def _of_strings(self) -> Self:
        if self.one_of and self.type != "string":
            raise ValueError("has values to choose from and is no string: leave `one_of` out")
        return self


class ToolDefinition(Part):
    """A tool. Which keys go with it is up to its kind."""

    kind: Literal["catalogue", "schedule", "lead", "http", "client"] = Field(description="What it does.")
    description: Annotated[Text, Field(max_length=500)] = Field(
        description="When to use it, for the model; fans never see it."
    )
    approved_facts: StrictBool = Field(
        default=False,
        description="Whether the prices and figures in its rows are approved facts, which the twin may say.",
    )
    rows: Annotated[tuple[Item, ...], Field(max_length=MAX_ROWS)] = Field(
        default=(), description="Of a `catalogue`: what it tells of."
    )
    events: Annotated[tuple[Event, ...], Field(max_length=MAX_ROWS)] = Field(
        default=(), description="Of a `schedule`: what takes place, in any order."
    )
    consent: dict[LanguageCode, Annotated[Text, Field(max_length=400)]] = Field(
        default={},
        description="Of a `lead`: the question, in each spoken language, that a fan answers with yes before "
        "anything is kept; `{talent}` and `{brand}` are filled in.",
    )
    url: Annotated[str, AfterValidator(_address)] = Field(
        default="", description="Of `http`: where calls are posted to, by https."
    )
    parameters: Annotated[
        dict[Annotated[str, AfterValidator(_parameter)], Parameter], Field(max_length=MAX_PARAMETERS)
    ] = Field(default={}, description="Of `http` and `client`: what a call tells, by name.")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        needed = _NEEDS[self.kind]
        if needed and not getattr(self, needed):
            raise ValueError(f"is a tool of the kind {self.kind!r} without {needed!r}: add it")
        other = self.model_fields_set & frozenset(_MAY) - {needed, *_ALSO[self.kind]}
        if other:
            raise ValueError(
                f"is a tool of the kind {self.kind!r}, which has no {min(other)!r}: leave it out"
            )
        return self

    def canonical(self) -> str:
        """The definition as JSON, the same for the same meaning."""
        plain = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def told(self) -> tuple[str, ...]:
        """Every text that it may have a twin say, in every language."""
        rows = (f"{row.name}: {text}" for row in self.rows for text in row.details.values())
        events = (text for event in self.events for text in (event.title, *event.details.values()))
        return (*rows, *events, *self.consent.values())


_NEEDS = {"catalogue": "rows", "schedule": "events", "lead": "consent", "http": "url", "client": ""}
_ALSO = {
    "catalogue": ("approved_facts",),
    "schedule": ("approved_facts",),
    "lead": (),
    "http": ("parameters",),
    "client": ("parameters",),
}
_MAY = ("approved_facts", "rows", "events", "consent", "url", "parameters")
