"""Tests for what a fan brings along or sends again: a session taken up, a message repeated, early words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from gemelo.benchmarks.scripted import ScriptedEars
from gemelo.engine.events import ReplyStarted
from gemelo.engine.session import Fan, Session
from gemelo.models.vocabulary import Exchange, Transcript
from tests.fakes import EN, World
from tests.virtual import virtually


@dataclass
class Listening(ScriptedEars):
    """Ears that remember transcripts."""

    transcripts: list[Transcript] = field(default_factory=list[Transcript])

    def transcript(self, transcript: Transcript) -> None:
        self.transcripts.append(transcript)


@pytest.mark.parametrize(
    ("history", "turns", "discloses"),
    [
        ((), 0, True),
        ((Exchange("hi", ""),), 1, True),
        ((Exchange("hi", "I am a vir"),), 1, True),
        ((Exchange("hi", "I am a virtual twin"),), 1, False),
        ((Exchange("hola", "Soy un gemelo virtual. Hola."),), 1, False),
        ((Exchange("and?", "Well."),), 9, True),
        ((Exchange("and?", "Well."),) * 12, 30, False),
    ],
)
def test_who_has_not_heard_the_disclosure_hears_it(
    history: tuple[Exchange, ...], turns: int, discloses: bool
) -> None:
    """A session whose first reply was cut or killed before its disclosure was heard begins with it again."""

    async def main() -> None:
        world = World()
        session = Session(Fan("s1", EN, history, turns), world.stage(), world.outbox, spoken=False)
        session.say("who are you?")
        await session.drain()
        [outcome] = world.records.outcomes.values()
        assert outcome.reply.startswith("I am a virtual twin.") is discloses
        await session.close()

    virtually(main())


def test_a_message_sent_again_while_it_is_answered_changes_nothing() -> None:
    """The same id neither cuts the reply under way nor begins another."""

    async def main() -> None:
        world = World()
        session = world.session(spoken=False)
        session.say("who are you?", "m1")
        await asyncio.sleep(0.5)
        session.say("who are you?", "m1")
        await session.drain()
        assert [started.client_id for started in world.outbox.of(ReplyStarted)] == ["m1"]
        assert len(world.mind.calls) == 1
        await session.close()

    virtually(main())


def test_words_that_come_before_the_ear_is_open_are_heard() -> None:
    """What a browser recognised first waits for the ear that it opens."""

    async def main() -> None:
        ears = Listening()
        session = World(ears=ears).session()
        session.transcript(Transcript("who", False))
        session.transcript(Transcript("who are you", True))
        await asyncio.sleep(0.1)
        assert [transcript.text for transcript in ears.transcripts] == ["who", "who are you"]
        await session.close()

    virtually(main())
