"""Who a twin belongs to and where it lives, as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gemelo.context.tenancy.people import Party
from gemelo.context.tenancy.windows import Window
from gemelo.models.vocabulary import Language


class TwinState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    LIVE = "live"
    SUSPENDED = "suspended"


class DeploymentType(StrEnum):
    PORTAL = "portal"
    """A page that we host."""
    WIDGET = "widget"
    """A client's site, bound to its allowed origins."""
    CAMPAIGN = "campaign"
    """A brand's page, time-boxed."""
    WHITE_LABEL = "white_label"
    """The talent's own domain."""


class DeploymentStatus(StrEnum):
    ACTIVE = "active"
    INACTIVE = "inactive"
    SCHEDULED = "scheduled"


class LayerKind(StrEnum):
    """Whose rules a layer holds. Platform rules ship with the program and are not kept."""

    PERSONA = "persona"
    """Drawn from what the talent said; published by who approves it."""
    TALENT = "talent"
    DEPLOYMENT = "deployment"
    CAMPAIGN = "campaign"


@dataclass(frozen=True, slots=True)
class Talent:
    """The tenant that owns twins. `stopped`: on whose behalf nothing of it talks anywhere; each party
    takes back its own stop."""

    id: str
    name: str
    stopped: frozenset[Party] = frozenset()


@dataclass(frozen=True, slots=True)
class Brand:
    """Who pays for campaigns."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Twin:
    """`suspended`: on whose behalf its state is that; each party takes back its own."""

    id: str
    talent: str
    name: str
    state: TwinState = TwinState.DRAFT
    suspended: frozenset[Party] = frozenset()


@dataclass(frozen=True, slots=True)
class Deployment:
    """One place where a twin lives. `origins` is closed by default: empty admits no page.

    `schedule` is when it is open, where its status is `SCHEDULED`. `languages` keep it to those of its
    layers' languages that are among them; empty: to all of them.
    """

    key: str
    twin: str
    type: DeploymentType
    status: DeploymentStatus = DeploymentStatus.INACTIVE
    origins: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    theme: Mapping[str, Any] = field(default_factory=dict[str, Any])
    schedule: Window | None = None


@dataclass(frozen=True, slots=True)
class LayerText:
    """One version of a policy layer as YAML. `deployment` is None where it holds for the whole twin.

    `author` is the principal who published it (empty: the program), at `created` (ms since 1970 UTC).
    `campaign` is whose terms hold it, where it is a campaign's.
    """

    twin: str
    deployment: str | None
    kind: LayerKind
    version: int
    yaml: str
    author: str = ""
    created: int = 0
    reason: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """The layers that compile to one policy of a deployment: live, live once, or only tried.

    `hash` is that policy's; receipts name it. The platform's own layer is not among the layers.
    """

    deployment: str
    hash: str
    layers: tuple[LayerText, ...]
    author: str = ""
    created: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What the audit log tells since one looked: its last number, and which talents changed.

    An empty talent stands for what belongs to none, e.g. a brand.
    """

    number: int
    talents: frozenset[str]


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """A fan's session; holds nothing that tells who the fan is. Times are ms since 1970 UTC.

    `fan` is a random name that the fan's browser keeps, where the fan agreed to be known again here.
    """

    id: str
    deployment: str
    policy: str
    language: Language
    created: int = 0
    last_seen: int = 0
    fan: str = ""
