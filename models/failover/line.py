"""Several providers of one thing, in the order in which they are asked, or as a session has them routed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gemelo.models.errors import ServiceError
from gemelo.models.failover import ranking
from gemelo.models.failover.breaker import Breaker, Circuit
from gemelo.models.failover.ranking import Pace, Standing
from gemelo.models.routing import ROUTING
from gemelo.models.seams import Clock
from gemelo.models.vocabulary import Language

T = TypeVar("T")

Ping = Callable[[], Awaitable[None]]
"""Asks a provider whether it is there; raises a `ServiceError` where it is not."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Provider(Generic[T]):
    """One of those that can do it.

    Attributes:
        name: of the vendor, as settings, prices and logs call it.
        ping: where it can be asked without asking it for anything; one that fails counts as a failure, one
            that goes well ends a rest's trial and no more.
        languages: that it knows; None: any.
        cost: of a typical use, to compare; None where nobody set a price.
        last: it is there for when nobody else is (see `ranking.Standing`).
    """

    name: str
    service: T
    ping: Ping | None = None
    languages: frozenset[Language] | None = None
    breaker: Breaker = field(default_factory=Breaker)
    cost: float | None = None
    last: bool = False
    pace: Pace = field(default_factory=Pace)

    @property
    def standing(self) -> Standing:
        """What is known of it where somebody is to be asked."""
        return Standing(self.pace.p50_ms, self.cost, self.last, self.pace.trials, self.pace.passed)


class Line(Generic[T]):
    """The providers of one seam, best first, shared by all sessions.

    Args:
        seam: what they are asked for, as figures call it.
        keeps: whoever is put first in a session stays so to its end.
    """

    def __init__(
        self,
        providers: Sequence[Provider[T]],
        clock: Clock,
        every_s: float = 5.0,
        *,
        seam: str = "",
        keeps: bool = False,
    ) -> None:
        assert providers, "nobody to ask"
        self.seam = seam
        self.providers = tuple(providers)
        self._keeps = keeps
        self._clock = clock
        self._every_s = every_s
        self._watching: asyncio.Task[None] | None = None

    def ranked(self, fit: Callable[[Provider[T]], bool] = lambda _: True) -> tuple[Provider[T], ...]:
        """Those that fit, as the session of this task would have them asked."""
        ones = tuple(provider for provider in self.providers if fit(provider))
        routing = ROUTING.get()
        if routing is None or len(ones) < 2:
            return ones
        if kept := routing.kept.get(id(self)):
            return tuple(sorted(ones, key=lambda one: one.name != kept))
        stand = [one.standing for one in ones]
        return tuple(ones[n] for n in ranking.ranked(routing.route, routing.purse.spent_share, stand))

    def chosen(self, fit: Callable[[Provider[T]], bool] = lambda _: True) -> tuple[Provider[T], ...]:
        """The same where somebody is about to ask; it is noted who is put first."""
        order = self.ranked(fit)
        routing = ROUTING.get()
        if routing is None or len(order) < 2 or id(self) in routing.kept:
            return order
        now = self._clock.now()
        first = next((one for one in order if one.breaker.admits(now)), order[0])
        for one in order:
            one.pace.passed += 1
        first.pace.trials, first.pace.passed = first.pace.trials + 1, 0
        if self._keeps and first is order[0]:
            routing.kept[id(self)] = first.name
        return order

    def order(
        self,
        fit: Callable[[Provider[T]], bool] = lambda _: True,
        ranked: Sequence[Provider[T]] | None = None,
    ) -> Iterator[Provider[T]]:
        """Whom to ask, each once: those that may be asked in their order, then those that rest.

        Somebody who rests is better than nobody. Who rests is looked up when the next one is wanted.

        Args:
            ranked: their order, where it has been decided.
        """
        left = [one for one in (self.chosen(fit) if ranked is None else ranked) if fit(one)]
        while left:
            now = self._clock.now()
            willing = (one for one in left if one.breaker.admits(now))
            one = next(willing, None) or min(left, key=lambda one: one.breaker.until)
            left.remove(one)
            yield one

    def admits_other(
        self, asked: Sequence[Provider[T]], fit: Callable[[Provider[T]], bool] = lambda _: True
    ) -> bool:
        """Whether anybody who fits but these may be asked now."""
        now = self._clock.now()
        return any(one not in asked and fit(one) and one.breaker.admits(now) for one in self.providers)

    @asynccontextmanager
    async def asking(self, provider: Provider[T]) -> AsyncGenerator[None]:
        """Around one use of a provider, which is judged by how the block ends."""
        provider.breaker.ask(self._clock.now())
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit):
            provider.breaker.abandoned(self._clock.now())
            raise
        except Exception as error:
            self.failed(provider, error)
            raise
        provider.breaker.succeeded()

    def failed(self, provider: Provider[T], error: Exception) -> None:
        """Notes that a provider failed at what it was asked for."""
        if isinstance(error, ServiceError) and error.of_asked:
            provider.breaker.abandoned(self._clock.now())
            log.warning("%s did not take what it was asked: %s", provider.name, error)
            return
        retry_s = error.retry_s if isinstance(error, ServiceError) else None
        provider.breaker.failed(self._clock.now(), retry_s)
        state = provider.breaker.state is Circuit.CLOSED
        log.warning("%s failed: %s%s", provider.name, _told(error), "" if state else ", and is left to rest")

    def watch(self) -> None:
        """Pings from now on, so that a fan's turn need not find out who is there. Call `close` at the end."""
        if self._watching is None and any(provider.ping for provider in self.providers):
            self._watching = asyncio.create_task(self._watch())

    async def close(self) -> None:
        if self._watching:
            self._watching.cancel()
            await asyncio.wait([self._watching])

    async def _watch(self) -> None:
        while True:
            await asyncio.gather(*(self._ping(provider) for provider in self.providers))
            await asyncio.sleep(self._every_s)

    async def _ping(self, provider: Provider[T]) -> None:
        if provider.ping is None or not provider.breaker.admits(self._clock.now()):
            return
        provider.breaker.ask(self._clock.now())
        try:
            async with asyncio.timeout(self._every_s):
                await provider.ping()
        except Exception as error:
            self.failed(provider, error)
        finally:  # one that answers may fail all the same at what it is for: the next turn finds out
            provider.breaker.abandoned(self._clock.now())


class Waits(Generic[T]):
    """How long the choice of each provider made somebody wait for the first of what was asked.

    Who was given up as slow is charged with all of it, up to whoever answers in its place: by its patience
    alone it might look faster than they are.
    """

    def __init__(self) -> None:
        self._late: list[tuple[Provider[T], float]] = []

    def gave_up(self, provider: Provider[T], since: float, error: Exception) -> None:
        """One that had been waited for since then (s) failed."""
        if str(error).startswith("slow:"):
            self._late.append((provider, since))

    def over(self, now: float) -> None:
        """Somebody has answered, or nobody will."""
        for provider, since in self._late:
            provider.pace.took((now - since) * 1000)
        self._late.clear()


def _told(error: Exception) -> str:
    """What a log may say: our own sentences hold nothing that anybody said, others might."""
    return str(error) if isinstance(error, ServiceError) else type(error).__name__
