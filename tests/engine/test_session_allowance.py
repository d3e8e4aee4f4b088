"""Tests for a fan who has had all that a place gives them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import pytest

from gemelo.benchmarks.scripted import REPLY
from gemelo.context.policy.context import Context, PerLanguage
from gemelo.engine.events import Audio, ReplyEnded, ReplyStarted
from gemelo.engine.fan import Fan
from gemelo.engine.session import Session
from gemelo.models.vocabulary import Exchange, Language, Signal
from tests.engine.scene import listening, signal
from tests.fakes import EN, ES, WordGuard, World, context
from tests.virtual import virtually


@dataclass
class Purse:
    """An `Allowance` of so many turns."""

    left: int

    def affords(self, context: Context) -> bool:
        return self.left > 0

    def spend(self) -> None:
        self.left -= 1


def session(world: World, purse: Purse, language: Language = EN, *, spoken: bool = False) -> Session:
    history = (Exchange("hi", "I am a virtual twin. Hello."),)
    fan = Fan("s1", language, history, 1, allowance=purse)
    return Session(fan, world.stage(), world.outbox, spoken=spoken)


@pytest.mark.parametrize(("language", "says"), [(EN, "We have had all the talk"), (ES, "Este mes ya hemos")])
def test_past_the_share_a_turn_is_not_answered_and_the_fan_is_told(language: Language, says: str) -> None:
    """The last turn of the share is answered; the next gets a fixed line, and no mind is asked."""

    async def main() -> None:
        world, purse = World(), Purse(1)
        talk = session(world, purse, language)
        for id in ("m1", "m2", "m3"):
            talk.say("who are you?", id)
            await talk.drain()
        first, second, third = world.records.outcomes.values()
        assert first.reply == REPLY
        assert second.reply.startswith(says)
        assert (second.declined, third.reply) == (True, second.reply)
        assert len(world.mind.calls) == 1
        assert purse.left == 0
        assert [event.client_id for event in world.outbox.of(ReplyStarted)] == ["m1", "m2", "m3"]
        assert [event.declined for event in world.outbox.of(ReplyEnded)][1:] == [True, True]
        await talk.close()

    virtually(main())


def test_who_listens_hears_that_the_share_is_used() -> None:
    """The line is spoken to a fan who talks."""

    async def main() -> None:
        world = World()
        talk = session(world, Purse(0), spoken=True)
        await listening(talk)
        await signal(world, Signal.START)
        await signal(world, Signal.EAGER_END, "who are you")
        await asyncio.sleep(0.5)
        await signal(world, Signal.END, "who are you")
        await talk.drain()
        assert world.outbox.of(Audio)
        assert not world.mind.calls
        await talk.close()

    virtually(main())


def test_a_fan_in_crisis_is_helped_whatever_they_have_used() -> None:
    """The crisis script comes before any limit."""

    async def main() -> None:
        world = World(guard=WordGuard(despair="end it"))
        script = replace(context(), crisis=PerLanguage(((EN, ("Please call 112 now.",)),)))
        fan = Fan("s1", EN, (), 1, allowance=Purse(0))
        talk = Session(fan, replace(world.stage(), context=script), world.outbox, spoken=False)
        talk.say("I want to end it")
        await talk.drain()
        [outcome] = world.records.outcomes.values()
        assert outcome.reply == "Please call 112 now."
        await talk.close()

    virtually(main())


def test_a_message_that_was_answered_before_costs_nothing() -> None:
    """What is sent again after a reconnect is repeated, not counted."""

    async def main() -> None:
        world, purse = World(), Purse(5)
        for _ in range(2):
            talk = session(world, purse)
            talk.say("who are you?", "m1")
            await talk.drain()
            await talk.close()
        assert purse.left == 4

    virtually(main())
