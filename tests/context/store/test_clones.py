"""Consents whose clones are to be looked after: none lost, none given to two at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.context.store.books import SqlBooks
from gemelo.context.store.clones import SqlClones
from gemelo.context.store.database import Database
from gemelo.context.store.desk import SqlDesk
from gemelo.context.tenancy.likeness import Clone, CloneState, Consent, Likeness
from gemelo.context.tenancy.people import THE_HOUSE
from gemelo.context.tenancy.windows import Window
from tests.context.store.conftest import Clock
from tests.rows import Rows

CLONE = Clone("gemelo-1", "cartesia", "es", 10, "marta", "ab" * 32, CloneState.READY, "id")
OVER = Consent("over", "leo", Likeness.VOICE, "warm", "Leo", "ab" * 32, Window(0, 500), clones=(CLONE,))
HOLDS = replace(OVER, id="holds", term=Window(0, 90_000))
BARE = replace(OVER, id="bare", clones=())


@pytest.fixture
async def desk(database: Database, twins: Rows, clock: Clock) -> SqlDesk:
    async def work(books: SqlBooks) -> None:
        for consent in (OVER, HOLDS, BARE):
            await books.add(consent)

    desk = SqlDesk(database, now=clock)
    await desk.write(THE_HOUSE, "", work)
    return desk


async def test_what_is_due_is_given_to_one_until_its_lease_is_over(
    database: Database, desk: SqlDesk, clock: Clock
) -> None:
    """Then to whoever asks next, whole; what holds, or was never cloned, is nobody's business."""
    clones = SqlClones(database, clock)
    assert await clones.claim(5_000) == (OVER,)
    assert await clones.claim(5_000) == ()
    clock.at += 5_000
    assert await clones.claim(5_000) == (OVER,)


async def test_what_was_settled_is_due_no_more_and_what_is_withdrawn_at_once(
    database: Database, desk: SqlDesk, clock: Clock
) -> None:
    """When that is stands in no line of the audit log."""
    clones = SqlClones(database, clock)
    gone = replace(OVER, clones=(replace(CLONE, state=CloneState.GONE),))
    await desk.write(THE_HOUSE, "", lambda books: books.replace(gone))
    assert await clones.claim(5_000) == ()
    withdrawn = replace(HOLDS, revoked=1)
    await desk.write(THE_HOUSE, "", lambda books: books.replace(withdrawn))
    assert await clones.claim(5_000) == (withdrawn,)
    trail = await desk.read(THE_HOUSE, lambda books: books.trail(kind="consent"))
    assert not any("due" in entry.change for entry in trail.items)


async def test_no_more_are_given_than_asked_for(database: Database, desk: SqlDesk, clock: Clock) -> None:
    """The rest is for another one, the longest due first."""
    clock.at = 100_000
    clones = SqlClones(database, clock)
    assert [one.id for one in await clones.claim(5_000, 1)] == ["over"]
    assert [one.id for one in await clones.claim(5_000, 1)] == ["holds"]
