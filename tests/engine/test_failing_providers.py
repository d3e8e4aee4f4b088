"""A thousand turns with providers that die: each is answered once, in sound."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from gemelo.benchmarks.failing import Chance, MortalEars, MortalMind, MortalVoice
from gemelo.benchmarks.scripted import ScriptedVoice
from gemelo.context.records import TurnStatus
from gemelo.engine.events import Audio, ReplyEnded, ReplyStarted
from gemelo.engine.session import Session
from gemelo.engine.stage import Stage
from gemelo.models.clock import LoopClock
from gemelo.models.failover.ears import FailoverEars
from gemelo.models.failover.line import Line, Provider
from gemelo.models.failover.minds import FailoverMind
from gemelo.models.failover.voices import FailoverVoice
from gemelo.models.seams import FallibleEars, LanguageModel, TextToSpeech
from gemelo.models.vocabulary import IN_RATE
from tests.fakes import World
from tests.virtual import virtually

TURNS = 1000
REPLY = "Run for each other, and then rest."
MS_A_CHAR = 20
FRAME_S = 0.04


def stage(world: World, share: float, seed: int) -> Stage:
    """Two vendors a seam that each fail so often, and a voice and ears of the house behind them."""
    chance, never = Chance(share, seed), Chance(0, 0)
    ears: list[FallibleEars] = [MortalEars(chance), MortalEars(chance), MortalEars(never)]
    minds: list[LanguageModel] = [MortalMind(chance, REPLY), MortalMind(chance, REPLY)]
    voices: list[TextToSpeech] = [MortalVoice(chance, MS_A_CHAR), MortalVoice(chance, MS_A_CHAR)]
    voices.append(ScriptedVoice(ms_per_char=MS_A_CHAR))
    clock = LoopClock()
    speaking = Line([Provider(f"voice-{n}", one) for n, one in enumerate(voices)], clock)
    return replace(
        world.stage(),
        ears=FailoverEars(Line([Provider(f"ear-{n}", one) for n, one in enumerate(ears)], clock), clock),
        mind=FailoverMind(Line([Provider(f"mind-{n}", one) for n, one in enumerate(minds)], clock), clock),
        voice=FailoverVoice(speaking, clock),
    )


async def talk(session: Session, number: int, seconds: float) -> None:
    """The fan says question `number`, or nothing (0)."""
    frame = np.full(round(FRAME_S * IN_RATE), number, "<i2").tobytes()
    for _ in range(round(seconds / FRAME_S)):
        session.hear(frame)
        await asyncio.sleep(FRAME_S)


async def converse(world: World, share: float, seed: int) -> None:
    session = world.session(stage=stage(world, share, seed))
    for number in range(1, TURNS + 1):
        await talk(session, number, 0.6)
        await talk(session, 0, 0.8)
        async with asyncio.timeout(20):
            await session.drain()
    await session.close()


@pytest.mark.parametrize(("share", "seed"), [(0.0, 1), (0.05, 2)])
def test_a_thousand_turns_are_answered_once_each_in_sound(share: float, seed: int) -> None:
    """With one use of a provider in twenty failing, every turn ends in speech or in a spoken apology."""
    world = World()

    async def main() -> None:
        nonlocal world
        world = World()
        await converse(world, share, seed)

    virtually(main())
    turns = list(world.records.turns.values())
    assert [turn.fan for turn in turns] == [f"question {number}" for number in range(1, TURNS + 1)]
    for kind in (ReplyStarted, ReplyEnded):
        assert [event.turn for event in world.outbox.of(kind)] == [turn.id for turn in turns]
    assert {event.turn for event in world.outbox.of(Audio)} == {turn.id for turn in turns}
    outcomes = [world.records.outcomes[turn.id] for turn in turns]
    apologies = [outcome for outcome in outcomes if outcome.status is TurnStatus.FAILED]
    assert {outcome.status for outcome in outcomes} <= {TurnStatus.DONE, TurnStatus.FAILED}
    assert len(apologies) <= 2 * TURNS * share**2 + TURNS * share / 5
    for outcome in outcomes:
        said = "failed" if outcome in apologies else "rest."
        assert said in outcome.reply
        assert outcome.heard == outcome.reply
