"""Tests for how a worker leaves its rooms, in virtual time."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.rooms import LEAVE_S, Rooms
from tests.virtual import virtually


class Room:
    """A room that takes some time to be told something."""

    def __init__(self, takes_s: float) -> None:
        self.local_participant = self
        self.told: list[str] = []
        self.is_left = False
        self._takes_s = takes_s

    async def send_text(self, text: str, *, topic: str) -> None:
        await asyncio.sleep(self._takes_s)
        self.told.append(text)

    async def disconnect(self) -> None:
        self.is_left = True


def closed(room: Room) -> list[str]:
    """Closes rooms while one is told why no twin stays; the codes with which jobs ended."""

    class Server:
        async def join(self, name: str, identity: str) -> Room:
            return room

    async def play() -> list[str]:
        reception = SimpleNamespace(draining=False, held=0, slots=1)
        rooms = Rooms(cast(Any, Server()), cast(Any, reception), cast(Any, None), PrometheusMeters())
        ended: list[str] = []
        about = SimpleNamespace(sid="RM_1", name="room", metadata="")
        job = SimpleNamespace(id="J_1", room=about, metadata="{", agent_name="gemelo")
        rooms.reserve(cast(Any, job))
        rooms.begin("J_1", ended.append)
        await asyncio.sleep(0.1)
        await rooms.close()
        return ended

    return virtually(play())


def test_what_is_being_told_is_told_to_its_end() -> None:
    """A worker that ends does not cut what its rooms still tell and store."""
    room = Room(LEAVE_S / 2)
    assert closed(room) == ["bad_message"]
    assert room.told
    assert room.is_left


def test_a_room_that_hangs_holds_up_no_worker() -> None:
    """After some seconds it is left as it is."""
    room = Room(1e6)
    assert closed(room) == [""]
    assert not room.told
    assert room.is_left
