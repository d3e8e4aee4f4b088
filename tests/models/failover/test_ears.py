from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from gemelo.models.clock import LoopClock
from gemelo.models.errors import EarError, ServiceError
from gemelo.models.failover.breaker import Breaker, Circuit
from gemelo.models.failover.ears import FailoverEar, FailoverEars, Worded
from gemelo.models.failover.line import Line, Provider
from gemelo.models.seams import Ears, FallibleEars, SpeechStream, SpeechToText
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
    hangs_up_s: float | None = None
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
        if self.hangs_up_s == 0:
            lost(EarError("died: scripted"))
        elif self.hangs_up_s:
            asyncio.get_running_loop().call_later(self.hangs_up_s, lost, EarError("died: scripted"))
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
    breakers: list[Breaker] = field(default_factory=list[Breaker])
    said: list[TurnSignal] = field(default_factory=list[TurnSignal])

    async def open(self) -> FailoverEar:
        vendors: dict[str, FallibleEars] = {"first": self.first, "second": self.second}
        providers = [Provider(name, ears) for name, ears in vendors.items()]
        self.breakers = [provider.breaker for provider in providers]
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
    assert [signal.text for signal in scene.said] == ["Who won", "Who won", "", "The cup?"]
    assert [signal.kind for signal in scene.said][1:3] == [Signal.END, Signal.DEAF]


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


def test_an_ear_that_hears_another_language_is_none() -> None:
    """What was understood is answered, the fan is told, and who hears the language is tried again."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        scene.first.emit(TurnSignal(Signal.UPDATE, "Who won"))
        scene.first.broken = True
        scene.first.lose(EarError("died: scripted"))
        await talk(ear, 0.5)
        assert scene.said[1:] == [TurnSignal(Signal.END, "Who won"), TurnSignal(Signal.DEAF)]
        scene.second.emit(TurnSignal(Signal.START))
        scene.first.broken = False
        await talk(ear, 2)
        assert scene.first.heard == pytest.approx(32_000 * 2.3, abs=2 * len(FRAME))  # since that end
        scene.first.emit(TurnSignal(Signal.END, "The cup?"))

    scene = Scene(second=WireEars(languages=())).play(act)
    kinds = [Signal.START, Signal.END, Signal.END]
    assert [signal.kind for signal in scene.said][3:] == kinds
    assert (scene.said[-1].text, scene.second.closed) == ("The cup?", 1)


def test_words_of_a_browser_are_not_broken_off_by_a_better_ear() -> None:
    """An ear that does not hear is left between its turns, not within one."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        scene.second.emit(TurnSignal(Signal.UPDATE, "Who"))
        scene.first.broken = False
        await talk(ear, 3)
        assert scene.first.opened == 0
        scene.second.emit(TurnSignal(Signal.END, "Who won?"))
        await talk(ear, 1)
        assert scene.first.opened == 1

    scene = Scene(WireEars(broken=True), WireEars(languages=())).play(act)
    assert [signal.kind for signal in scene.said] == [Signal.DEAF, Signal.UPDATE, Signal.END]


def test_a_turn_that_the_next_ear_takes_for_noise_is_answered_as_far_as_it_was_heard() -> None:
    """Words of the ear before are not lost to an end without any; an ear's own noise stays noise."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        scene.first.emit(TurnSignal(Signal.UPDATE, "Who won"))
        scene.first.broken = True
        scene.first.lose(EarError("died: scripted"))
        await talk(ear, 0.5)
        for _ in range(2):
            scene.second.emit(TurnSignal(Signal.END))

    assert [signal.text for signal in Scene().play(act).said] == ["Who won", "Who won", ""]


def test_a_better_ear_is_tried_again_between_turns() -> None:
    """A fan does not stay for good with whom a lost vendor left them; their turn is not broken off."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        scene.first.broken = False
        scene.second.emit(TurnSignal(Signal.START))
        await talk(ear, 2)
        assert (scene.first.opened, scene.second.closed) == (0, 0)
        scene.second.emit(TurnSignal(Signal.END, "One."))
        await talk(ear, 1)
        assert (scene.first.opened, scene.second.closed) == (1, 1)
        scene.first.emit(TurnSignal(Signal.END, "Two."))

    scene = Scene(first=WireEars(broken=True)).play(act)
    assert [signal.text for signal in scene.said] == ["", "One.", "Two."]


