"""The switches that end live sessions."""

from __future__ import annotations

import pytest

from gemelo.admin.services.desk import Desk
from gemelo.admin.services.switches import resume, start, stop, suspend
from gemelo.context.tenancy.people import THE_HOUSE, Party
from gemelo.context.tenancy.standing import Reason, standing
from gemelo.context.twins import TwinState
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


async def test_others_switch_nothing(desk: Desk) -> None:
    """A brand, a reviewer, another talent's manager."""
    for verb in (stop, start, suspend, resume):
        for who in (NINA, BRUNO, NOBODY):
            with pytest.raises(Unknown):
                await verb(desk, who, "trina", "")
        for who in (ROSA, OTTO):
            with pytest.raises(NotAllowed):
                await verb(desk, who, "trina", "")
