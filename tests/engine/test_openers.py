"""Openers: what a twin begins with while its answer has no sound yet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from gemelo.benchmarks.scripted import REPLY, ScriptedMind, ScriptedVoice
from gemelo.context.policy.context import PerLanguage
from gemelo.engine.events import Audio, ReplyEnded, SpeakingFlushed, WordSpoken
from gemelo.engine.openers import Openers, speak
from gemelo.engine.playout import FRAME_BYTES
from gemelo.engine.session import Session
from gemelo.engine.stage import Stage
from gemelo.models.errors import VoiceError
from gemelo.models.vocabulary import BYTES_PER_SAMPLE, OUT_RATE, Label, Language, Signal, Speech, TurnSignal
from tests.fakes import EN, ES, WordGuard, World
from tests.virtual import virtually

LINES = PerLanguage(((EN, ("Good question.", "Let me see.", "Mm.")), (ES, ("A ver.", "Pues mira."))))
OPENER = 2000
"""Sample of the voice that says openers here."""


async def stage_of(world: World) -> Stage:
    return replace(world.stage(), openers=await speak(LINES, ScriptedVoice(sample=OPENER)))


async def ask(world: World, session: Session, text: str = "who are you", *, early_s: float = 0.0) -> float:
    """Says a question and returns when the turn was decided; its draft began `early_s` before."""
    assert world.ears.emit is not None
    world.ears.emit(TurnSignal(Signal.START))
    if early_s:
        world.ears.emit(TurnSignal(Signal.EAGER_END, text))
        await asyncio.sleep(early_s)
    world.ears.emit(TurnSignal(Signal.END, text))
    decided = asyncio.get_running_loop().time()
    await session.drain()
    return decided


async def talk(world: World, *, early_s: float = 0.0, greeted: bool = True, typed: bool = False) -> float:
    """One turn; returns when it was decided."""
    session = world.session(stage=await stage_of(world), greeted=greeted)
    session.open_ear()
    await asyncio.sleep(0)
    decided = 0.0
    if typed:
        session.say("who are you")
        await session.drain()
    else:
        decided = await ask(world, session, early_s=early_s)
    await session.close()
    return decided


def opened(world: World) -> bool:
    return any(OPENER.to_bytes(2, "little") in event.pcm[:2] for event in world.outbox.of(Audio))


def test_an_answer_without_a_sound_is_opened() -> None:
    """The opener sounds at the commit, is part of the reply as the house's own words, and is heard."""
    world = World()
    decided = virtually(talk(world))
    assert opened(world)
    assert world.outbox.when(Audio) == decided
    [outcome] = world.records.outcomes.values()
    assert outcome.reply == outcome.heard == f"Good question. {REPLY}"
    assert (outcome.sentences[0].text, outcome.sentences[0].label) == ("Good question.", Label.HOUSE)


def test_the_answer_follows_its_opener_without_a_gap() -> None:
    """Frames go on as they are due, and the answer's words are timed behind the opener."""
    world = World()
    virtually(talk(world))
    sound = [(at, event.pcm) for at, event in world.outbox.events if isinstance(event, Audio)]
    played = sound[0][0]
    for at, pcm in sound:
        assert at <= played + 1e-6
        played += len(pcm) / BYTES_PER_SAMPLE / OUT_RATE
    words = world.outbox.of(WordSpoken)
    opener_bytes = sum(len(pcm) for _, pcm in sound if pcm[:2] == OPENER.to_bytes(2, "little"))
    opener_ms = 1000 * opener_bytes / BYTES_PER_SAMPLE / OUT_RATE
    assert [word.text for word in words[:4]] == ["Good", "question.", "That", "is"]
    assert words[2].from_ms == pytest.approx(opener_ms, abs=40)


def test_a_draft_that_sounds_needs_no_opener() -> None:
    """What was begun in time begins with the answer."""
    world = World()
    virtually(talk(world, early_s=0.5))
    assert not opened(world)
    assert next(iter(world.records.outcomes.values())).reply == REPLY


@pytest.mark.parametrize(("greeted", "typed"), [(False, False), (True, True)])
def test_no_opener_where_it_does_not_belong(greeted: bool, typed: bool) -> None:
    """Who typed is shown no filler, and a first reply begins with its disclosure."""
    world = World()
    virtually(talk(world, greeted=greeted, typed=typed))
    assert not opened(world)


@pytest.mark.parametrize("guard", [WordGuard(despair="who"), WordGuard(forbidden="who")])
def test_a_question_that_is_turned_away_is_not_opened(guard: WordGuard) -> None:
    """Nobody in a crisis hears that it is a good question."""
    world = World(guard=guard)
    virtually(talk(world))
    assert not opened(world)


def test_an_opener_waits_for_the_judgement_of_the_question() -> None:
    """Nothing leaves before the question is judged, and no opener where the answer was quicker."""

    async def main(judged_s: float) -> tuple[World, float]:
        world = World()
        stage = await stage_of(world)

        async def slow(work: Callable[[], Any]) -> Any:
            await asyncio.sleep(judged_s)
            return work()

        session = world.session(stage=replace(stage, off_loop=slow))
        session.open_ear()
        await asyncio.sleep(0)
        decided = await ask(world, session)
        await session.close()
        return world, decided

    world, decided = virtually(main(0.05))
    assert opened(world)
    assert world.outbox.when(Audio) == pytest.approx(decided + 0.05)


def test_no_opener_is_said_twice_running() -> None:
    """They take turns, also where turns without one lie between."""

    async def main() -> None:
        world = World()
        session = world.session(stage=await stage_of(world))
        session.open_ear()
        await asyncio.sleep(0)
        for early_s in (0.0, 0.5, 0.0, 0.0, 0.0):
            await ask(world, session, early_s=early_s)
        await session.close()
        said = [outcome.sentences[0].text for outcome in world.records.outcomes.values()]
        assert said == ["Good question.", "That is a fair question.", "Let me see.", "Mm.", "Good question."]

    virtually(main())


def test_an_opener_can_be_interrupted() -> None:
    """It is speech like any other: cut, and only what was heard of it is kept."""

    async def main() -> None:
        world = World(mind=ScriptedMind(first_token_s=5))
        session = world.session(stage=await stage_of(world))
        session.open_ear()
        await asyncio.sleep(0)
        asked = asyncio.create_task(ask(world, session))
        await asyncio.sleep(0.5)
        session.interrupt()
        await asked
        await session.close()
        [flushed] = world.outbox.of(SpeakingFlushed)
        assert flushed.heard == "Good"
        assert len(world.outbox.of(ReplyEnded)) == 1

    virtually(main())


@dataclass
class Ragged(ScriptedVoice):
    """Speech that ends in the middle of a frame."""

    async def speak(self, text: AsyncIterator[str], language: Language) -> AsyncGenerator[Speech, None]:
        async for _ in text:
            yield Speech(b"\1\1" * 500, 1)


def test_an_opener_is_whole_frames() -> None:
    """None of it is held back until the answer comes."""
    openers = virtually(speak(LINES, Ragged()))
    opener = openers.after("", EN)
    assert opener is not None
    assert len(opener.speech.pcm) == 2 * FRAME_BYTES


def test_a_voice_that_fails_leaves_the_twin_without_openers() -> None:
    """A place opens all the same."""
    assert virtually(speak(LINES, ScriptedVoice(error=VoiceError("down")))) == Openers()


def test_a_twin_without_openers_has_none() -> None:
    """They are off by default."""
    assert Openers().after("", EN) is None
