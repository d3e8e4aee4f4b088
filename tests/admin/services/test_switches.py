"""The switches that end live sessions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.switches import resume, start, stop, suspend
from gemelo.context.tenancy.people import THE_HOUSE, Party
from gemelo.context.tenancy.standing import Reason, standing
from gemelo.context.twins import Twin, TwinState
from gemelo.models.errors import Closed, NotAllowed, Unknown
from tests.admin.services.cast import ADMIN, BRUNO, MANU, MARTA, NINA, NOBODY, OTTO, ROSA


async def why_closed(desk: Desk, key: str = "trina-portal") -> str:
    """Why nobody talks at a place; empty where it is open."""
    facts = await desk.read(THE_HOUSE, lambda books: books.facts(key))
    try:
        standing(facts, 5_000)
    except Closed as closed:
        return closed.reason
    return ""


async def test_the_kill_switch_stops_everything_of_a_talent(desk: Desk) -> None:
    """And nothing of another; any of its managers starts it again."""
    await stop(desk, MARTA, "trina", "she is ill")
    assert await why_closed(desk) == Reason.TALENT_STOPPED
    assert await why_closed(desk, "oto-portal") == ""
    await stop(desk, MANU, "trina", "she is ill")
    await start(desk, MANU, "trina", "she is well")
    assert await why_closed(desk) == ""


async def test_what_the_platform_stopped_no_manager_starts(desk: Desk) -> None:
    """Each party takes back its own stop."""
    await stop(desk, ADMIN, "trina", "a court says so")
    with pytest.raises(NotAllowed, match="only the platform"):
        await start(desk, MARTA, "trina", "")
    both = await stop(desk, MARTA, "trina", "")
    assert both.stopped == {Party.PLATFORM, Party.TALENT}
    await start(desk, ADMIN, "trina", "")
    assert await why_closed(desk) == Reason.TALENT_STOPPED
    await start(desk, MARTA, "trina", "")
    assert await why_closed(desk) == ""


async def test_a_suspended_twin_comes_back_live(desk: Desk) -> None:
    """Twice is the same as once."""
    for _ in range(2):
        assert (await suspend(desk, MARTA, "trina", "")).state is TwinState.SUSPENDED
    assert await why_closed(desk) == Reason.TWIN
    for _ in range(2):
        assert (await resume(desk, MARTA, "trina", "")).state is TwinState.LIVE
    assert await why_closed(desk) == ""


async def test_a_twin_that_the_platform_suspended_no_manager_resumes(desk: Desk) -> None:
    """Whoever suspended it first: each party takes back its own, and it is live when none is left."""
    for first, second in ((ADMIN, MARTA), (MARTA, ADMIN)):
        await suspend(desk, first, "trina", "a court says so")
        both = await suspend(desk, second, "trina", "and so do we")
        assert both.suspended == {Party.PLATFORM, Party.TALENT}
        assert (await resume(desk, MARTA, "trina", "")).state is TwinState.SUSPENDED
        with pytest.raises(NotAllowed, match="only the platform"):
            await resume(desk, MANU, "trina", "")
        assert await why_closed(desk) == Reason.TWIN
        assert (await resume(desk, ADMIN, "trina", "")).state is TwinState.LIVE
    assert await why_closed(desk) == ""


async def test_a_twin_of_which_nobody_knows_who_suspended_it_comes_back(desk: Desk) -> None:
    """As one that was suspended before that was written down."""

    async def before(books: Books) -> None:
        twin = (await books.get(Twin, "trina")).noun
        await books.replace(replace(twin, state=TwinState.SUSPENDED))

    await desk.write(THE_HOUSE, "", before)
    assert (await resume(desk, MARTA, "trina", "")).state is TwinState.LIVE


async def test_a_twin_that_was_never_live_is_not_suspended(desk: Desk) -> None:
    """Nor resumed: it would go live by that."""

    async def draft(books: Books) -> None:
        twin = (await books.get(Twin, "trina")).noun
        await books.replace(replace(twin, state=TwinState.DRAFT))

    await desk.write(THE_HOUSE, "", draft)
    for verb in (suspend, resume):
        with pytest.raises(NotAllowed, match="this twin is draft"):
            await verb(desk, MARTA, "trina", "")


async def test_others_switch_nothing(desk: Desk) -> None:
    """A brand, a reviewer, another talent's manager."""
    for verb in (stop, start, suspend, resume):
        for who in (NINA, BRUNO, NOBODY):
            with pytest.raises(Unknown):
                await verb(desk, who, "trina", "")
        for who in (ROSA, OTTO):
            with pytest.raises(NotAllowed):
                await verb(desk, who, "trina", "")
