"""Licences and consents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gemelo.admin.services.desk import Desk
from gemelo.admin.services.likeness import consent, license, revoke
from gemelo.context.tenancy.likeness import Consent, Licence, Likeness
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.tenancy.standing import Reason, may_use, standing
from gemelo.context.tenancy.windows import Window
from gemelo.models.errors import BadWindow, Closed, NotAllowed, Taken, Unknown, UsageError
from tests.admin.services.cast import ALWAYS, BRUNO, MARTA, NINA, NOBODY, OTTO, ROSA

LICENCE = Licence("spain", "trina", ALWAYS, frozenset({"kortaza"}), frozenset({"ES"}))
CONSENT = Consent("c1", "trina", Likeness.VOICE, "trina-warm", "Trina Sol", "ab" * 32, ALWAYS)


async def test_a_revoked_licence_holds_no_more_from_that_moment(desk: Desk) -> None:
    """Its talent talks nowhere, whatever a server's clock says; twice is the same as once."""
    await revoke(desk, MARTA, Licence, "first-trina", 5_000, "the contract ended")
    again = await revoke(desk, MARTA, Licence, "first-trina", 9_000, "again")
    assert again.revoked == 5_000
    facts = await desk.read(THE_HOUSE, lambda books: books.facts("trina-portal"))
    for now in (4_999, 5_000):
        with pytest.raises(Closed) as closed:
            standing(facts, now)
        assert closed.value.reason is Reason.LICENCE


async def test_a_consent_is_kept_and_revoked(desk: Desk) -> None:
    """A voice may be used where somebody has agreed, until they take it back."""
    await consent(desk, MARTA, CONSENT, "signed on paper")
    facts = await desk.read(THE_HOUSE, lambda books: books.facts("trina-portal"))
    assert may_use(facts, Likeness.VOICE, "trina-warm", 5_000)
    await revoke(desk, MARTA, Consent, "c1", 5_000, "she called")
    facts = await desk.read(THE_HOUSE, lambda books: books.facts("trina-portal"))
    assert not may_use(facts, Likeness.VOICE, "trina-warm", 5_000)


async def test_others_licence_nothing(desk: Desk) -> None:
    """Neither another talent's people, nor a brand, nor who only reads."""
    await consent(desk, MARTA, CONSENT, "")
    for who, refused in ((NINA, Unknown), (BRUNO, Unknown), (NOBODY, Unknown), (ROSA, NotAllowed), (OTTO, NotAllowed)):  # noqa: E501  # fmt: skip
        with pytest.raises(refused):
            await license(desk, who, LICENCE, "")
        with pytest.raises(refused):
            await consent(desk, who, replace(CONSENT, id="c2"), "")
        with pytest.raises(refused):
            await revoke(desk, who, Licence, "first-trina", 5, "")
        with pytest.raises(refused):
            await revoke(desk, who, Consent, "c1", 5, "")


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        (replace(LICENCE, id="A"), UsageError),
        (replace(LICENCE, id="first-trina"), Taken),
        (replace(LICENCE, talent="made-up"), Unknown),
        (replace(LICENCE, brands=frozenset({"made-up"})), Unknown),
        (replace(LICENCE, territories=frozenset({"Spain"})), UsageError),
        (replace(LICENCE, topics=frozenset({"x" * 65})), UsageError),
        (replace(LICENCE, topics=frozenset({"\u202eboots"})), UsageError),
        (replace(LICENCE, topics=frozenset(map(str, range(400)))), UsageError),
        (replace(LICENCE, term=Window(9, 5)), BadWindow),
        (replace(LICENCE, brands=frozenset(map(str, range(400)))), UsageError),
    ],
)
async def test_a_licence_that_is_none_is_refused(desk: Desk, licence: Licence, refused: Any) -> None:
    """With what to write instead."""
    with pytest.raises(refused):
        await license(desk, MARTA, licence, "")


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (replace(CONSENT, sha256="ab"), UsageError),
        (replace(CONSENT, name="<voice>"), UsageError),
        (replace(CONSENT, who="\u202eTrina"), UsageError),
        (replace(CONSENT, term=Window(5, 5)), BadWindow),
        (replace(CONSENT, talent="oto"), Unknown),
    ],
)
async def test_a_consent_that_is_none_is_refused(desk: Desk, given: Consent, refused: Any) -> None:
    """A consent without its file or its person is worth nothing."""
    with pytest.raises(refused):
        await consent(desk, MARTA, given, "")


async def test_a_new_licence_is_never_revoked_yet(desk: Desk) -> None:
    """Whatever who gives it writes."""
    given = await license(desk, MARTA, replace(LICENCE, revoked=5), "for the brand")
    assert given.revoked is None
