"""Tests for rooms that another worker goes on in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import pytest

from gemelo.admin.services.handover import BEAT_S, LEASE_S, NOTE_S, STEADY_S, Handover, Note
from gemelo.context.state.memory import MemoryState
from gemelo.models.errors import ServiceError, StateError
from tests.virtual import virtually

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

    def worker(self, name: str, has_room: Callable[[], bool] | None = None) -> Handover:
        async def rooms() -> dict[str, str]:
            return self.open

        def take(sid: str, note: Note) -> bool:
            if self.room_for:
                self.taken.append((sid, note))
            return self.room_for

        has_room = has_room or (lambda: self.room_for)
        return Handover(self.shared, name, rooms, take, has_room, lambda: self.now)

    async def go_by(self, *alive: Handover, seconds: float = STEADY_S) -> None:
        """So long only these say that they live."""
        for _ in range(round(seconds / BEAT_S)):
            self.now += BEAT_S
            for worker in alive:
                await worker.beat()


class Away(MemoryState):
    """Away from second 10 of a clock on, for 3 s at most: it refuses then, or answers when it is back.

    Who asked first is answered first.
    """

    def __init__(self, now: Callable[[], float], *, refuses: bool, until: float = 13) -> None:
        super().__init__(now)
        self._now = now
        self._refuses = refuses
        self._until = until

    async def first(self, key: str, for_s: int) -> bool:
        await self._answering()
        return await super().first(key, for_s)

    async def keep(self, key: str, value: str, for_s: int) -> None:
        await self._answering()
        await super().keep(key, value, for_s)

    async def kept(self, key: str) -> str:
        await self._answering()
        return await super().kept(key)

    async def _answering(self) -> None:
        if 10 <= (now := self._now()) < self._until:
            if self._refuses:
                raise StateError("gone")
            await asyncio.sleep(self._until - now + (now - 10) / 10)


class Unwritable(MemoryState):
    """Takes no notes of rooms while it is full."""

    full = False

    async def keep(self, key: str, value: str, for_s: int) -> None:
        if self.full and key.startswith("room:"):
            raise StateError("full")
        await super().keep(key, value, for_s)


@pytest.fixture
async def house() -> House:
    """The first worker talks in a room and lives."""
    house = House()
    await house.first.note("RM", NOTE)
    await house.go_by(house.first, house.second, house.third, seconds=2 * STEADY_S)
    return house


async def test_a_room_whose_worker_lives_is_left_alone(house: House) -> None:
    """However often others look."""
    for _ in range(10):
        await house.go_by(house.first, house.second, seconds=LEASE_S / 2)
        await house.second.look()
    assert house.taken == []


async def test_a_silent_workers_room_is_taken_by_one_other(house: House) -> None:
    """Whoever claims it first goes on with what was noted."""
    await house.second.look()
    await house.go_by(house.second, house.third)
    await house.second.look()
    await house.third.look()
    assert house.taken == [("RM", NOTE)]


async def test_who_took_a_room_may_die_too(house: House) -> None:
    """Then the next one goes on."""
    await house.go_by(house.second, house.third)
    await house.second.look()
    await house.second.note("RM", Note("second", *("room", "twin"), {"deployment": "d"}, "fan", "later"))
    await house.go_by(house.third)
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
    await house.go_by(house.second)
    await house.second.look()
    assert house.taken == []


async def test_who_lost_a_room_takes_nothing_back_when_it_leaves(house: House) -> None:
    """A worker that only seemed dead: what the newcomer noted stays."""
    later = Note("second", *("room", "twin"), {"deployment": "d"}, "fan", "later")
    await house.second.note("RM", later)
    await house.first.let_go("RM", over=True)
    await house.go_by(house.third)
    await house.third.look()
    assert house.taken == [("RM", later)]


async def test_rooms_that_are_closed_or_nobodys_are_not_taken(house: House) -> None:
    """The server's list says which are open."""
    house.open = {"RY": "a room without a twin"}
    await house.go_by(house.second)
    await house.second.look()
    assert house.taken == []


async def test_a_full_worker_leaves_a_room_to_others(house: House) -> None:
    """At once: it claims nothing that it could not take."""
    await house.go_by(house.second, house.third)
    house.room_for = False
    await house.second.look()
    house.room_for = True
    await house.third.look()
    assert house.taken == [("RM", NOTE)]


async def test_a_worker_that_became_full_while_it_looked_claims_nothing(house: House) -> None:
    """A room of the server's own came meanwhile, or another that was left."""
    places = [True]  # when it begins to look, and no more
    full = house.worker("full", lambda: bool(places) and places.pop())
    await house.go_by(full, house.third)
    await house.go_by(full, house.third)
    await full.look()
    await house.third.look()
    assert house.taken == [("RM", NOTE)]


async def unreachable() -> dict[str, str]:
    raise ServiceError("gone")


async def test_a_server_that_does_not_tell_its_rooms_stops_nothing(house: House) -> None:
    """The next look finds what was left."""
    worker = Handover(
        house.shared, "fourth", unreachable, lambda _sid, _note: True, lambda: True, lambda: house.now
    )
    await house.go_by(worker)
    await house.go_by(worker)
    with pytest.raises(ServiceError):
        await worker.look()


async def test_a_worker_without_a_place_does_not_look(house: House) -> None:
    """It is full, or going down: what is left is for others."""
    worker = Handover(
        house.shared, "fourth", unreachable, lambda _sid, _note: True, lambda: False, lambda: house.now
    )
    await house.go_by(worker)
    await house.go_by(worker)
    await worker.look()


