"""Principals and their keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.admin.services.desk import Desk
from gemelo.admin.services.people import give_key, known, make_principal, revoke_key, set_grants
from gemelo.context.tenancy.people import ApiKey, Grant, Principal, Role
from gemelo.models.errors import NotAllowed, Stale, Taken, TokenRefused, Unknown, UsageError
from tests.admin.services.cast import ADMIN, BRUNO, EVERYBODY, MARTA, NINA
from tests.admin.services.conftest import Calendar


async def test_a_key_s_secret_says_who_comes(desk: Desk) -> None:
    """It is found by its digest; the secret itself is kept nowhere."""
    key, secret = await give_key(desk, ADMIN, "marta", 5, "first day")
    assert await known(desk, secret) == MARTA
    kept = (await desk.read(ADMIN, lambda books: books.get(ApiKey, key.id))).noun
    assert kept == key
    assert secret not in repr(kept)
    assert len(secret) > 40


@pytest.mark.parametrize("secret", ["", "gml_", "gml_" + "x" * 43, "gml_ñ", "gml_" + "y" * 10_000, "\0"])
async def test_what_is_no_key_opens_nothing(desk: Desk, secret: str) -> None:
    """However it looks."""
    with pytest.raises(TokenRefused):
        await known(desk, secret)


async def test_a_revoked_key_opens_nothing_from_now_on(desk: Desk, now: Calendar) -> None:
    """Everybody ends their own, the platform any; nobody else's is there."""
    key, secret = await give_key(desk, ADMIN, "marta", 5, "")
    with pytest.raises(Unknown):
        await revoke_key(desk, NINA, key.id, now(), "")
    await revoke_key(desk, MARTA, key.id, now(), "lost")
    with pytest.raises(TokenRefused):
        await known(desk, secret)
    assert (await revoke_key(desk, ADMIN, key.id, now() + 5, "again")).revoked == now()


async def test_only_the_platform_grants(desk: Desk) -> None:
    """Neither principals nor grants nor keys come from anybody else."""
    guest = Principal("guest", "Guest", frozenset({Grant(Role.READ_ONLY, "trina")}))
    for who in EVERYBODY:
        if who.is_platform:
            continue
        with pytest.raises(NotAllowed):
            await make_principal(desk, who, guest, "")
        with pytest.raises(NotAllowed):
            await set_grants(desk, who, who.id, ADMIN.grants, 1, "")
        with pytest.raises(NotAllowed):
            await give_key(desk, who, who.id, 5, "")
    assert await make_principal(desk, ADMIN, guest, "a visitor") == guest


async def test_grants_hold_from_the_next_request_on(desk: Desk) -> None:
    """A key is looked up anew each time; who saw an older state must look again."""
    _, secret = await give_key(desk, ADMIN, "bruno", 5, "")
    both = BRUNO.grants | {Grant(Role.REVIEWER, "trina")}
    await set_grants(desk, ADMIN, "bruno", both, 1, "")
    assert (await known(desk, secret)).grants == both
    with pytest.raises(Stale):
        await set_grants(desk, ADMIN, "bruno", frozenset(), 1, "")


@pytest.mark.parametrize("grant", [Grant(Role.REVIEWER, "nobody"), Grant(Role.BRAND_MANAGER, brand="\0")])
async def test_nothing_is_granted_for_what_is_not_there(desk: Desk, grant: Grant) -> None:
    """The error names it."""
    with pytest.raises(Unknown, match="granted for"):
        await make_principal(desk, ADMIN, Principal("guest", "Guest", frozenset({grant})), "")


async def test_ids_are_taken_once_and_names_are_checked(desk: Desk) -> None:
    """A principal's name stands in every audit line."""
    with pytest.raises(Taken):
        await make_principal(desk, ADMIN, MARTA, "")
    with pytest.raises(UsageError):
        await make_principal(desk, ADMIN, replace(MARTA, id="Marta!"), "")
    with pytest.raises(UsageError):
        await make_principal(desk, ADMIN, replace(MARTA, id="mar", name="\u202emarta"), "")
