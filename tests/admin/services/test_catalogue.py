"""Looking at talents, twins, deployments and brands, making and changing them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from gemelo.admin.services.catalogue import change, create, page, see
from gemelo.admin.services.desk import Desk
from gemelo.context.tenancy.people import Action, Party, Principal
from gemelo.context.tenancy.windows import Window
from gemelo.context.twins import (
    Brand,
    Deployment,
    DeploymentStatus,
    DeploymentType,
    Talent,
    Twin,
    TwinState,
)
from gemelo.models.errors import BadWindow, NotAllowed, Stale, Taken, Unknown, UsageError
from gemelo.models.vocabulary import Language
from tests.admin.services import cast
from tests.admin.services.cast import (
    ADMIN,
    BRUNO,
    EVERYBODY,
    KORTAZA,
    MARTA,
    NINA,
    NOBODY,
    OTTO,
    ROSA,
    TRINA,
)  # fmt: skip

NEW_TWIN = Twin("trina--shop", "trina", "Trina's shop")
NEW_PAGE = Deployment("trina--new", "trina", DeploymentType.WIDGET)


@pytest.mark.parametrize(
    ("who", "talents"),
    [(ADMIN, 2), (MARTA, 1), (NINA, 1), (ROSA, 1), (OTTO, 1), (BRUNO, 0), (NOBODY, 0)],
    ids=lambda who: getattr(who, "id", ""),
)
async def test_everybody_sees_their_own_talents(desk: Desk, who: Principal, talents: int) -> None:
    """And their twins and places, no other's; a brand sees none."""
    assert len((await page(desk, who, Talent)).items) == talents
    assert len((await page(desk, who, Twin)).items) == talents
    assert bool((await page(desk, who, Deployment)).items) is bool(talents)


@pytest.mark.parametrize("id", ["trina", "made-up", "\0", "x" * 500])
async def test_another_s_talent_and_one_that_is_not_there_are_the_same(desk: Desk, id: str) -> None:
    """Whoever guesses ids learns nothing."""
    for kind in (Talent, Twin, Deployment, Brand):
        with pytest.raises(Unknown):
            await see(desk, NINA, kind, id)


async def test_a_role_changes_what_it_manages_and_no_more(desk: Desk) -> None:
    """Who sees it may not change it; for whom it is not there it stays so."""
    for who in EVERYBODY:
        for noun in (replace(TRINA, name="T"), replace(NEW_TWIN, id="trina", name="T")):
            if who.may(Action.EDIT, talent="trina"):
                revision = (await see(desk, who, type(noun), noun.id)).revision
                await change(desk, who, noun, revision, "")
                continue
            with pytest.raises(NotAllowed if who.may(Action.SEE, talent="trina") else Unknown):
                await change(desk, who, noun, 1, "")
            with pytest.raises(NotAllowed if who.may(Action.SEE, talent="trina") else Unknown):
                await create(desk, who, replace(NEW_TWIN, id=f"trina--of-{who.id}"), "")


async def test_what_is_made_is_kept_with_who_and_why(desk: Desk) -> None:
    """One line of the audit each."""
    await create(desk, MARTA, NEW_TWIN, "a shop")
    await create(desk, MARTA, NEW_PAGE, "for the club")
    assert (await see(desk, OTTO, Deployment, "trina--new")).noun == NEW_PAGE
    trail = (await desk.read(MARTA, lambda books: books.trail(limit=2))).items
    assert [(line.who, line.action, line.target, line.why) for line in trail] == [
        ("marta", "create", "trina--new", "for the club"),
        ("marta", "create", "trina--shop", "a shop"),
    ]


