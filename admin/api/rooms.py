"""The LiveKit rooms of one worker: who is talked to in each, and how many more it takes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

from livekit import rtc
from livekit.protocol import agent

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.seating import Seating
from gemelo.admin.services.entrance import Caller, territory
from gemelo.admin.services.handover import Handover, Note
from gemelo.admin.services.reception import Reception
from gemelo.engine.disclosure import badge
from gemelo.engine.stage import Stage
from gemelo.models.errors import GemeloError, StateError
from gemelo.models.seams import Avatars
from gemelo.pipelines.livekit.avatar import Guest
from gemelo.pipelines.livekit.guest import VendorGuest
from gemelo.pipelines.livekit.room import RoomTalk, first_fan, refuse
from gemelo.pipelines.livekit.server import Server
from gemelo.pipelines.livekit.table import Wish, noted, wished

log = logging.getLogger(__name__)

FAN_S = 60.0
"""A room that nobody has joined by then is left."""
LEAVE_S = 5.0
"""How long a talk that is over may take to store and tell the rest."""
HERE = "127.0.0.1"
"""Dispatches are signed with the LiveKit server's secret, the operator's: they count as programs here."""


@dataclass(frozen=True, slots=True)
class Call:
    """One room that wants a twin, or whose twin has to be replaced.

    Attributes:
        metadata: of the dispatch and of the room, as they stand.
        before: what its last worker noted.
    """

    sid: str
    room: str
    identity: str
    metadata: tuple[str, ...] = ()
    before: Note | None = None


class Rooms:
    """A `Hall`.

    Args:
        default: the deployment of a dispatch that names none; empty: there is none.
        avatars: whose faces may join rooms, by vendor.
    """

    def __init__(
        self,
        server: Server,
        reception: Reception,
        seating: Seating,
        meters: PrometheusMeters,
        default: str = "",
        avatars: Mapping[str, Avatars] = MappingProxyType({}),
    ) -> None:
        self._server = server
        self._reception = reception
        self._seating = seating
        self._meters = meters
        self._default = default
        self._avatars = avatars
        self._reserved: dict[str, Call] = {}
        self._running: dict[str, asyncio.Task[str]] = {}
        self.handover: Handover | None = None
        self.worker = ""

    @property
    def load(self) -> float:
        """The share of slots that are taken or promised; 1 where the worker is going down."""
        if self._reception.draining:
            return 1.0
        return max(self._reception.held, len(self._reserved) + len(self._running)) / self._reception.slots

    def reserve(self, job: agent.Job) -> str:
        """See `Hall.reserve`."""
        if self.load >= 1:
            return ""
        metadata = (job.metadata, job.room.metadata, self._default)
        identity = f"twin-{job.agent_name}" if job.agent_name else "twin"
        self._reserved[job.id] = Call(job.room.sid, job.room.name, identity, metadata)
        return identity

    def begin(self, job: str, ended: Callable[[str], None]) -> None:
        """See `Hall.begin`."""
        if call := self._reserved.pop(job, None):
            running = self._running[job] = asyncio.create_task(self._serve(call))
            running.add_done_callback(lambda task: self._done(job, task, ended))

    def forget(self, job: str) -> None:
        """See `Hall.forget`."""
        self._reserved.pop(job, None)
        if running := self._running.get(job):
            running.cancel()

    def go_on(self, sid: str, note: Note) -> bool:
        """Takes over a room that its worker has left; False where there is no place for it."""
        if self.load >= 1:
            return False
        call = Call(sid, note.room, note.identity, before=note)
        running = self._running[sid] = asyncio.create_task(self._serve(call))
        running.add_done_callback(lambda task: self._done(sid, task, lambda _code: None))
        return True

    async def close(self) -> None:
        """Leaves every room; what is being told there may still be told."""
        if running := list(self._running.values()):
            await asyncio.wait(running, timeout=LEAVE_S)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _done(self, job: str, task: asyncio.Task[str], ended: Callable[[str], None]) -> None:
        del self._running[job]
        if task.cancelled():
            return ended("")
        if error := task.exception():  # a fault in the program: the other rooms notice nothing
            log.error("a room was left by a fault: %s", type(error).__name__)
            return ended("internal")
        ended(task.result())

    async def _serve(self, call: Call) -> str:
        """Serves one room until its talk is over; the code of what went wrong, if anything did."""
        entered = False
        try:
            async with self._entered(call) as room:
                entered = True
                await self._talk(room, call)
        except GemeloError as error:
            self._meters.refused.labels(error.code).inc()
            log.warning("a room gets no twin: %s: %s", error.code, error)
            return error.code
        finally:
            if self.handover:
                with suppress(StateError):
                    await self.handover.let_go(call.sid, over=entered and not self._reception.draining)
        return ""

    @asynccontextmanager
    async def _entered(self, call: Call) -> AsyncGenerator[rtc.Room]:
        """A room with the twin in it. Who is there is told why, where it cannot stay."""
        room = await self._server.join(call.room, call.identity)
        try:
            yield room
        except GemeloError as error:
            await refuse(room, error)
            raise
        finally:
            with suppress(Exception):  # the package raises bare ones
                await room.disconnect()

    async def _talk(self, room: rtc.Room, call: Call) -> None:
        before = call.before
        wish = noted(before.wish) if before else wished(*call.metadata)
        if before and before.resume:
            wish = replace(wish, resume=before.resume)
        note = Note(self.worker, call.room, call.identity, asdict(wish), before.fan if before else "")
        await self._note(call.sid, note)
        if fan := note.fan or await first_fan(room, FAN_S, wish.identity):
            await self._seat(room, call, wish, replace(note, fan=fan))
        else:
            log.info("a room is left that nobody joined")

    async def _seat(self, room: rtc.Room, call: Call, wish: Wish, note: Note) -> None:
        """Talks for as long as there is something to talk."""
        caller = Caller(None, HERE, territory(wish.territory))
        async with self._seating.seated(
            self._reception.admit(wish.deployment, caller, wish.language, wish.resume, None, wish.fan),
            lambda seat: RoomTalk(
                room,
                note.fan,
                seat.fan,
                seat.stage,
                self._meters,
                resume=seat.resume,
                spoken=wish.voice,
                stays=self.handover is None,
                guest=self._guest(seat.stage, call),
            ),
        ) as (talk, seat):
            await self._note(call.sid, replace(note, resume=seat.resume))
            await room.local_participant.set_name(badge(seat.stage.context, seat.fan.language))
            await talk.serve(seat.slot.moved)

    def _guest(self, stage: Stage, call: Call) -> Guest | None:
        """The avatar that is to speak in a room, where there is one to show and who shows it."""
        vendor, face = stage.face or ("", "")
        if not (avatars := self._avatars.get(vendor)):
            return None
        return VendorGuest(avatars, face, self._server, call.room, call.identity)

    async def _note(self, sid: str, note: Note) -> None:
        if self.handover:
            try:
                await self.handover.note(sid, note)
            except StateError as error:
                log.warning("a room could not be noted, nobody would take it over: %s", error)
