"""Who of a line is asked, and what counts against them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from gemelo.models.clock import LoopClock
from gemelo.models.errors import MindError, ServiceError, VoiceError
from gemelo.models.failover.breaker import Breaker, BreakerRules, Circuit
from gemelo.models.failover.line import Line, Provider
from tests.virtual import virtually

RULES = BreakerRules(failures=2, rest_s=1)


@dataclass
class Pinged:
    """Answers pings, or fails them."""

    fails: bool = False
    count: int = 0

    async def ping(self) -> None:
        self.count += 1
        if self.fails:
            raise VoiceError("down: scripted")


def watched(service: Pinged, *errors: Exception) -> Breaker:
    """The breaker of a provider that failed so and is then pinged for some seconds."""

    async def main() -> Breaker:
        provider = Provider("a", service, service.ping, breaker=Breaker(RULES))
        line = Line([provider], LoopClock(), every_s=1)
        for error in errors:
            line.failed(provider, error)
        line.watch()
        await asyncio.sleep(5)
        await line.close()
        return provider.breaker

    return virtually(main())


def test_a_good_ping_closes_no_circuit() -> None:
    """Who fails at what it is for is not back because it answers: one turn at a time finds out."""
    service = Pinged()
    breaker = watched(service, VoiceError("broken: a"), VoiceError("broken: b"))
    assert service.count > 1
    assert breaker.state is not Circuit.CLOSED
    assert breaker.admits(5)


def test_pings_that_fail_give_a_rest() -> None:
    """A turn need not find out."""
    assert not watched(Pinged(fails=True)).admits(4.5)


def test_pings_of_who_is_well_change_nothing() -> None:
    """Nor do they make a trial of it."""
    assert watched(Pinged()).state is Circuit.CLOSED


@pytest.mark.parametrize(("of_asked", "admitted"), [(True, True), (False, False)])
def test_what_was_asked_wrongly_does_not_count(of_asked: bool, admitted: bool) -> None:
    """One fan's prompt must not take a server from everybody."""
    error: ServiceError = MindError("refused: scripted", of_asked=of_asked)
    assert watched(Pinged(), *[error] * 2).admits(0) is admitted
