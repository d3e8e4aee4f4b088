"""What all shapes of the admin API are made of: names, instants, windows, pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Self, TypeVar, cast
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from gemelo.admin.services.checking import reason_of
from gemelo.admin.services.desk import Kept
from gemelo.context.tenancy.windows import Window, window

T = TypeVar("T")

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""Of something new: small letters, digits and hyphens."""
IdWithin = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,126}$")]
"""Of something new that belongs to a talent: the talent's id, two hyphens, and a name."""
Known = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""Id of something that is there, or the name of a field to ask for."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""What people call something, in any script."""


def _said(text: str) -> str:
    """Raises `UsageError` where there is nothing to read: of spaces and what nobody sees nothing is kept."""
    reason_of(text, needed=True)
    return text


Reason = Annotated[str, Field(min_length=1, max_length=1000, examples=["as agreed"]), AfterValidator(_said)]
"""Why a change is made; it is kept in the audit log."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
TermsHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""Of a campaign's terms: an approval names it whole."""
POLICY = "3b1f0a6de5c94c5f8f3f0c1b7c0b7f65" * 2
"""The hash of a policy, for examples."""
MAX_LAYER = 300_000
LayerYaml = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LAYER, pattern=r"^[^\x00]+$")]
"""A policy layer as docs/layers.md explains it."""


def example(**fields: Any) -> ConfigDict:
    """The settings of a shape that is answered, with an example of it."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


def asked(*more: Mapping[str, Any], **fields: Any) -> ConfigDict:
    """As `example`, of a shape that is sent: fields that nobody knows are refused."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [fields, *map(dict, more)]})


def instant(ms: int) -> datetime:
    """Milliseconds since 1970 UTC as a date and time."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def _instant(value: Any) -> Any:
    return instant(value) if isinstance(value, int) else value


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""Date and time of what is kept as milliseconds since 1970 UTC."""


def _in_order(value: Any) -> Any:
    return sorted(cast("frozenset[Any]", value)) if isinstance(value, frozenset) else value


Sorted = Annotated[tuple[T, ...], BeforeValidator(_in_order)]
"""What is kept without an order."""


class Shown(BaseModel, Generic[T]):
    """What is answered of something: its fields are those of the same names."""

    @classmethod
    def of(cls, noun: T) -> Self:
        return cls.model_validate(noun, from_attributes=True)


class Revised(BaseModel, Generic[T]):
    """As `Shown`, of something that is kept at a revision."""

    @classmethod
    def of(cls, kept: Kept[T]) -> Self:
        named = {name: getattr(kept.noun, name) for name in cls.model_fields if name != "revision"}
        return cls.model_validate(named | {"revision": kept.revision}, from_attributes=True)


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 3.0 is a whole one, but no word and no truth value is a number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return "" if isinstance(value, bool | str) else value


Whole = Annotated[int, Field(ge=1, le=1_000_000_000), BeforeValidator(_whole)]
"""A number from 1 on."""


class Change(BaseModel):
    """An act that needs nothing but a reason."""

    model_config = asked(reason="as agreed")

    reason: Reason


class Hours(BaseModel):
    """A window of time, in the local hours of a zone: from `starts` on and before `ends`.

    Where an hour happens twice, its offset from UTC says which one is meant.
    """

    model_config = asked(starts="2026-12-01T09:00", ends="2026-12-24T20:00", zone="Europe/Madrid")

    starts: Annotated[str, Field(min_length=10, max_length=40, examples=["2026-12-01T09:00"])]
    ends: Annotated[str, Field(min_length=10, max_length=40, examples=["2026-12-24T20:00"])]
    zone: Annotated[str, Field(min_length=1, max_length=64, examples=["Europe/Madrid"])] = "UTC"

    def window(self) -> Window:
        """Raises `BadWindow`."""
        return window(self.starts, self.ends, self.zone)

    @model_validator(mode="before")
    @classmethod
    def _of(cls, kept: Any) -> Any:
        """A window as people wrote it, with the offset of each hour."""
        if not isinstance(kept, Window):
            return kept
        zone = ZoneInfo(kept.zone)
        starts, ends = (
            datetime.fromtimestamp(ms / 1000, UTC).astimezone(zone) for ms in (kept.starts, kept.ends)
        )
        return {"starts": starts.isoformat(), "ends": ends.isoformat(), "zone": kept.zone}


class Listed(BaseModel, Generic[T]):
    """One page of a list. `next` is the cursor of the page after it, null where this is the last."""

    items: tuple[T, ...]
    next: str | None = None
