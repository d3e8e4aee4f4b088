from __future__ import annotations

import pytest

from gemelo.context.store.sessions import SqlSessions
from gemelo.context.twins import SessionRecord
from gemelo.models.errors import StoreError
from gemelo.models.vocabulary import Language


async def test_a_session_is_found_again(sessions: SqlSessions) -> None:
    """A session comes back as it was opened, with the times of its opening."""
    opened = await sessions.open("s2", "portal", "policy-2", Language("en"))
    assert opened == SessionRecord("s2", "portal", "policy-2", Language("en"), 1_000, 1_000)
    assert await sessions.get("s2") == opened


async def test_an_unknown_session_is_none(sessions: SqlSessions) -> None:
    """A session that nobody opened is not found."""
    assert await sessions.get("nobody") is None


async def test_a_session_opens_once_and_in_a_known_place(sessions: SqlSessions) -> None:
    """Neither a taken id nor an unknown deployment makes a session."""
    with pytest.raises(StoreError):
        await sessions.open("s1", "portal", "policy-1", Language("es"))
    with pytest.raises(StoreError):
        await sessions.open("s9", "nowhere", "policy-1", Language("es"))
    assert await sessions.get("s9") is None
