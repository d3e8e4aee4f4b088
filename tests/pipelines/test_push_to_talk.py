"""Tests for an ear whose turns are held open."""

from __future__ import annotations

import asyncio

from gemelo.benchmarks.scripted import ScriptedEars
from gemelo.models.seams import Ear
from gemelo.models.vocabulary import IN_RATE, Language, Signal, TurnSignal
from gemelo.pipelines.push_to_talk import PushToTalk

EN = Language("en")


class Held:
    """A held ear, the ear within, and what came out of it."""

    def __init__(self) -> None:
        self.inner = ScriptedEars()
        self.ears = PushToTalk(self.inner)
        self.out: list[TurnSignal] = []

    async def open(self, *, held: bool = True) -> Held:
        self.ears.is_held = held
        await self.ears.open(EN, self.out.append)
        return self

    async def open_ear(self) -> Ear:
        self.ears.is_held = True
        return await self.ears.open(EN, self.out.append)

    def say(self, kind: Signal, text: str = "") -> None:
        assert self.inner.emit is not None
        self.inner.emit(TurnSignal(kind, text))


async def test_an_ear_that_is_not_held_is_as_it_was() -> None:
    """Every signal passes."""
    held = await Held().open(held=False)
    for kind in (Signal.START, Signal.EAGER_END, Signal.RESUME, Signal.END):
        held.say(kind)
    assert [signal.kind for signal in held.out] == [Signal.START, Signal.EAGER_END, Signal.RESUME, Signal.END]


async def test_that_nobody_hears_is_told_while_the_button_is_held() -> None:
    """It belongs to no turn."""
    held = await Held().open()
    held.say(Signal.START)
    held.say(Signal.DEAF)
    assert held.out == [TurnSignal(Signal.START), TurnSignal(Signal.DEAF)]


async def test_pauses_end_nothing_while_the_button_is_held() -> None:
    """What was said in several breaths is one turn, and ends when the button is let go."""
    held = await Held().open()
    for words in ("tell me", "about the derby"):
        held.say(Signal.START)
        held.say(Signal.EAGER_END, words)
        held.say(Signal.END, words)
    kinds = [signal.kind for signal in held.out]
    assert kinds[0] is Signal.START
    assert set(kinds[1:]) == {Signal.UPDATE}
    held.ears.release()
    assert held.out[-1] == TurnSignal(Signal.END, "tell me about the derby")
    assert [signal.kind for signal in held.out].count(Signal.START) == 1


async def test_letting_go_in_mid_speech_waits_for_the_last_words() -> None:
    """The recogniser's final comes a moment later, and belongs to the turn."""
    held = await Held().open()
    held.say(Signal.START)
    held.say(Signal.UPDATE, "tell me")
    held.ears.release()
    assert held.out[-1].kind is Signal.UPDATE
    held.say(Signal.END, "tell me more")
    assert held.out[-1] == TurnSignal(Signal.END, "tell me more")


async def test_letting_go_before_the_voice_was_noticed_ends_it_all_the_same() -> None:
    """Models answer a moment after the sound that they heard."""
    held = await Held().open()
    held.ears.release()
    held.say(Signal.START)
    held.say(Signal.END, "yes")
    assert held.out[-1] == TurnSignal(Signal.END, "yes")


async def test_letting_go_while_the_ear_is_opened_is_not_forgotten() -> None:
    """A recogniser takes a while to start, and a press may be shorter."""
    held = Held()
    held.ears.release()
    await held.open()
    await asyncio.sleep(0)
    held.say(Signal.START)
    held.say(Signal.END, "yes")
    assert held.out[-1] == TurnSignal(Signal.END, "yes")


async def test_letting_go_in_silence_ends_no_later_turn() -> None:
    """Who pressed without a word is not cut off at the next press."""
    held = Held()
    ear = await held.open_ear()
    held.ears.release()
    ear.hear(bytes(2 * IN_RATE))
    held.say(Signal.START)
    held.say(Signal.END, "tell me")
    assert held.out[-1].kind is Signal.UPDATE


async def test_letting_go_in_silence_ends_nothing() -> None:
    """Nobody spoke."""
    held = await Held().open()
    held.ears.release()
    assert held.out == []


async def test_each_press_is_a_turn_of_its_own() -> None:
    """Nothing of the last one is left."""
    held = await Held().open()
    for words in ("one", "two"):
        held.say(Signal.START)
        held.say(Signal.END, words)
        held.ears.release()
    assert [signal.text for signal in held.out if signal.kind is Signal.END] == ["one", "two"]
