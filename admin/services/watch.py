"""Keeping live sessions true to what people have set, in one process.

    a hint (some talent changed) ──┐
    the clock (a window began or ended) ─┼──▶ House.place(key) ──▶ every session there: restage | finish
    the audit log's last number, every 5 s ─┘

A hint is only that: what is missed is found when numbers are compared. While the store cannot be read
sessions go on under what they have, and end where the clock alone says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from gemelo.admin.services.desk import Books, Desk
from gemelo.admin.services.house import House, Place
from gemelo.admin.services.state import Shared, resumptions
from gemelo.context.kept import PAST_ALL
from gemelo.context.policy.layers import Layer
from gemelo.context.tenancy.people import Principal
from gemelo.context.tenancy.standing import Facts, Reason, going_on, next_change
from gemelo.context.twins import Changes
from gemelo.engine.stage import Stage
from gemelo.models.errors import BadLayer, Closed, GemeloError, UnknownDeployment

log = logging.getLogger(__name__)

R = TypeVar("R")

TICK_S = 0.25
"""How often the calendar's clock is looked at: a jump of it is noticed within that."""
SETTLE_S = 0.5
"""So long who writes waits for sessions to take it up: longer than most places need to be opened anew."""
COMPARE_S = 5.0
"""A hint that is lost costs no more."""


class Live(Protocol):
    """A session in progress."""

    def restage(self, stage: Stage) -> None:
        """See `Session.restage`."""
        ...

    async def finish(self, reason: str, *, cut: bool) -> None:
        """See `Session.finish`."""
        ...


class Places(Protocol):
    """What a watch needs of the house."""

    async def place(self, key: str) -> Place: ...
    async def known(self, facts: Facts) -> Place: ...
    async def tailored(self, place: Place, layer: Layer) -> Place: ...


class Log(Protocol):
    """The audit log, as far as a watch reads it."""

    async def changes(self, since: int) -> Changes: ...


@dataclass(eq=False, slots=True)
class Guest:
    """One live session.

    Attributes:
        place: where it is, without what it brought along.
        territory: where its fan is, empty where nobody knows.
        layer: what it brought along.
        session, entry: its id, and by which pass it came in.
        moved: set when the session goes on at another socket, of whatever process.
    """

    live: Live
    place: Place
    territory: str = ""
    layer: Layer | None = None
    session: str = ""
    entry: str = ""
    moved: asyncio.Event = field(default_factory=asyncio.Event)


