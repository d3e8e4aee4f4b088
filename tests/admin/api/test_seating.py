"""What is read of a place as somebody is let in holds for them, and nothing set meanwhile is missed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from gemelo.admin.api.metrics import PrometheusMeters
from gemelo.admin.api.seating import Seating
from gemelo.admin.services.entrance import Caller
from gemelo.admin.services.house import House, Place
from gemelo.admin.services.reception import Pass, Reception, Seat
from gemelo.admin.services.watch import Watch
from gemelo.context.state.memory import MemoryState
from gemelo.context.tenancy.likeness import Licence
from gemelo.context.tenancy.standing import Facts
from gemelo.context.tenancy.windows import ANY_TIME
from gemelo.context.twins import (
    Changes,
    Deployment,
    DeploymentStatus,
    DeploymentType,
    SessionRecord,
    Talent,
    Twin,
    TwinState,
)
from gemelo.engine.stage import Stage
from gemelo.models.vocabulary import Language
from tests.fakes import World

HERE = Caller(None, "127.0.0.1")
FACTS = Facts(
    Deployment("portal", "leo-twin", DeploymentType.PORTAL, DeploymentStatus.ACTIVE),
    Twin("leo-twin", "leo", "Leo", TwinState.LIVE),
    Talent("leo", "Leo"),
    licences=(Licence("all", "leo", ANY_TIME),),
)


@dataclass
class Inn:
    """A house of one place, its sessions, and its audit log."""

    stage: Stage = field(default_factory=lambda: World().stage())
    shared: MemoryState = field(default_factory=lambda: MemoryState(lambda: 0.0))
    opened: int = 0
    number: int = 1
    fans: None = None

    @property
    def twins(self) -> Inn:
        return self

    @property
    def sessions(self) -> Inn:
        return self

    def wall(self) -> int:
        return 1_000

    async def place(self, key: str) -> Place:
        self.opened += 1
        return Place(FACTS, 1_000, self.stage)

    async def known(self, facts: Facts) -> Place:
        return await self.place(facts.deployment.key)

    async def changes(self, since: int) -> Changes:
        return Changes(self.number, frozenset({"leo"}))

    async def open(self, session: str, deployment: str, policy: str, language: Language) -> SessionRecord:
        return SessionRecord(session, deployment, policy, language)

    async def ended(self, session: str) -> None:
        pass

    def publish(self) -> Stage:
        """Somebody sets another policy."""
        self.number += 1
        self.stage = replace(self.stage, context=replace(self.stage.context, prefix="Another."))
        return self.stage


@dataclass(eq=False)
class Listener:
    """A conversation that notes what it is put under."""

    session: str
    stages: list[Stage]

    def restage(self, stage: Stage) -> None:
        self.stages.append(stage)

    async def finish(self, reason: str, *, cut: bool) -> None:
        pass

    async def leave(self) -> None:
        pass

    async def hang_up(self, code: int) -> None:
        pass


def listening(seat: Seat) -> Listener:
    return Listener(seat.fan.session, [seat.stage])


def opened(inn: Inn) -> tuple[Reception, Watch, Seating]:
    house = cast(House, inn)
    reception, watch = Reception(house, "secret", 2, 60), Watch(house, inn, inn.shared, inn.wall)
    return reception, watch, Seating(reception, watch, PrometheusMeters())


async def test_who_comes_in_at_once_has_the_place_read_once() -> None:
    """Who comes later, with a token, has it read again."""
    inn = Inn()
    reception, _, seating = opened(inn)
    async with seating.seated(reception.admit("portal", HERE, None, None), listening):
        assert inn.opened == 1
    given = await reception.admit("portal", HERE, None, None)
    async with seating.seated(given.token, listening):
        assert inn.opened == 3


async def test_what_is_set_between_a_token_and_its_use_holds() -> None:
    """The token says nothing of rules."""
    inn = Inn()
    reception, _, seating = opened(inn)
    given = await reception.admit("portal", HERE, None, None)
    new = inn.publish()
    async with seating.seated(given.token, listening) as (talk, _):
        assert talk.stages == [new]


async def test_what_is_set_after_a_place_was_read_reaches_who_comes_in() -> None:
    """The rules that a pass was given out under are old by the time it is used: the new ones follow."""
    inn = Inn()
    reception, watch, seating = opened(inn)
    await watch.settled()

    async def admitted() -> Pass:
        given = await reception.admit("portal", HERE, None, None)
        inn.publish()
        await watch.settled()  # with nobody there who could be told
        return given

    async with seating.seated(admitted(), listening) as (talk, _):
        await watch.settled()
        assert talk.stages[-1] is inn.stage
        assert len(talk.stages) == 2
