"""Principals, their keys and the audit log, as the admin API shows and takes them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from gemelo.admin.services.desk import Entry, Kept
from gemelo.admin.shapes.base import Id, Instant, Known, Name, Reason, Revised, Shown, asked, example
from gemelo.context.tenancy.people import ApiKey, Grant, Principal, Role

_GRANT = {"role": "talent_manager", "talent": "trina"}


class OfPlatform(BaseModel):
    """A role in the whole house."""

    model_config = asked(role="platform_admin")

    role: Literal[Role.PLATFORM_ADMIN]

    def grant(self) -> Grant:
        return Grant(self.role)


class OfTalent(BaseModel):
    """A role for one talent."""

    model_config = asked(**_GRANT)

    role: Literal[Role.TALENT_MANAGER, Role.REVIEWER, Role.READ_ONLY]
    talent: Known

    def grant(self) -> Grant:
        return Grant(self.role, talent=self.talent)


class OfBrand(BaseModel):
    """A role for one brand."""

    model_config = asked(role="brand_manager", brand="kortaza")

    role: Literal[Role.BRAND_MANAGER]
    brand: Known

    def grant(self) -> Grant:
        return Grant(self.role, brand=self.brand)


GrantShape = Annotated[OfPlatform | OfTalent | OfBrand, Field(discriminator="role")]


def grant_shape(grant: Grant) -> OfPlatform | OfTalent | OfBrand:
    """A grant as the API shows it."""
    match grant.role:
        case Role.PLATFORM_ADMIN:
            return OfPlatform(role=grant.role)
        case Role.BRAND_MANAGER:
            return OfBrand(role=grant.role, brand=grant.brand)
        case _:
            return OfTalent(role=grant.role, talent=grant.talent)


class PrincipalShape(BaseModel):
    """A person or a program that is known by its keys."""

    model_config = example(id="marta", name="Marta", grants=[_GRANT], revision=1)

    id: str
    name: str
    grants: tuple[GrantShape, ...]
    revision: int

    @staticmethod
    def of(kept: Kept[Principal]) -> PrincipalShape:
        noun = kept.noun
        grants = sorted(noun.grants, key=lambda one: (one.role, one.talent, one.brand))
        return PrincipalShape(
            id=noun.id, name=noun.name, grants=tuple(map(grant_shape, grants)), revision=kept.revision
        )


class Grants(BaseModel):
    """All that a principal may do from now on."""

    model_config = asked(grants=[_GRANT], reason="she now manages Trina")

    grants: Annotated[tuple[GrantShape, ...], Field(max_length=100)]
    reason: Reason

    def nouns(self) -> frozenset[Grant]:
        return frozenset(shape.grant() for shape in self.grants)


class NewPrincipal(Grants):
    model_config = asked(id="marta", name="Marta", grants=[_GRANT], reason="she manages Trina")

    id: Id
    name: Name

    def noun(self) -> Principal:
        return Principal(self.id, self.name, self.nouns())


class KeyShape(Revised[ApiKey]):
    """An API key, without what opens it."""

    model_config = example(
        id="k1", principal="marta", created="2026-11-20T10:00:00Z", revoked=None, revision=1
    )

    id: str
    principal: str
    created: Instant | None
    revoked: Instant | None
    revision: int


class GivenKey(BaseModel):
    """A new key. `secret` is shown this once: only its hash is kept."""

    model_config = example(id="k1", principal="marta", secret="gml_...")  # noqa: S106

    id: str
    principal: str
    secret: str

    @staticmethod
    def of(key: ApiKey, secret: str) -> GivenKey:
        return GivenKey(id=key.id, principal=key.principal, secret=secret)


class EntryShape(Shown[Entry]):
    """One line of the audit log. `change` holds the fields that changed, each as [before, after]."""

    model_config = example(
        id=42,
        at="2026-11-20T10:00:00Z",
        who="marta",
        action="update",
        kind="twin",
        target="trina--coach",
        talent="trina",
        brand="",
        change={"state": ["draft", "live"]},
        why="goes live",
    )

    id: int
    at: Instant | None
    who: str
    action: str
    kind: str
    target: str
    talent: str
    brand: str
    change: dict[str, Any]
    why: str