class Watch:
    """Follows the sessions of one process. `run` is a task for as long as the process serves.

    Args:
        wall: the calendar's clock (ms since 1970 UTC), which may jump.

    Attributes:
        changes: counts how often anything may have changed.
    """

    def __init__(self, places: Places, log: Log, shared: Shared, wall: Callable[[], int]) -> None:
        self._places = places
        self._log = log
        self._shared = shared
        self._wall = wall
        self._guests: defaultdict[str, list[Guest]] = defaultdict(list)
        self._due: dict[str, int | None] = {}
        self._again: set[str] = set()
        self._wanted: set[str] = set()
        self._renewing: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._number = 0
        self._failing = False
        self.changes = 0

    @contextmanager
    def following(self, guest: Guest, since: int) -> Generator[None]:
        """Keeps one session up to date.

        Args:
            since: `changes` as it stood before the guest's place was opened: nothing in between is missed.
        """
        place = guest.place
        key = place.deployment.key
        self._guests[key].append(guest)
        due = next_change(place.facts, place.seen)
        self._due[key] = min((at for at in (due, self._due.get(key)) if at is not None), default=None)
        if since != self.changes:
            self._renew(key)
        try:
            yield
        finally:
            self._guests[key].remove(guest)
            if not self._guests[key]:
                del self._guests[key]
                self._due.pop(key, None)

    async def run(self) -> None:
        """Watches until it is cancelled."""
        tasks = [asyncio.create_task(work()) for work in (self._listen, self._tick, self._compare_often)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in (*tasks, *self._tasks):
                task.cancel()
            await asyncio.gather(*tasks, *self._tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Waits until the sessions of this process are under what was written before, `SETTLE_S` at most."""
        await self._compare()
        if self._renewing:
            await asyncio.wait(tuple(self._renewing.values()), timeout=SETTLE_S)

    # -- what may have changed ----------------------------------------------------------------------

    async def _listen(self) -> None:
        async with aclosing(self._shared.listen()) as hints:
            async for hint in hints:
                if hint is None:
                    self._spawn(self._compare())
                elif gone_on := resumptions(hint):
                    self._leave(gone_on)
                else:
                    self._changed(hint)

    async def _compare_often(self) -> None:
        while True:
            await asyncio.sleep(COMPARE_S)
            await self._compare()

    async def _compare(self) -> None:
        """Looks at the audit log's last number, and at places that could not be opened anew."""
        try:
            changes = await self._log.changes(self._number or PAST_ALL)
        except Exception as error:
            if not self._failing:
                log.warning("versions cannot be compared: %s: sessions go on under theirs", _why(error))
            self._failing = True
            return
        if self._failing:
            log.warning("versions are compared again")
            self._failing = False
        if changes.number != self._number:
            # at first any may have; a number that went back tells of another database
            everybody = not self._number or changes.number < self._number
            self._number = changes.number
            self._changed(None if everybody else changes.talents)
        again, self._again = self._again, set()
        for key in again & self._guests.keys():
            self._renew(key)

    async def _tick(self) -> None:
        then = self._wall()
        while True:
            await asyncio.sleep(TICK_S)
            now = self._wall()
            went_back = now < then
            for key in [key for key, due in self._due.items() if went_back or (due and due <= now)]:
                self.changes += 1
                self._due[key] = None  # until it is open anew
                self._renew(key)
            then = now

    def _changed(self, talents: Iterable[str] | None) -> None:
        """Something of these talents changed; None: of anybody."""
        self.changes += 1
        for key, guests in self._guests.items():
            if talents is None or guests[0].place.talent.id in talents:
                self._renew(key)

    def _leave(self, gone_on: Mapping[str, str]) -> None:
        """Has sockets left whose session goes on at another one."""
        for guest in (guest for guests in self._guests.values() for guest in guests):
            if gone_on.get(guest.session, guest.entry) != guest.entry:
                guest.moved.set()

    # -- what follows from it -----------------------------------------------------------------------

    def _renew(self, key: str) -> None:
        """Opens a place anew; where that is under way, once more after it."""
        self._wanted.add(key)
        if key not in self._renewing:
            self._renewing[key] = self._spawn(self._renew_while_wanted(key))

    async def _renew_while_wanted(self, key: str) -> None:
        try:
            while key in self._wanted:
                self._wanted.remove(key)
                await self._open(key)
        finally:
            del self._renewing[key]

    async def _open(self, key: str) -> None:
        try:
            place = await self._places.place(key)
        except UnknownDeployment as closed:
            for guest in self._here(key):
                self._end(guest, closed)
            return
        except Exception as error:  # a fault in one place disturbs no other
            self._keep(key, error)
            await self._go_by_the_clock(key)
            return
        if key in self._due:
            self._due[key] = next_change(place.facts, place.seen)
        moved = [await self._move(guest, place) for guest in self._here(key)]
        if any(moved):
            context = place.stage.context
            self._spawn(place.stage.mind.warm(context.prefix, context.talent, place.stage.tools.specs))

    async def _go_by_the_clock(self, key: str) -> None:
        """Ends what is over by what is known of a place that cannot be read anew: a page, or a sponsor."""
        now = self._wall()
        for guest in self._here(key):
            self._due[key] = next_change(guest.place.facts, now)
            try:
                facts = going_on(guest.place.facts, guest.place.campaign)
                await self._move(guest, await self._places.known(facts))
            except Closed as closed:
                self._end(guest, closed)
            except Exception as error:  # a fault in one place disturbs no other
                self._keep(key, error)

    async def _move(self, guest: Guest, place: Place) -> bool:
        """Puts a session under what holds now; whether that is something else than before."""
        try:
            place.admits(guest.territory, self._wall())
            before, guest.place = guest.place, place
            if before.stage is place.stage:
                return False
            guest.live.restage((await self._tailored(guest, place)).stage)
        except Closed as closed:
            self._end(guest, closed)
        except Exception as error:  # a fault in one session disturbs no other
            self._keep(place.deployment.key, error)
        return True

    async def _tailored(self, guest: Guest, place: Place) -> Place:
        if guest.layer is None:
            return place
        try:
            return await self._places.tailored(place, guest.layer)
        except BadLayer as error:
            log.warning("a session's own layer does not go with the new rules and is left aside: %s", error)
            return place

    def _end(self, guest: Guest, closed: UnknownDeployment) -> None:
        known = isinstance(closed, Closed)
        reason = closed.reason if known else Reason.INACTIVE
        self._spawn(guest.live.finish(reason, cut=known and closed.at_once))

    def _keep(self, key: str, error: Exception) -> None:
        """Sessions go on under what they have; the next comparison tries again."""
        log.error("%s keeps its rules: %s", key, _why(error))
        self._again.add(key)

    def _here(self, key: str) -> list[Guest]:
        return list(self._guests.get(key, ()))

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a change did not reach a session: %s", _why(error))


class Settling:
    """A desk whose writes are answered once this process's sessions have taken them up, or soon after."""

    def __init__(self, desk: Desk, watch: Watch) -> None:
        self._desk = desk
        self._watch = watch

    async def read(self, who: Principal, work: Callable[[Books], Awaitable[R]]) -> R:
        """See `Desk.read`."""
        return await self._desk.read(who, work)

    async def write(self, who: Principal, why: str, work: Callable[[Books], Awaitable[R]]) -> R:
        """See `Desk.write`."""
        done = await self._desk.write(who, why, work)
        await self._watch.settled()
        return done


@asynccontextmanager
async def watching(house: House) -> AsyncGenerator[Watch]:
    """A watch over a house that runs until the end."""
    watch = Watch(house, house.twins, house.shared, house.wall)
    running = asyncio.create_task(watch.run())
    try:
        yield watch
    finally:
        running.cancel()
        await asyncio.wait([running])


def _why(error: BaseException) -> str:
    """Errors of the program say it themselves; the message of any other may quote what a fan said."""
    return str(error) if isinstance(error, GemeloError) else type(error).__name__