async def test_two_who_change_the_same_thing_at_once(desk: Desk) -> None:
    """One wins, the other is told to look again; nothing is lost unseen."""
    wins, loses = await asyncio.gather(
        change(desk, MARTA, replace(TRINA, name="One"), 1, ""),
        change(desk, cast.MANU, replace(TRINA, name="Two"), 1, ""),
        return_exceptions=True,
    )
    assert wins.revision == 2  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    assert isinstance(loses, Stale)
    assert (await see(desk, MARTA, Talent, "trina")).noun.name == "One"


async def test_the_same_again_changes_nothing(desk: Desk) -> None:
    """No revision, no line in the audit, no server is told."""
    before = await desk.read(ADMIN, lambda books: books.trail(limit=1))
    assert (await change(desk, MARTA, TRINA, 1, "")).revision == 1
    assert await desk.read(ADMIN, lambda books: books.trail(limit=1)) == before


async def test_talents_and_brands_are_made_by_the_platform(desk: Desk) -> None:
    """Nobody else opens an account for themselves."""
    for noun in (Talent("zoe", "Zoe"), Brand("acme", "Acme")):
        for who in (MARTA, BRUNO, NOBODY):
            with pytest.raises(NotAllowed):
                await create(desk, who, noun, "")
        await create(desk, ADMIN, noun, "")
        with pytest.raises(Taken):
            await create(desk, ADMIN, noun, "")
    with pytest.raises(NotAllowed):
        await change(desk, BRUNO, replace(KORTAZA, name="Kortaza SA"), 1, "")


@pytest.mark.parametrize(
    "noun",
    [
        replace(TRINA, stopped=frozenset({Party.TALENT})),
        Twin("trina", "oto", "Trina Sol", TwinState.LIVE),
        Twin("trina", "trina", "Trina Sol", TwinState.SUSPENDED),
        replace(cast.page("trina-summer"), twin="oto"),
        replace(cast.page("trina-summer"), type=DeploymentType.PORTAL),
        replace(cast.page("trina-summer"), status=DeploymentStatus.SCHEDULED),
        replace(cast.page("trina-summer"), languages=(Language("spanish"),)),
        replace(cast.page("trina-summer"), origins=("club",)),
        replace(cast.page("trina-summer"), theme={"a": float("inf")}),
        replace(TRINA, name="x" * 10_000),
        replace(TRINA, name="a\u202eb"),
    ],
)
async def test_what_may_not_be_set_is_refused_with_what_to_do(desk: Desk, noun: Any) -> None:
    """Nothing moves to another tenant, and nothing has a verb of its own passed by."""
    with pytest.raises(UsageError) as refused:
        await change(desk, ADMIN, noun, 1, "")
    assert type(refused.value) is UsageError


async def test_a_schedule_is_a_window(desk: Desk) -> None:
    """It ends after it begins."""
    place = replace(cast.page("trina-summer"), status=DeploymentStatus.SCHEDULED, schedule=Window(9, 5))
    with pytest.raises(BadWindow):
        await change(desk, MARTA, place, 1, "")
    assert (await change(desk, MARTA, replace(place, schedule=Window(5, 9)), 1, "")).revision == 2


async def test_pages_go_on_where_the_last_ended(desk: Desk) -> None:
    """Each thing is on one of them."""
    first = await page(desk, ADMIN, Deployment, limit=2)
    second = await page(desk, ADMIN, Deployment, first.after, limit=3)
    keys = [kept.noun.key for kept in (*first.items, *second.items)]
    assert keys == ["oto-portal", "oto-summer", "trina-portal", "trina-summer", "trina-winter"]
    assert second.after == ""
    assert len((await page(desk, ADMIN, Deployment, twin="oto")).items) == 2


@pytest.mark.parametrize(
    "asked", [{"limit": 0}, {"limit": 201}, {"after": "\0"}, {"sha": "x"}, {"twin": "\0"}]
)
async def test_a_page_that_cannot_be_asked_for_is_refused(desk: Desk, asked: Any) -> None:
    """With a sentence, not a fault of the database."""
    with pytest.raises(UsageError):
        await page(desk, ADMIN, Deployment, **asked)
