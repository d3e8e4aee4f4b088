"""Rooms whose worker died, taken over by one that lives.

LiveKit's server (1.13.5) sends a room to a worker once: when that worker dies its twin stays in the room as
a ghost for 20 s, and nobody is sent in its place. So each worker says twice a second that it lives, notes of
each of its rooms what another needs to go on, and looks for rooms whose worker is silent.

    beat ──▶ worker:ID (2 s)      note ──▶ room:SID {worker, room, wish, fan, resume}
    open rooms (the server's list) ──▶ notes of others ──▶ worker silent? ──▶ first to claim it goes on

Where Redis was away every worker seems silent. So nobody claims anything before its own beats have gone
through for so long that whoever lives has been heard again.

It lives in what the processes of a house share, so it takes Redis.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from gemelo.admin.services.state import Shared
from gemelo.models.errors import ServiceError

log = logging.getLogger(__name__)

BEAT_S = 0.5
LEASE_S = 2
"""A worker that has not been heard of for so long is dead."""
STEADY_S = LEASE_S + BEAT_S
"""For so long after a gap in its own beats a worker claims nothing."""
_GAP_S = LEASE_S - BEAT_S
"""Between two beats further apart than this those of others may have faded too."""
NOTE_S = 24 * 3600
_AGAIN_S = 2.0
"""How often the note of a room is read again: its worker may have let it go."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a worker needs to go on in a room. `worker` is empty where the room was let go.

    Attributes:
        wish: what the dispatch asked for, as `Wish` has it.
        fan: the fan's identity; empty where nobody came yet.
        resume: the session's token; empty where there is none yet.
    """

    worker: str
    room: str
    identity: str
    wish: dict[str, Any]
    fan: str = ""
    resume: str = ""


class Handover:
    """One worker's part.

    Args:
        worker: its id, its own for the life of the process.
        rooms: the names of open rooms by id.
        take: goes on in a room, by id; False where this worker is full.
        has_room: whether it has a place; it does not look while it has none.
    """

    def __init__(
        self,
        shared: Shared,
        worker: str,
        rooms: Callable[[], Awaitable[Mapping[str, str]]],
        take: Callable[[str, Note], bool],
        has_room: Callable[[], bool],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shared = shared
        self._worker = worker
        self._rooms = rooms
        self._take = take
        self._has_room = has_room
        self._now = now
        self._mine: set[str] = set()
        self._known: dict[str, tuple[float, Note | None]] = {}
        self._beaten = self._steady_since = -math.inf
        self._failing: set[str] = set()

    async def run(self) -> None:
        """Beats and looks until it is cancelled; then others may have what is left at once."""
        beating = asyncio.create_task(self._beat_on())
        try:
            while True:
                await asyncio.sleep(BEAT_S)
                await self._guarded("look", self.look())
        finally:
            beating.cancel()
            await asyncio.wait([beating])
            await self._guarded("leave", self._shared.keep(_worker(self._worker), "", 1))

    async def beat(self) -> None:
        """Says that this worker lives. Raises `StateError`."""
        try:
            await self._shared.keep(_worker(self._worker), "alive", LEASE_S)
        except Exception:
            self._beaten = -math.inf
            raise
        now = self._now()
        if now - self._beaten > _GAP_S:
            self._steady_since = now
        self._beaten = now

    async def note(self, sid: str, note: Note) -> None:
        """Notes how this worker stands in a room. Raises `StateError`."""
        self._mine.add(sid)
        await self._shared.keep(_room(sid), json.dumps(asdict(note)), NOTE_S)

    async def let_go(self, sid: str, *, over: bool) -> None:
        """This worker leaves a room: the talk is `over`, or another may go on with it.

        A room that another has taken by now is left as it is. Raises `StateError`.
        """
        self._mine.discard(sid)
        note = _read(await self._shared.kept(_room(sid)))
        if not note or note.worker != self._worker:
            return
        if over:
            await self._shared.keep(_room(sid), "", 1)
        else:
            orphan = asdict(note) | {"worker": ""}
            await self._shared.keep(_room(sid), json.dumps(orphan), NOTE_S)

    async def look(self) -> None:
        """Takes over what has been left. Raises `ServiceError`."""
        if not self._may_claim():
            return
        rooms = await self._rooms()
        for sid in self._known.keys() - rooms.keys():
            del self._known[sid]
        alive: dict[str, bool] = {"": False, self._worker: True}
        for sid in rooms.keys() - self._mine:
            note = await self._note_of(sid)
            if note is None:
                continue
            if note.worker not in alive:
                alive[note.worker] = bool(await self._shared.kept(_worker(note.worker)))
            if not alive[note.worker]:
                await self._claim(sid)

    async def _claim(self, sid: str) -> None:
        """Goes on in a room, unless another was first. The note is read again: it may have been older."""
        note = _read(await self._shared.kept(_room(sid)))
        if note is None or (note.worker and await self._shared.kept(_worker(note.worker))):
            return
        key = f"claim:{sid}:{note.worker or note.resume}"
        # asked again: what was read may be a gap's, and a claim that is not used keeps others away
        if not (self._may_claim() and await self._shared.first(key, LEASE_S)):
            return
        # noted before it is entered, which may take longer than a claim holds: now the beats say who has it
        try:
            await self.note(sid, replace(note, worker=self._worker))
        except Exception:
            self._mine.discard(sid)  # or this worker would never look at it again
            raise
        if self._take(sid, note):
            log.info("a room is taken over")
        else:
            await self.let_go(sid, over=False)

    def _may_claim(self) -> bool:
        """Whether who is silent is dead, as far as this worker can tell, and it has a place."""
        now = self._now()
        steady = now - self._beaten <= _GAP_S and now - self._steady_since >= STEADY_S
        return steady and self._has_room()

    async def _note_of(self, sid: str) -> Note | None:
        read, note = self._known.get(sid, (-_AGAIN_S, None))
        if self._now() - read >= _AGAIN_S:
            note = _read(await self._shared.kept(_room(sid)))
            self._known[sid] = self._now(), note
        return note

    async def _beat_on(self) -> None:
        while True:
            await self._guarded("beat", self.beat())
            await asyncio.sleep(BEAT_S)

    async def _guarded(self, what: str, work: Awaitable[None]) -> None:
        """No fault ends the beats: others would take this worker's rooms for as long as it lives."""
        try:
            await work
        except Exception as error:
            if what not in self._failing:
                why = error if isinstance(error, ServiceError) else type(error).__name__
                log.warning("rooms cannot be taken over: %s: %s", what, why)
            self._failing.add(what)
        else:
            self._failing.discard(what)


def _worker(id: str) -> str:
    return f"worker:{id}"


def _room(sid: str) -> str:
    return f"room:{sid}"


def _read(kept: str) -> Note | None:
    """A note of another version may say more, which is passed over, or less, which nobody can go on with."""
    try:
        told = json.loads(kept or "{}")
        return Note(**{field.name: told[field.name] for field in fields(Note) if field.name in told})
    except (ValueError, TypeError):
        return None
