"""Talents, twins, brands and deployments, as the admin API shows and takes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, Field, JsonValue, StringConstraints

from gemelo.admin.shapes.base import Hours, Id, IdWithin, Known, Name, Reason, Revised, Sorted, asked, example
from gemelo.context.tenancy.people import Party
from gemelo.context.twins import Brand, Deployment, DeploymentStatus, DeploymentType, Talent, Twin, TwinState
from gemelo.models.vocabulary import Language

Origin = Annotated[str, StringConstraints(max_length=200, pattern=r"^https?://[A-Za-z0-9.:*\[\]-]+$")]
"""Scheme, host and port of a page that may open a widget."""
Tongue = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class TalentShape(Revised[Talent]):
    """The tenant that owns twins. `stopped`: on whose behalf all of it is silent."""

    model_config = example(id="trina", name="Trina Ríos", stopped=[], revision=1)

    id: str
    name: str
    stopped: Sorted[Party]
    revision: int


class TalentTerms(BaseModel):
    model_config = asked(name="Trina Ríos", reason="the name on the contract")

    name: Name
    reason: Reason

    def on(self, talent: Talent) -> Talent:
        """The talent with these terms."""
        return replace(talent, name=self.name)


class NewTalent(TalentTerms):
    model_config = asked(id="trina", name="Trina Ríos", reason="signed today")

    id: Id

    def noun(self) -> Talent:
        return Talent(self.id, self.name)


class BrandShape(Revised[Brand]):
    """Who pays for campaigns."""

    model_config = example(id="kortaza", name="Kortaza", revision=1)

    id: str
    name: str
    revision: int


class BrandTerms(BaseModel):
    model_config = asked(name="Kortaza", reason="their new name")

    name: Name
    reason: Reason

    def on(self, brand: Brand) -> Brand:
        return replace(brand, name=self.name)


class NewBrand(BrandTerms):
    model_config = asked(id="kortaza", name="Kortaza", reason="their first campaign")

    id: Id

    def noun(self) -> Brand:
        return Brand(self.id, self.name)


class TwinShape(Revised[Twin]):
    """A twin of a talent: draft, in review, live or suspended. `suspended`: on whose behalf."""

    model_config = example(
        id="trina--coach", talent="trina", name="Coach Trina", state="live", suspended=[], revision=2
    )

    id: str
    talent: str
    name: str
    state: TwinState
    suspended: Sorted[Party]
    revision: int


class TwinTerms(BaseModel):
    model_config = asked(name="Coach Trina", state="live", reason="goes live")

    name: Name
    state: TwinState
    reason: Reason

    def on(self, twin: Twin) -> Twin:
        return replace(twin, name=self.name, state=self.state)


class NewTwin(BaseModel):
    model_config = asked(id="trina--coach", talent="trina", name="Coach Trina", reason="for her course")

    id: IdWithin
    talent: Known
    name: Name
    state: TwinState = TwinState.DRAFT
    reason: Reason

    def noun(self) -> Twin:
        return Twin(self.id, self.talent, self.name, self.state)


class DeploymentShape(Revised[Deployment]):
    """One place where a twin lives. `schedule` is when it is open, where its status is `scheduled`.
    `languages` keep it to those of its layers' languages that are among them; none: to all of them."""

    model_config = example(
        key="trina--portal",
        twin="trina--coach",
        type="portal",
        status="active",
        origins=["https://trina.example"],
        languages=["es", "en"],
        theme={"accent": "#14553f"},
        schedule=None,
        revision=1,
    )

    key: str
    twin: str
    type: DeploymentType
    status: DeploymentStatus
    origins: tuple[str, ...]
    languages: tuple[str, ...]
    theme: dict[str, Any]
    schedule: Hours | None
    revision: int


class DeploymentTerms(BaseModel):
    model_config = asked(
        status="active",
        origins=["https://trina.example"],
        languages=["es", "en"],
        theme={"accent": "#14553f"},
        reason="opens today",
    )

    status: DeploymentStatus = DeploymentStatus.INACTIVE
    origins: Annotated[tuple[Origin, ...], Field(max_length=100)] = ()
    languages: Annotated[tuple[Tongue, ...], Field(max_length=10)] = ()
    theme: Annotated[dict[str, JsonValue], Field(max_length=200)] = {}
    schedule: Hours | None = None
    reason: Reason

    def on(self, place: Deployment) -> Deployment:
        """The place with these terms. Raises `BadWindow`."""
        return replace(
            place,
            status=self.status,
            origins=self.origins,
            languages=tuple(map(Language, self.languages)),
            theme=self.theme,
            schedule=self.schedule.window() if self.schedule else None,
        )


class NewDeployment(DeploymentTerms):
    model_config = asked(
        {
            "key": "trina--kortaza",
            "twin": "trina--coach",
            "type": "campaign",
            "status": "active",
            "origins": ["https://kortaza.example"],
            "reason": "for their campaign",
        },
        key="trina--portal",
        twin="trina--coach",
        type="portal",
        status="active",
        origins=["https://trina.example"],
        languages=["es", "en"],
        reason="her own page",
    )

    key: IdWithin
    twin: Known
    type: DeploymentType

    def noun(self) -> Deployment:
        return self.on(Deployment(self.key, self.twin, self.type))