async def test_who_has_just_begun_to_beat_claims_nothing(house: House) -> None:
    """Whoever lives is heard first, then what is left is taken."""
    house.now += LEASE_S
    await house.second.beat()
    await house.second.look()
    assert house.taken == []
    await house.go_by(house.second)
    await house.second.look()
    assert house.taken == [("RM", NOTE)]


async def test_who_has_not_beaten_for_a_while_claims_nothing(house: House) -> None:
    """Its own last beat is as old as those that it misses."""
    house.now += LEASE_S
    await house.second.look()
    assert house.taken == []


async def test_a_beat_that_was_refused_is_a_gap() -> None:
    """Though the next goes through: whoever answers then may know nobody's lease."""
    house = House()
    house.shared = Away(lambda: house.now, refuses=True, until=10 + BEAT_S / 2)
    await house.worker("first").note("RM", NOTE)
    second = house.worker("second")
    await house.go_by(second, seconds=10 - BEAT_S)
    with pytest.raises(StateError):
        await house.go_by(second, seconds=BEAT_S)
    await house.go_by(second, seconds=BEAT_S)
    await second.look()
    assert house.taken == []


@pytest.mark.parametrize("refuses", [True, False])
@pytest.mark.parametrize("lives", [True, False])
def test_after_a_gap_in_the_shared_state_rooms_stay_with_who_lives(*, refuses: bool, lives: bool) -> None:
    """For 3 s nobody is heard, and every lease is over: only who stays silent loses its rooms."""

    async def main() -> list[str]:
        now = asyncio.get_running_loop().time
        shared = Away(now, refuses=refuses)
        taken: list[str] = []

        async def rooms() -> dict[str, str]:
            return {"RM": "room"}

        def take(_sid: str, note: Note) -> bool:
            taken.append(note.worker)
            return True

        first, second = (
            Handover(shared, name, rooms, take, lambda: True, now) for name in ("first", "second")
        )
        await first.note("RM", NOTE)
        looking = asyncio.create_task(second.run())
        await asyncio.sleep(0.3)  # so the second looks before the first has been heard again
        talking = asyncio.create_task(first.run())
        await asyncio.sleep(12)
        if not lives:
            talking.cancel()
        await asyncio.sleep(8)
        for task in (looking, talking):
            task.cancel()
        await asyncio.gather(looking, talking, return_exceptions=True)
        return taken

    assert virtually(main()) == ([] if lives else ["first"])


@pytest.mark.parametrize("fault", [TypeError, ServiceError])
def test_a_worker_beats_on_whatever_becomes_of_its_look(
    fault: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    """Its rooms stay its own; what is wrong is logged once."""

    async def main() -> str:
        now = asyncio.get_running_loop().time
        shared = MemoryState(now)

        async def rooms() -> dict[str, str]:
            raise fault("what a server may not say")

        running = asyncio.create_task(
            Handover(shared, "first", rooms, lambda _sid, _note: True, lambda: True, now).run()
        )
        await asyncio.sleep(20)
        heard = await shared.kept("worker:first")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return heard

    assert virtually(main()) == "alive"
    (line,) = caplog.messages
    assert ("TypeError" in line and "may not" not in line) or fault is ServiceError


async def test_a_newer_workers_note_is_read(house: House) -> None:
    """What it says more is passed over."""
    await house.shared.keep("room:RM", json.dumps(asdict(NOTE) | {"mood": "new"}), NOTE_S)
    await house.go_by(house.second)
    await house.second.look()
    assert house.taken == [("RM", NOTE)]


@pytest.mark.parametrize("kept", ['{"worker": "old"}', "[]", "7", "{"])
async def test_what_is_no_note_hides_no_other_room(house: House, kept: str) -> None:
    """Nobody can go on there; the others are gone on in."""
    house.open = {"RA": "a", "RM": "room", "RZ": "z"}
    for sid in ("RA", "RZ"):
        await house.shared.keep(f"room:{sid}", kept, NOTE_S)
    await house.go_by(house.second)
    await house.second.look()
    assert house.taken == [("RM", NOTE)]


async def test_a_room_stays_with_who_claimed_it_however_long_joining_takes(house: House) -> None:
    """A claim ends after two seconds; its worker's beats go on."""
    await house.go_by(house.second, house.third)
    await house.second.look()
    await house.go_by(house.second, house.third, seconds=5 * LEASE_S)
    await house.third.look()
    assert house.taken == [("RM", NOTE)]


async def test_a_room_that_could_not_be_joined_is_left_to_others(house: House) -> None:
    """So is one whose claimer died before it was in."""
    await house.go_by(house.second, house.third)
    await house.second.look()
    await house.second.let_go("RM", over=False)
    await house.go_by(house.third)
    await house.third.look()
    house.first = house.worker("first")
    await house.go_by(house.first, seconds=2 * STEADY_S)
    await house.first.look()
    assert [note.worker for _, note in house.taken] == ["first", "", "third"]


async def test_a_room_that_could_not_be_noted_is_tried_again(house: House) -> None:
    """By the same worker too: there may be no other."""
    house.shared = shared = Unwritable(lambda: house.now)
    first, second = house.worker("first"), house.worker("second")
    await first.note("RM", NOTE)
    shared.full = True
    await house.go_by(second, seconds=2 * STEADY_S)
    with pytest.raises(StateError):
        await second.look()
    assert house.taken == []
    shared.full = False
    await house.go_by(second)
    await second.look()
    assert house.taken == [("RM", NOTE)]
