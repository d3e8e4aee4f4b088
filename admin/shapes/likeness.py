"""Licences and consents, as the admin API shows and takes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from gemelo.admin.services.samples import MAX_ADDRESS, MAX_BYTES
from gemelo.admin.shapes.base import (
    Hours,
    Instant,
    Known,
    Name,
    Reason,
    Revised,
    Sha256,
    Shown,
    Sorted,
    asked,
    example,
)
from gemelo.context.tenancy.likeness import Clone, CloneState, Consent, Licence, Likeness
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


class CloneShape(Shown[Clone]):
    """What a vendor was asked to make of a consent's file: its name and id there, by whom, when, and of which
    file. `lost`: nobody knows whether it was made, and it is looked for. `gone`: the vendor has none."""

    model_config = example(
        name="gemelo-3c1f0a6de5c97a90",
        vendor="cartesia",
        language="es",
        made="2026-11-20T12:00:00Z",
        by="marta",
        sha256=_SHA256,
        state="ready",
        id="a0e99841-438c-4a64-b679-ae501e7d6091",
    )

    name: str
    vendor: str
    language: str
    made: Instant
    by: str
    sha256: str
    state: CloneState
    id: str


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
        clones=[],
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
    clones: tuple[CloneShape, ...]
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


class NewClone(BaseModel):
    """A voice to be made of the recording that a consent names, a WAV file in base64 (the example is one's
    beginning), in its `language`; or a face of the `film` that it names, with `agreed`, the film in which its
    person agrees: addresses from which the vendor can fetch them for a day."""

    model_config = asked(
        vendor="cartesia",
        language="es",
        sample="UklGRiR9AABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YQ==",
        reason="her new voice, of the consent of May",
    )

    vendor: Annotated[str, StringConstraints(max_length=50)] = ""
    language: Annotated[str, StringConstraints(pattern=r"^([a-z]{2})?$")] = ""
    sample: Annotated[str, StringConstraints(max_length=MAX_BYTES * 4 // 3 + 4)] = ""
    film: Annotated[str, StringConstraints(max_length=MAX_ADDRESS)] = ""
    agreed: Annotated[str, StringConstraints(max_length=MAX_ADDRESS)] = ""
    reason: Reason