def test_what_is_said_while_nobody_hears_is_heard_by_the_next() -> None:
    """The whole of it, not only its last moments."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        scene.first.broken = scene.second.broken = True
        scene.first.lose(EarError("died: scripted"))
        await talk(ear, 3)
        scene.second.broken = False
        await talk(ear, 1.5)

    scene = Scene().play(act)
    assert scene.second.heard == pytest.approx(32_000 * 4.5, abs=2 * len(FRAME))


@pytest.mark.parametrize(("silence_ms", "kept_s"), [(0, 0), (200, 0.2), (3000, 0.6)])
def test_the_end_of_a_turn_is_not_heard_as_another(silence_ms: float, kept_s: float) -> None:
    """Of the sound before its end the next ear gets the silence alone."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        await talk(ear, 1)
        scene.first.emit(TurnSignal(Signal.END, "Who won?", silence_ms))
        scene.first.broken = True
        scene.first.lose(EarError("died: scripted"))
        await asyncio.sleep(0.5)

    scene = Scene().play(act)
    assert scene.second.heard == pytest.approx(32_000 * kept_s, abs=len(FRAME))


@pytest.mark.parametrize("hangs_up_s", [0.0, 0.05])
def test_a_vendor_that_opens_and_hangs_up_is_asked_once_a_second(hangs_up_s: float) -> None:
    """Where there is nobody else either; the fan is told once."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        scene.first.hangs_up_s, scene.second.broken = hangs_up_s, True
        scene.first.lose(EarError("died: scripted"))
        await talk(ear, 10)
        assert 5 <= scene.first.opened <= 12
        assert scene.first.closed == scene.first.opened

    assert Scene().play(act).said == [TurnSignal(Signal.DEAF)]


def test_who_leaves_while_a_vendor_is_tried_leaves_it_to_the_next() -> None:
    """A trial that nobody waits for is not waited for by others."""

    async def act(scene: Scene, ear: FailoverEar) -> None:
        scene.first.broken = scene.second.broken = True
        scene.first.lose(EarError("died: scripted"))
        await talk(ear, 1.26)
        assert scene.breakers[0].state is Circuit.TRYING
        await ear.close()
        assert scene.breakers[0].state is Circuit.RESTING

    Scene().play(act)


@dataclass
class Telling:
    """`FallibleSpeechToText` that a test takes away."""

    lose: Callable[[ServiceError], None] = print

    def hears(self, language: Language) -> bool:
        return language == EN

    async def open(
        self, language: Language, emit: Callable[[Transcript], None], lost: Callable[[ServiceError], None]
    ) -> SpeechStream:
        self.lose = lost
        return Unheard()


class Unheard:
    def hear(self, pcm: bytes) -> None: ...

    def begin(self) -> None: ...

    def settle(self) -> None: ...

    async def close(self) -> None: ...


@dataclass
class ByWords:
    """`Ears` of a recogniser."""

    words: SpeechToText

    def hears(self, language: Language) -> bool:
        return self.words.hears(language)

    async def open(self, language: Language, emit: Callable[[TurnSignal], None]) -> WireEars:
        await self.words.open(language, lambda _: None)
        return WireEars()


def test_a_recogniser_that_is_lost_is_followed_by_another_ear() -> None:
    """Where turns are decided here the words may still come from a vendor, whose loss is the ear's."""

    async def main() -> None:
        telling, second = Telling(), WireEars()
        local: Callable[[SpeechToText], Ears] = ByWords
        vendors: list[FallibleEars] = [Worded(local, telling), second]
        line = Line([Provider(f"ear-{n}", one) for n, one in enumerate(vendors)], LoopClock())
        ear = await FailoverEars(line, LoopClock()).open(EN, print)
        for _ in range(2):
            telling.lose(EarError("died: scripted"))
            await talk(ear, 0.3)
        assert second.opened == 1
        await ear.close()

    virtually(main())
