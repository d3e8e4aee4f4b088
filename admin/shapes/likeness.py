"""Licences and consents, as the admin API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from gemelo.admin.shapes.base import (
    Hours,
    Instant,
    Known,
    Name,
    Reason,
    Revised,
    Sha256,
    Sorted,
    asked,
    example,
)
from gemelo.context.tenancy.likeness import Consent, Licence, Likeness
from gemelo.context.twins import DeploymentType

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166."""
_TERM = {"starts": "2026-01-01T00:00", "ends": "2027-01-01T00:00", "zone": "Europe/Madrid"}
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class LicenceShape(Revised[Licence]):
    """Where, for whom and of what a talent's twins may talk; an empty list of any of them: all. `topics` are
    categories of campaigns."""

    model_config = example(
        id="5d1e",
        talent="trina",
        term=_TERM,
        brands=["kortaza"],
        topics=["football boots"],
        territories=["ES"],
        channels=[],
        revoked=None,
        revision=1,
    )

    id: str
    talent: str
    term: Hours
    brands: Sorted[str]
    topics: Sorted[str]
    territories: Sorted[str]
    channels: Sorted[DeploymentType]
    revoked: Instant | None
    revision: int


class NewLicence(BaseModel):
    model_config = asked(
        talent="trina",
        term=_TERM,
        brands=["kortaza"],
        topics=["football boots"],
        territories=["ES"],
        reason="the contract of 2026",
    )

    talent: Known
    term: Hours
    brands: Annotated[tuple[Known, ...], Field(max_length=1_000)] = ()
    topics: Annotated[tuple[Name, ...], Field(max_length=1_000)] = ()
    territories: Annotated[tuple[Country, ...], Field(max_length=300)] = ()
    channels: Annotated[tuple[DeploymentType, ...], Field(max_length=10)] = ()
    reason: Reason

    def noun(self, id: str) -> Licence:
        """Raises `BadWindow`."""
        return Licence(
            id,
            self.talent,
            self.term.window(),
            frozenset(self.brands),
            frozenset(self.territories),
            frozenset(self.channels),
            topics=frozenset(self.topics),
        )


class ConsentShape(Revised[Consent]):
    """A person's word that a recording or a picture may be used to synthesise them; the file itself is
    known by its sha256."""

    model_config = example(
        id="7a90",
        talent="trina",
        kind="voice",
        name="trina-warm",
        who="Trina Ríos",
        sha256=_SHA256,
        term=_TERM,
        channels=["portal"],
        revoked=None,
        revision=1,
    )

    id: str
    talent: str
    kind: Likeness
    name: str
    who: str
    sha256: str
    term: Hours
    channels: Sorted[DeploymentType]
    revoked: Instant | None
    revision: int


class NewConsent(BaseModel):
    model_config = asked(
        talent="trina",
        kind="voice",
        name="trina-warm",
        who="Trina Ríos",
        sha256=_SHA256,
        term=_TERM,
        channels=["portal"],
        reason="signed in the studio",
    )

    talent: Known
    kind: Likeness
    name: Known
    who: Name
    sha256: Sha256
    term: Hours
    channels: Annotated[tuple[DeploymentType, ...], Field(max_length=10)] = ()
    reason: Reason

    def noun(self, id: str) -> Consent:
        """Raises `BadWindow`."""
        return Consent(
            id,
            self.talent,
            self.kind,
            self.name,
            self.who,
            self.sha256,
            self.term.window(),
            frozenset(self.channels),
        )
