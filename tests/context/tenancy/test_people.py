"""Who may see and do what."""

from __future__ import annotations

import pytest

from gemelo.context.tenancy.people import Action, Grant, Party, Principal, Role, Side

MANAGER = Principal("m", "Marta", frozenset({Grant(Role.TALENT_MANAGER, "trina")}))
BRAND = Principal("b", "Bruno", frozenset({Grant(Role.BRAND_MANAGER, brand="kortaza")}))
REVIEWER = Principal("r", "Rosa", frozenset({Grant(Role.REVIEWER, "trina")}))
READER = Principal("o", "Otto", frozenset({Grant(Role.READ_ONLY, "trina")}))
ADMIN = Principal("a", "Ana", frozenset({Grant(Role.PLATFORM_ADMIN)}))


@pytest.mark.parametrize(
    ("who", "actions"),
    [
        (ADMIN, frozenset(Action) - {Action.APPROVE}),
        (MANAGER, frozenset(Action) - {Action.GRANT}),
        (BRAND, frozenset[Action]()),
        (REVIEWER, frozenset({Action.SEE, Action.READ_TALK, Action.TRY, Action.REVIEW})),
        (READER, frozenset({Action.SEE})),
        (Principal("n", "Nobody"), frozenset[Action]()),
    ],
)
def test_each_role_may_do_its_own_to_a_talent(who: Principal, actions: frozenset[Action]) -> None:
    """And nothing else; a brand's people see nothing of a talent."""
    assert {action for action in Action if who.may(action, talent="trina")} == actions


@pytest.mark.parametrize("who", [MANAGER, REVIEWER, READER, BRAND])
def test_nobody_but_the_platform_sees_another_tenant(who: Principal) -> None:
    """Whatever the role at home."""
    assert not any(who.may(action, talent="other", brand="rival") for action in Action)


def test_a_brand_sees_its_own_campaigns_of_any_talent() -> None:
    """But does not read what fans said there."""
    for talent in ("trina", "other"):
        assert BRAND.may(Action.SEE, talent=talent, brand="kortaza")
        assert not BRAND.may(Action.READ_TALK, talent=talent, brand="kortaza")


def test_roles_of_one_person_add_up() -> None:
    """Who reviews one talent and manages another does each where it was granted."""
    both = Principal(
        "x", "Xul", frozenset({Grant(Role.REVIEWER, "trina"), Grant(Role.TALENT_MANAGER, "other")})
    )
    assert not both.may(Action.EDIT, talent="trina")
    assert both.may(Action.EDIT, talent="other")


def test_the_platform_holds_no_key() -> None:
    """It may not approve for anybody."""
    assert not any(ADMIN.holds(side, talent="trina", brand="kortaza") for side in Side)
    assert MANAGER.holds(Side.TALENT, talent="trina", brand="kortaza")
    assert not MANAGER.holds(Side.BRAND, talent="trina", brand="kortaza")
    assert BRAND.holds(Side.BRAND, talent="trina", brand="kortaza")


def test_one_speaks_for_the_parties_that_granted_it() -> None:
    """A reviewer speaks for nobody, a manager for its own talent only."""
    assert ADMIN.speaks_for(talent="trina", brand="kortaza") == {Party.PLATFORM}
    assert MANAGER.speaks_for(talent="trina", brand="kortaza") == {Party.TALENT}
    assert MANAGER.speaks_for(talent="other") == frozenset()
    assert BRAND.speaks_for(talent="trina", brand="kortaza") == {Party.BRAND}
    assert BRAND.speaks_for(talent="trina") == frozenset()


@pytest.mark.parametrize(
    ("role", "talent", "brand"),
    [
        (Role.TALENT_MANAGER, "", ""),
        (Role.TALENT_MANAGER, "", "kortaza"),
        (Role.BRAND_MANAGER, "trina", ""),
        (Role.PLATFORM_ADMIN, "trina", ""),
        (Role.REVIEWER, "trina", "kortaza"),
    ],
)
def test_a_role_is_granted_for_its_own_kind_of_tenant(role: Role, talent: str, brand: str) -> None:
    """A grant without its scope would reach everybody."""
    with pytest.raises(ValueError, match=role.value):
        Grant(role, talent, brand)
