"""What is kept of which kind where: the table of nouns that one repository serves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, cast

from pydantic_core import PydanticSerializationError, to_jsonable_python
from sqlalchemy import Column, String, Table
from sqlalchemy.types import TypeDecorator

from gemelo.context.hooks.webhook import Webhook
from gemelo.context.knowledge.uploads import Upload
from gemelo.context.persona.kept import PersonaText, Subset
from gemelo.context.store import schema
from gemelo.context.tenancy.campaigns import Campaign
from gemelo.context.tenancy.likeness import Consent, Licence
from gemelo.context.tenancy.people import ApiKey, Principal
from gemelo.context.twins import Brand, Deployment, SessionRecord, Talent, Twin
from gemelo.models.errors import BadText


@dataclass(frozen=True)
class Kind:
    """One kind of noun.

    Attributes:
        name: as errors and the audit log call it.
        secret: columns that the audit log does not repeat.
    """

    name: str
    noun: type[Any]
    table: Table
    secret: frozenset[str] = frozenset()

    @cached_property
    def key(self) -> Column[str]:
        """The column that names a row."""
        (key,) = self.table.primary_key
        return key

    def id(self, noun: object) -> str:
        return getattr(noun, self.key.name)

    def row(self, noun: Any) -> dict[str, Any]:
        """A noun's columns, all but its revision.

        Raises:
            BadText: a text in it holds what a database refuses.
        """
        row: dict[str, Any] = {field.name: getattr(noun, field.name) for field in fields(self.noun)}
        if isinstance(noun, Campaign):
            row["deployment"] = noun.terms.deployment
        if isinstance(noun, Consent):
            row["due"] = noun.due
        check_text(row)
        return row

    def read(self, row: Mapping[Any, Any]) -> Any:
        """The noun of a row."""
        return self.noun(**{field.name: row[field.name] for field in fields(self.noun)})

    def change(self, before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that differ, each as [before, after], fit for JSON."""
        shown = [name for name in after if name not in self.secret]
        told = {name: (plain((before or {}).get(name)), plain(after[name])) for name in shown}
        return {name: [was, is_] for name, (was, is_) in told.items() if was != is_}


KINDS = {
    kind.noun: kind
    for kind in (
        Kind("talent", Talent, schema.talents),
        Kind("twin", Twin, schema.twins),
        Kind("deployment", Deployment, schema.deployments),
        Kind("brand", Brand, schema.brands),
        Kind("campaign", Campaign, schema.campaigns),
        Kind("licence", Licence, schema.licences),
        Kind("consent", Consent, schema.consents, frozenset({"due"})),
        Kind("principal", Principal, schema.principals),
        Kind("webhook", Webhook, schema.webhooks, frozenset({"secret"})),
        Kind("upload", Upload, schema.uploads, frozenset({"content"})),
        Kind("apikey", ApiKey, schema.keys, frozenset({"sha256"})),
        Kind("persona", PersonaText, schema.personas, frozenset({"yaml", "validation"})),
        Kind("subset", Subset, schema.subsets),
    )
}
"""What `SqlBooks` gets, adds and replaces."""
NOTED = KINDS | {SessionRecord: Kind("session", SessionRecord, schema.sessions)}
"""What an act may be about."""


def is_text(column: Column[Any]) -> bool:
    """Whether rows may be found by what a column says."""
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(kind, String)


def is_storable(text: str) -> bool:
    """Whether every database takes a text: Postgres knows no NUL, and half a character is none."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def plain(value: Any) -> Any:
    """A value as JSON has it; sets in one order."""
    if isinstance(value, frozenset):
        members = cast(frozenset[Any], value)
        return sorted((plain(one) for one in members), key=json.dumps)
    return to_jsonable_python(value)


def check_text(value: Any) -> None:
    """Looks into all of a value.

    Raises:
        BadText: there is a text or a number in it that some database refuses.
    """
    try:
        text = json.dumps(to_jsonable_python(value), ensure_ascii=False, allow_nan=False)
    except (ValueError, PydanticSerializationError):
        raise BadText("a text holds half a character, or a value is none of JSON's: write it anew") from None
    if "\\u0000" in text.replace("\\\\", "") or not is_storable(text):
        raise BadText("a text holds the character NUL or half of another: take it out")
