"""Who may see and do what; pure.

    Principal ── grants ──▶ (role, talent or brand) ── _MAY ──▶ actions

What a role may not see does not exist for it: services answer `Unknown`, never "forbidden". A talent's
people see everything of that talent; a brand's people see its own campaigns, of any talent, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto


class Role(StrEnum):
    PLATFORM_ADMIN = "platform_admin"
    TALENT_MANAGER = "talent_manager"
    BRAND_MANAGER = "brand_manager"
    REVIEWER = "reviewer"
    """Of a talent: reads what was said, tries and replays versions, says what it found; changes nothing."""
    READ_ONLY = "read_only"
    """Of a talent: sees what is set, not what fans said."""


class Action(StrEnum):
    """What can be done to something of a talent, or to a campaign."""

    SEE = auto()
    READ_TALK = auto()
    """Read what fans said and were told."""
    READ_LEADS = auto()
    """Read how to reach fans who agreed to be reached."""
    TRY = auto()
    """Run versions that are not published; a brand only those of its own campaigns."""
    REVIEW = auto()
    """Say what one found of a turn or of a campaign's terms."""
    EDIT = auto()
    """Change twins, deployments, layers, knowledge, licences and consents; publish and roll back."""
    EDIT_CAMPAIGN = auto()
    APPROVE = auto()
    """Turn one's own side's key of a campaign."""
    STOP = auto()
    """Suspend a twin or a campaign, or end live sessions at once."""
    GRANT = auto()
    """Make principals and keys."""


_MAY: dict[Role, frozenset[Action]] = {
    Role.PLATFORM_ADMIN: frozenset(Action) - {Action.APPROVE},
    Role.TALENT_MANAGER: frozenset(Action) - {Action.GRANT},
    Role.BRAND_MANAGER: frozenset(
        {Action.SEE, Action.TRY, Action.EDIT_CAMPAIGN, Action.APPROVE, Action.STOP}
    ),
    Role.REVIEWER: frozenset({Action.SEE, Action.READ_TALK, Action.TRY, Action.REVIEW}),
    Role.READ_ONLY: frozenset({Action.SEE}),
}
"""The platform runs the house; it holds no key of anybody's campaign."""


class Side(StrEnum):
    """Whose key of a campaign."""

    TALENT = "talent"
    BRAND = "brand"


class Party(StrEnum):
    """On whose behalf something was stopped: only the same party lifts it."""

    PLATFORM = "platform"
    TALENT = "talent"
    BRAND = "brand"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for one talent or one brand; for the platform's own people neither is set.

    Raises:
        ValueError: the role goes with another kind of scope.
    """

    role: Role
    talent: str = ""
    brand: str = ""

    def __post_init__(self) -> None:
        of_brand = self.role is Role.BRAND_MANAGER
        of_talent = self.role in (Role.TALENT_MANAGER, Role.REVIEWER, Role.READ_ONLY)
        if bool(self.brand) is not of_brand or bool(self.talent) is not of_talent:
            raise ValueError(f"{self.role} is granted for {self.brand or self.talent or 'nothing'}")


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or a program that is known by its keys."""

    id: str
    name: str
    grants: frozenset[Grant] = frozenset()

    @property
    def is_platform(self) -> bool:
        return any(grant.role is Role.PLATFORM_ADMIN for grant in self.grants)

    @property
    def talents(self) -> frozenset[str]:
        """Talents of which this principal may see anything at all."""
        return frozenset(grant.talent for grant in self.grants if grant.talent)

    @property
    def brands(self) -> frozenset[str]:
        return frozenset(grant.brand for grant in self.grants if grant.brand)

    def may(self, action: Action, *, talent: str, brand: str = "") -> bool:
        """Whether it may do this to something of `talent`; to a campaign of it, where `brand` is set."""
        return any(
            action in _MAY[grant.role]
            for grant in self.grants
            if grant.role is Role.PLATFORM_ADMIN
            or (grant.talent and grant.talent == talent)
            or (grant.brand and grant.brand == brand)
        )

    def speaks_for(self, *, talent: str, brand: str = "") -> frozenset[Party]:
        """The parties on whose behalf it may stop something of a talent, or a brand's campaign there."""
        parties = {
            Party.PLATFORM: Grant(Role.PLATFORM_ADMIN),
            Party.TALENT: Grant(Role.TALENT_MANAGER, talent) if talent else None,
            Party.BRAND: Grant(Role.BRAND_MANAGER, brand=brand) if brand else None,
        }
        return frozenset(party for party, grant in parties.items() if grant in self.grants)

    def holds(self, side: Side, *, talent: str, brand: str) -> bool:
        """Whether it may turn one of the two keys of a campaign: one that was granted to it for that side."""
        return any(
            Action.APPROVE in _MAY[grant.role]
            for grant in self.grants
            if (grant.talent == talent if side is Side.TALENT else grant.brand == brand)
            and (grant.talent or grant.brand)
        )


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What opens the admin API to a principal; only the sha256 of it is kept. Times in ms since 1970 UTC.

    Attributes:
        visits: how often its holder has signed out of the console; a visit of an earlier count is over.
    """

    id: str
    principal: str
    sha256: str
    created: int
    revoked: int | None = None
    visits: int = 0


THE_HOUSE = Principal("", "Gemelo", frozenset({Grant(Role.PLATFORM_ADMIN)}))
"""The program itself, where it acts on nobody's behalf."""
