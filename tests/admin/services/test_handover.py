"""Tests for rooms that another worker goes on in."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gemelo.admin.services.handover import LEASE_S, Handover, Note
from gemelo.context.state.memory import MemoryState
from gemelo.models.errors import ServiceError

NOTE = Note("first", "room", "twin", {"deployment": "d"}, "fan", "resume")


@dataclass
class House:
    """Two workers of a house, a server's list of rooms, and a clock in a test's hand."""

    now: float = 0.0
    open: dict[str, str] = field(default_factory=lambda: {"RM": "room"})
    taken: list[tuple[str, Note]] = field(default_factory=list[tuple[str, Note]])
    room_for: bool = True

    def __post_init__(self) -> None:
        self.shared = MemoryState(lambda: self.now)
        self.first, self.second, self.third = (self.worker(name) for name in ("first", "second", "third"))

    def worker(self, name: str) -> Handover:
        async def rooms() -> dict[str, str]:
            return self.open

        def take(sid: str, note: Note) -> bool:
            if self.room_for:
                self.taken.append((sid, note))
            return self.room_for

        return Handover(self.shared, name, rooms, take, lambda: self.now)


@pytest.fixture
async def house() -> House:
    """The first worker talks in a room and lives."""
    house = House()
    await house.first.beat()
    await house.first.note("RM", NOTE)
    return house


async def test_a_room_whose_worker_lives_is_left_alone(house: House) -> None:
    """However often others look."""
    for _ in range(10):
        house.now += LEASE_S / 2
        await house.first.beat()
        await house.second.look()
    assert house.taken == []


async def test_a_silent_workers_room_is_taken_by_one_other(house: House) -> None:
    """Whoever claims it first goes on with what was noted."""
    await house.second.look()
    house.now += LEASE_S + 0.1
    await house.second.look()
    await house.third.look()
    assert house.taken == [("RM", NOTE)]


async def test_who_took_a_room_may_die_too(house: House) -> None:
    """Then the next one goes on."""
    house.now += LEASE_S + 0.1
    await house.second.beat()
    await house.second.look()
    await house.second.note("RM", Note("second", *("room", "twin"), {"deployment": "d"}, "fan", "later"))
    house.now += LEASE_S + 0.1
    await house.third.look()
    assert [note.resume for _, note in house.taken] == ["resume", "later"]


async def test_a_room_that_was_let_go_is_taken_though_its_worker_lives(house: House) -> None:
    """It is stopping, and its reply is over."""
    await house.first.let_go("RM", over=False)
    await house.first.beat()
    await house.second.look()
    assert [note.worker for _, note in house.taken] == [""]


async def test_a_room_whose_talk_is_over_is_nobodys(house: House) -> None:
    """Though it is open still."""
    await house.first.let_go("RM", over=True)
    house.now += LEASE_S + 0.1
    await house.second.look()
    assert house.taken == []


async def test_who_lost_a_room_takes_nothing_back_when_it_leaves(house: House) -> None:
    """A worker that only seemed dead: what the newcomer noted stays."""
    later = Note("second", *("room", "twin"), {"deployment": "d"}, "fan", "later")
    await house.second.beat()
    await house.second.note("RM", later)
    await house.first.let_go("RM", over=True)
    await house.second.beat()
    house.now += LEASE_S + 0.1
    await house.third.look()
    assert house.taken == [("RM", later)]


async def test_rooms_that_are_closed_or_nobodys_are_not_taken(house: House) -> None:
    """The server's list says which are open."""
    house.open = {"RY": "a room without a twin"}
    house.now += LEASE_S + 0.1
    await house.second.look()
    assert house.taken == []


async def test_a_full_worker_leaves_a_room_to_others(house: House) -> None:
    """It tries again while nobody took it."""
    house.room_for = False
    house.now += LEASE_S + 0.1
    await house.second.look()
    house.room_for = True
    house.now += LEASE_S + 0.1
    await house.third.look()
    assert len(house.taken) == 1


async def test_a_server_that_does_not_tell_its_rooms_stops_nothing(house: House) -> None:
    """The next look finds what was left."""

    async def unreachable() -> dict[str, str]:
        raise ServiceError("gone")

    worker = Handover(house.shared, "fourth", unreachable, lambda _sid, _note: True)
    with pytest.raises(ServiceError):
        await worker.look()
