"""Who talks in this process, whatever the protocol: admitted, followed by the watch, counted, let finish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.services.reception import Pass, Reception, Seat
from gemelo.admin.services.watch import Guest, Live, Watch


class Conversation(Live, Protocol):
    """A session in progress, and how a stopping server takes leave of it."""

    @property
    def session(self) -> str:
        """The id of the session that is talked in."""
        ...

    async def leave(self) -> None:
        """Lets the reply under way finish, then says goodbye."""
        ...

    async def hang_up(self, code: int) -> None:
        """Ends it at once; `code` is a WebSocket's."""
        ...


T = TypeVar("T", bound=Conversation)


class Seating:
    """The conversations of one process."""

    def __init__(self, reception: Reception, watch: Watch, meters: PrometheusMeters) -> None:
        self._reception = reception
        self._watch = watch
        self._meters = meters
        self._talks: set[Conversation] = set()

    @asynccontextmanager
    async def seated(
        self, given: str | Awaitable[Pass], begin: Callable[[Seat], T]
    ) -> AsyncGenerator[tuple[T, Seat]]:
        """Takes a place for a conversation that `begin` makes, and gives it back at the end.

        Args:
            given: a token, or what gives out a pass to whoever comes in at once. It is awaited here: the
                place is read for it, and what changes from then on is not to be missed.

        Raises:
            TokenRefused, Busy, Draining, UnknownDeployment, StoreError, StateError, and what `given` does.
        """
        since = self._watch.changes
        async with self._reception.enter(given if isinstance(given, str) else await given) as seat:
            talk = begin(seat)
            self._talks.add(talk)
            self._meters.sessions.inc()
            guest = Guest(
                talk, seat.place, seat.territory, seat.layer, seat.fan.session, seat.entry, seat.slot.moved
            )
            try:
                with self._watch.following(guest, since):
                    yield talk, seat
            finally:
                self._meters.sessions.dec()
                self._talks.discard(talk)

    async def leave(self, sessions: Sequence[str]) -> None:
        """Ends those of the sessions that are talked in here: what was kept of their fans is erased."""
        ending = [talk.finish("erased", cut=True) for talk in self._talks if talk.session in sessions]
        await asyncio.gather(*ending)

    async def drain(self, timeout_s: float) -> None:
        """Takes no new sessions, lets replies under way finish, then ends every conversation."""
        self._reception.draining = True
        if leaving := [asyncio.create_task(talk.leave()) for talk in self._talks]:
            _, late = await asyncio.wait(leaving, timeout=timeout_s)
            for task in late:
                task.cancel()
        await asyncio.gather(*(talk.hang_up(1001) for talk in self._talks))
