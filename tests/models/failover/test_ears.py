from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from gemelo.models.clock import LoopClock
from gemelo.models.errors import EarError, ServiceError
from gemelo.models.failover.ears import FailoverEar, FailoverEars
from gemelo.models.failover.line import Line, Provider
from gemelo.models.seams import FallibleEars
from gemelo.models.usage import Price, Used
from gemelo.models.vocabulary import Language, Signal, Transcript, TurnSignal
from tests.virtual import virtually

EN = Language("en")
FRAME = bytes(640)
"""20 ms."""


@dataclass
class WireEars:
    """Ears at the end of a wire that a test holds: `emit` and `lose` are of the last that was opened."""

    languages: Sequence[str] = ("en",)
    broken: bool = False
    opened: int = 0
    closed: int = 0
    heard: int = 0
    words: list[Transcript] = field(default_factory=list[Transcript])
    emit: Callable[[TurnSignal], None] = print
    lose: Callable[[ServiceError], None] = print

    def hears(self, language: Language) -> bool:
        return language in self.languages

    async def open(
        self, language: Language, emit: Callable[[TurnSignal], None], lost: Callable[[ServiceError], None]
    ) -> WireEars:
        await asyncio.sleep(0.1)
        if self.broken:
            raise EarError("down: scripted")
        self.opened += 1
        self.heard = 0
        self.emit, self.lose = emit, lost
        return self

    def hear(self, pcm: bytes) -> None:
        self.heard += len(pcm)

    def transcript(self, transcript: Transcript) -> None:
        self.words.append(transcript)

    async def close(self) -> None:
        self.closed += 1


@dataclass
class Scene:
    """Two vendors and a fan."""

    first: WireEars = field(default_factory=WireEars)
    second: WireEars = field(default_factory=WireEars)
    said: list[TurnSignal] = field(default_factory=list[TurnSignal])

    async def open(self) -> FailoverEar:
        vendors: dict[str, FallibleEars] = {"first": self.first, "second": self.second}
        providers = [Provider(name, ears) for name, ears in vendors.items()]
        prices = {"first": Price(minute=6)}
        ears = FailoverEars(Line(providers, LoopClock()), LoopClock(), prices)
        return await ears.open(EN, self.said.append)

    def play(self, act: Callable[[Scene, FailoverEar], Coroutine[Any, Any, None]]) -> Scene:
        async def main() -> None:
            ear = await self.open()
            await act(self, ear)
            await ear.close()

        virtually(main())
        return self


async def talk(ear: FailoverEar, seconds: float) -> None:
    for _ in range(round(seconds / 0.02)):
        ear.hear(FRAME)
        await asyncio.sleep(0.02)


def test_the_first_that_opens_hears() -> None:
    """A vendor that cannot be had is passed over."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        await talk(ear, 1)
        scene.second.emit(TurnSignal(Signal.END, "Hello."))

    scene = Scene(first=WireEars(broken=True)).play(act)
    assert scene.said == [TurnSignal(Signal.END, "Hello.")]


def test_nobody_at_all_is_an_error() -> None:
    """Where no ear opens the fan can be told."""
    scene = Scene(WireEars(broken=True), WireEars(broken=True))
    with pytest.raises(EarError, match="no ear can be had"):
        virtually(scene.open())


def test_a_vendor_that_dies_in_mid_turn_is_followed_by_another_that_hears_all_of_it() -> None:
    """The sound of the turn is heard again from a little before its start, and the turn starts once."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        await talk(ear, 5)
        scene.first.emit(TurnSignal(Signal.START))
        scene.first.emit(TurnSignal(Signal.UPDATE, "Who"))
        await talk(ear, 1)
        scene.first.broken = True
        scene.first.lose(EarError("died: scripted"))
        await talk(ear, 0.5)
        scene.second.emit(TurnSignal(Signal.START))
        scene.second.emit(TurnSignal(Signal.UPDATE, "Who won"))
        scene.second.emit(TurnSignal(Signal.END, "Who won?"))

    scene = Scene().play(act)
    assert [signal.text for signal in scene.said] == ["", "Who", "Who won", "Who won?"]
    assert scene.second.heard == pytest.approx(32_000 * (0.6 + 1 + 0.5), abs=2 * len(FRAME))
    assert scene.first.closed == 1


def test_a_vendor_that_comes_back_at_once_is_kept() -> None:
    """A socket that is lost once is opened again where it was."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        scene.first.lose(EarError("died: scripted"))
        await talk(ear, 0.5)

    scene = Scene().play(act)
    assert (scene.first.opened, scene.second.opened) == (2, 0)


def test_a_vendor_that_dies_again_and_again_is_left() -> None:
    """One that opens and says nothing is not counted as well."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        for _ in range(2):
            scene.first.lose(EarError("died: scripted"))
            await talk(ear, 0.5)

    scene = Scene().play(act)
    assert scene.second.opened == 1


def test_what_a_lost_ear_still_says_is_not_heard() -> None:
    """Nothing is told twice."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        old = scene.first.emit
        scene.first.lose(EarError("died: scripted"))
        old(TurnSignal(Signal.END, "Twice."))
        await talk(ear, 0.5)

    assert Scene().play(act).said == []


def test_a_turn_of_which_nobody_hears_the_end_is_answered_as_far_as_it_was_heard() -> None:
    """Where all are gone the turn ends; they are tried again while the fan goes on talking."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        scene.first.emit(TurnSignal(Signal.UPDATE, "Who won"))
        scene.first.broken = scene.second.broken = True
        scene.first.lose(EarError("died: scripted"))
        await talk(ear, 1)
        scene.second.broken = False
        await talk(ear, 2)
        scene.second.emit(TurnSignal(Signal.END, "The cup?"))

    scene = Scene().play(act)
    assert [signal.text for signal in scene.said] == ["Who won", "Who won", "The cup?"]


def test_who_does_not_hear_the_language_takes_the_browsers_words() -> None:
    """An ear without a recogniser for the language comes last, and better than none."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        ear.transcript(Transcript("Hello", final=True))

    scene = Scene(WireEars(languages=()), WireEars(broken=True)).play(act)
    assert scene.first.words == [Transcript("Hello", final=True)]


def test_seconds_are_told_with_the_turn() -> None:
    """What hearing took, by vendor and with its price, since the turn before."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        await talk(ear, 2)
        scene.first.emit(TurnSignal(Signal.END, "One."))
        await talk(ear, 1)
        scene.first.emit(TurnSignal(Signal.END, "Two."))

    one, two = Scene().play(act).said
    (used,) = one.used
    assert used == Used("first", seconds=used.seconds, micros=used.micros)
    assert (used.seconds, used.micros) == (pytest.approx(2), pytest.approx(200_000))
    assert two.used[0].seconds == pytest.approx(1)
